//! One rule on one subject: the question is asked of the subject, or of each element of a list of it, and the
//! answers become verdicts.

use facts::Facts;
use graph::{AccountId, NodeId, RegionId};
use language::ir::{Body, Node, Op, Program, Rule, Type};
use smol_str::SmolStr;
use value::declared::Mode;
use value::{Cause, Condition, Item, Kind, List, Presence, Truth, Value, World};

use crate::evaluate::{Asked, Evaluator, Patterns, Trace};
use crate::settle::{Answer, Question, one_is_there, severity};
use crate::verdict::{Decided, Element, Outcome, Settings, Subject, Verdict};
use crate::{message, point};

/// A predicate that never holds: what `none` asks of each element that exists.
static NEVER: Program = Program {
    nodes: &[Node { op: Op::Literal(language::ir::Literal::Bool(false)), span: (0, 0) }],
    text: "false",
};

/// The verdicts of one rule on one subject, with the values that decided, whatever the settings say; none if the rule
/// is not about it.
#[must_use]
pub fn explain(
    facts: &Facts<'_>,
    settings: &Settings,
    rule: &'static Rule,
    subject: Subject,
) -> Vec<Verdict> {
    if !crate::decide::subjects(facts, rule).contains(&subject) {
        return Vec::new();
    }
    let settings = Settings { evidence: true, ..settings.clone() };
    Judge::new(facts, &settings, &Patterns::default(), rule, subject).verdicts()
}

/// A rule about to be asked of a subject.
pub(crate) struct Judge<'a, 'g> {
    asked: Asked<'a, 'g>,
    subject: Subject,
    guard: Condition,
    membership: Truth,
    /// Its failures are one step more severe.
    raised: bool,
    stand_in: bool,
}

impl<'a, 'g> Judge<'a, 'g> {
    pub(crate) fn new(
        facts: &'a Facts<'g>,
        settings: &'a Settings,
        patterns: &'a Patterns,
        rule: &'static Rule,
        subject: Subject,
    ) -> Self {
        let (node, account, region) = placed(facts, subject);
        let known = node.and_then(|node| facts.graph.node(node));
        let named = |ids: &[SmolStr]| ids.iter().any(|id| id == rule.id);
        let in_scope = |node| {
            let value = facts.of_node("phi_scope", node);
            match &value.kind {
                Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
                _ => Truth::from(value.as_bool() == Some(true)),
            }
        };
        let resource = node.filter(|node| {
            facts.graph.resource(*node).is_some_and(|resource| resource.mode == Mode::Managed)
        });
        let mut membership = known.map_or(Truth::Yes, |node| node.membership.clone());
        if let Some(node) = resource.filter(|_| named(&settings.phi_only)) {
            membership = membership.and(in_scope(node));
        }
        let raised = resource.is_some_and(|node| named(&settings.phi_raised) && in_scope(node) != Truth::No);
        Self {
            asked: Asked { facts, settings, patterns, rule, subject: node, account, region },
            subject,
            guard: known.map_or(Condition::Always, |node| node.presence.when.clone()),
            membership,
            raised,
            stand_in: known.is_some_and(|node| node.stand_in),
        }
    }

    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        if self.membership == Truth::No {
            return vec![self.verdict(Answer::NotApplicable, None, &Trace::default())];
        }
        let mut verdicts = match &self.asked.rule.body {
            Body::Check(check) => {
                let (answer, trace) = self.question(check, None).answer();
                vec![self.verdict(answer, None, &trace)]
            }
            Body::Each(list, check) => self.over(list, check),
            Body::None(list) => self.over(list, &NEVER),
        };
        if self.stand_in {
            verdicts.retain(|verdict| verdict.outcome == Outcome::Fail);
        }
        verdicts
    }

    /// The severity of a failure.
    fn severity(&self, it: Option<&Value>) -> language::ir::Severity {
        let own = severity(self.asked, self.asked.rule, it, &self.guard);
        let mut milder_first = language::ir::Severity::ALL.iter().filter(|other| **other > own);
        milder_first.next().filter(|_| self.raised).copied().unwrap_or(own)
    }

    fn question<'q>(&'q self, check: &'q Program, it: Option<&'q Value>) -> Question<'q, 'g> {
        Question { asked: self.asked, check, it, guard: &self.guard, membership: &self.membership }
    }

    /// A failure for each element that fails; otherwise one unknown or one pass.
    fn over(&self, list: &Program, check: &Program) -> Vec<Verdict> {
        let world = World::assuming(&self.guard);
        let listed = |traced| self.listed(list, &world, traced);
        let evidence = self.asked.settings.evidence;
        let when = self.asked.rule.when.as_ref();
        if when.is_some_and(|when| Evaluator::new(self.asked, &world).truth(when) == Truth::No) {
            let trace = if evidence { listed(true).1 } else { Trace::default() };
            return vec![self.verdict(Answer::NotApplicable, None, &trace)];
        }
        let (value, trace) = listed(evidence);
        let elements = match elements(&value) {
            Ok(elements) => elements,
            Err(cause) => return vec![self.verdict(Answer::Unknown(vec![cause]), None, &listed(true).1)],
        };
        let keys = key_fields(self.asked, list);
        let mut failures = Vec::new();
        let mut causes: Vec<Cause> = Vec::new();
        let mut open_trace = Trace::default();
        // The first element that is not decided: where an unknown points.
        let mut undecided = None;
        // Elements that fail and may not be there.
        let mut doubtful: Vec<(usize, &Item, Trace)> = Vec::new();
        for (index, item) in elements.items.iter().enumerate() {
            let (answer, trace) = self.ask_element(check, item, &world);
            match answer {
                Answer::Fail if item.presence.exists(&world) == Truth::Yes => {
                    let key = own_key(element_key(&item.value, keys, index), &failures);
                    failures.push(self.verdict(Answer::Fail, Some((&item.value, Some(key))), &trace));
                }
                Answer::Fail => {
                    undecided = undecided.or(Some((&item.value, None)));
                    causes.extend(item.presence.exists(&world).causes().iter().cloned());
                    open_trace.append(trace.clone());
                    doubtful.push((index, item, trace));
                }
                Answer::Unknown(more) => {
                    undecided = undecided.or(Some((&item.value, None)));
                    causes.extend(more);
                    open_trace.append(trace);
                }
                Answer::Pass | Answer::NotApplicable => {}
            }
        }
        if failures.is_empty() {
            failures.extend(self.certain_of(&doubtful, keys));
        }
        if !failures.is_empty() {
            return failures;
        }
        if let Some(open) = &elements.open {
            causes.push(Cause { reason: open.reason.clone(), condition: false });
        }
        causes.dedup();
        if causes.is_empty() {
            return vec![self.verdict(Answer::Pass, None, &trace)];
        }
        // Where every element is decided, it is the list that may hold more.
        let trace = if undecided.is_some() { open_trace } else { listed(true).1 };
        vec![self.verdict(Answer::Unknown(causes), undecided, &trace)]
    }

    /// The list that a rule goes over.
    fn listed(&self, list: &Program, world: &World, traced: bool) -> (Value, Trace) {
        let mut evaluator = Evaluator::new(self.asked, world).traced(traced);
        let value = evaluator.value(list);
        (value, evaluator.trace.unwrap_or_default())
    }

    /// The failure of elements of which one is there, whatever holds.
    fn certain_of(
        &self,
        doubtful: &[(usize, &Item, Trace)],
        keys: &'static [&'static str],
    ) -> Option<Verdict> {
        let presences: Vec<&Presence> = doubtful.iter().map(|(_, item, _)| &item.presence).collect();
        let (index, item, trace) = doubtful.first().filter(|_| one_is_there(&presences, &self.guard))?;
        let key = element_key(&item.value, keys, *index);
        Some(self.verdict(Answer::Fail, Some((&item.value, Some(key))), trace))
    }

    fn ask_element(&self, check: &Program, item: &Item, world: &World) -> (Answer, Trace) {
        if item.presence.exists(world) == Truth::No {
            return (Answer::NotApplicable, Trace::default());
        }
        self.question(check, Some(&item.value)).answer()
    }

    /// The verdict, about an element if there is one: with its key if it is a result of its own.
    fn verdict(&self, answer: Answer, element: Option<(&Value, Option<SmolStr>)>, trace: &Trace) -> Verdict {
        let Asked { facts, settings, rule, .. } = self.asked;
        let it = element.as_ref().map(|(value, _)| *value);
        let quiet = matches!(answer, Answer::Pass | Answer::NotApplicable) && !settings.evidence;
        let pointed = match self.asked.subject {
            Some(node) if quiet => point::Pointed {
                place: facts.graph.resource(node).map(|resource| resource.place),
                ..Default::default()
            },
            Some(node) => {
                let open = matches!(answer, Answer::Unknown(_));
                point::point((facts, rule, node), it, trace, open)
            }
            None => point::Pointed::default(),
        };
        let decided = if quiet { Vec::new() } else { decided(trace) };
        let outcome = match answer {
            Answer::Pass => Outcome::Pass,
            Answer::Fail => Outcome::Fail,
            Answer::Unknown(causes) => Outcome::Unknown(causes),
            Answer::NotApplicable => Outcome::NotApplicable,
        };
        let (severity, message) = match outcome {
            Outcome::Pass | Outcome::NotApplicable => (rule.severity.otherwise, rule.title.to_owned()),
            // The message says that something is wrong, which is not known here.
            Outcome::Unknown(_) => (self.severity(it), rule.title.to_owned()),
            Outcome::Fail => (self.severity(it), message::fill(facts, rule.message, self.asked.subject, it)),
        };
        Verdict {
            rule,
            subject: self.subject,
            element: element.and_then(|(value, key)| Some(Element { key: key?, place: value.origin.place })),
            outcome,
            severity,
            decided,
            place: pointed.place,
            related: pointed.related,
            evidence: it.map(evidence).unwrap_or_default(),
            message,
        }
    }
}

/// Node, account and region of a subject.
fn placed(facts: &Facts<'_>, subject: Subject) -> (Option<NodeId>, Option<AccountId>, Option<RegionId>) {
    match subject {
        Subject::Node(id) => {
            let node = facts.graph.node(id);
            (Some(id), node.and_then(|node| node.account), node.and_then(|node| node.region))
        }
        Subject::Account(account) => (None, Some(account), None),
        Subject::Region(account, region) => (None, Some(account), Some(region)),
    }
}

/// The elements of a list, alternatives as guarded elements; a cause if there is no telling.
fn elements(value: &Value) -> Result<List, Cause> {
    match &value.kind {
        Kind::List(list) => Ok((**list).clone()),
        Kind::Absent | Kind::Null => Ok(List::default()),
        Kind::Alternatives(alternatives) => {
            let mut all = List::default();
            for (condition, choice) in &alternatives.choices {
                let inner = elements(choice)?;
                let guard = Presence::guarded(condition.clone());
                let guarded = |item: Item| Item { presence: item.presence.and(&guard), ..item };
                all.items.extend(inner.items.into_iter().map(guarded));
                all.open = all.open.or(inner.open);
            }
            Ok(all)
        }
        Kind::Unknown(unknown) => Err(Cause { reason: unknown.reason.clone(), condition: false }),
        Kind::Reference(_) | Kind::Template(_) => {
            Err(Cause { reason: SmolStr::new_static("the list is known after deployment"), condition: false })
        }
        _ => Ok(List::new(vec![Item::certain(value.clone())], None)),
    }
}

/// The fields that make the key of an element of the list, by the list's declared type.
fn key_fields(asked: Asked<'_, '_>, list: &Program) -> &'static [&'static str] {
    if matches!(list.nodes.last().map(|node| node.op), Some(Op::Statements(_))) {
        return record_key("statement");
    }
    let graph = asked.facts.graph;
    let kind = asked.subject.and_then(|node| graph.node(node)).and_then(|node| node.kind);
    let kind = kind.and_then(|kind| graph.catalogue.kind(kind));
    let named = list.nodes.iter().rev().find_map(|node| match node.op {
        Op::Select(_, name) => Some(name),
        _ => None,
    });
    let of_kind =
        kind.zip(named).and_then(|(kind, name)| kind.attribute(name)).map(|(_, attribute)| attribute.ty);
    let of_all = || {
        let fact = language::facts::EVERY_NODE.iter().find(|fact| Some(fact.name) == named);
        fact.map(|fact| fact.ty)
    };
    let Some(Type::List(Type::Record(record))) = of_kind.or_else(of_all) else { return &[] };
    let own = kind.and_then(|kind| kind.record(record));
    own.map_or_else(|| record_key(record), |record| record.key)
}

/// The fields that make the key of a record of the facts.
fn record_key(name: &str) -> &'static [&'static str] {
    language::facts::RECORDS.iter().find(|known| known.name == name).map_or(&[], |record| record.key)
}

/// The key, with a number if an element that fails has it already.
fn own_key(key: SmolStr, failures: &[Verdict]) -> SmolStr {
    let same = |other: &Verdict| {
        let other = other.element.as_ref().map_or("", |element| element.key.as_str());
        other.strip_prefix(key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(" #"))
    };
    match failures.iter().filter(|failure| same(failure)).count() {
        0 => key,
        before => SmolStr::from(format!("{key} #{}", before + 1)),
    }
}

/// A key that stays the same when other elements come and go; the index where nothing better is known.
fn element_key(element: &Value, fields: &[&str], index: usize) -> SmolStr {
    let text = |field: &&str| {
        let value = element.get(field);
        (!value.is_absent() && value.is_wholly_known()).then(|| message::shown(&value))
    };
    let parts: Vec<String> = fields.iter().filter_map(text).collect();
    if parts.is_empty() { SmolStr::from(format!("#{index}")) } else { SmolStr::from(parts.join(" ")) }
}

/// What an element says of itself, for the report.
fn evidence(element: &Value) -> Vec<SmolStr> {
    match element.get("hops").kind {
        Kind::List(hops) => hops.items.iter().map(|hop| whole(&hop.value)).collect(),
        _ => Vec::new(),
    }
}

/// A text in full: evidence is there to be read, unlike a value in the midst of a message.
fn whole(value: &Value) -> SmolStr {
    match value.as_str() {
        Some(text) if !value.sensitive => SmolStr::from(text),
        _ => SmolStr::from(message::shown(value)),
    }
}

fn decided(trace: &Trace) -> Vec<Decided> {
    let decided =
        |read: &crate::evaluate::Read| Decided { read: read.text.clone(), value: read.value.clone() };
    trace.reads.iter().map(decided).collect()
}
