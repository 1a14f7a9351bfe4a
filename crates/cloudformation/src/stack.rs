//! One stack under evaluation: its template, its inputs, and what has been found so far. Everything is evaluated on
//! demand and at most once, so that the order of sections and of resources does not matter.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{FileId, Place, Problem, ProblemSeverity, Problems, Sources, Span};
use value::{
    Alternatives, Condition, How, Item, Kind, List, Map, MapEntry, Origin, Presence, Unknown, Value, World,
};

use crate::budget::Budget;
use crate::conditions::Named;
use crate::evaluation::Run;
use crate::export::{Exports, Key};
use crate::intrinsic::Call;
use crate::located::ByName;
use crate::reading::Templates;
use crate::template::Template;
use crate::{StackContext, dynamic, scalar};

/// What all stacks of a reading share.
#[derive(Debug)]
pub(crate) struct Shared<'s> {
    pub(crate) sources: &'s Sources,
    pub(crate) templates: Templates,
    pub(crate) by_name: ByName,
    pub(crate) exports: Exports,
}

impl<'s> Shared<'s> {
    /// Nothing but the sources.
    pub(crate) fn new(sources: &'s Sources) -> Self {
        Self {
            sources,
            templates: Templates::default(),
            by_name: ByName::default(),
            exports: Exports::default(),
        }
    }
}

/// What the stacks of one root share.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The environment that the root is evaluated in.
    pub(crate) environment: Option<SmolStr>,
    /// Exports without a value that were asked for.
    pub(crate) awaited: RefCell<BTreeSet<Key>>,
}

/// One stack.
#[derive(Debug)]
pub(crate) struct Stack<'s> {
    pub(crate) shared: &'s Shared<'s>,
    pub(crate) context: Rc<StackContext>,
    pub(crate) tree: Rc<Tree>,
    pub(crate) budget: Rc<Budget>,
    pub(crate) template: Arc<Template>,
    /// The text of the template's file.
    text: Arc<str>,
    /// Scope of identities and start of addresses: the context's prefix, or `parent/NestedId`.
    pub(crate) prefix: SmolStr,
    /// Parameters that are set from outside.
    pub(crate) given: FxHashMap<SmolStr, Value>,
    /// Files of the stacks that this one is nested in, and its own.
    pub(crate) chain: Vec<FileId>,
    /// When it exists.
    pub(crate) guard: Condition,
    /// Whether there may be any number of it.
    pub(crate) many: bool,
    /// Whether it stands in an account and a region of its own, other than those of the root.
    pub(crate) elsewhere: bool,
    /// Tags that CloudFormation puts on everything in it: those of the resource that nests it, before those that come
    /// from further out.
    pub(crate) tags: Option<Value>,
    /// Nested stacks that are not opened, and why.
    pub(crate) unopened: RefCell<FxHashMap<SmolStr, SmolStr>>,
    pub(crate) parameters: RefCell<FxHashMap<SmolStr, Value>>,
    pub(crate) conditions: RefCell<FxHashMap<SmolStr, Named>>,
    /// Outputs that the parent has asked for.
    pub(crate) outputs: RefCell<FxHashMap<SmolStr, Value>>,
    pub(crate) nested: RefCell<FxHashMap<SmolStr, Option<Rc<Stack<'s>>>>>,
    /// What is taken to hold where evaluation stands: the condition of the resource, the branches of `Fn::If`.
    assumed: RefCell<Vec<Condition>>,
    /// What was said and need not be said again.
    pub(crate) said: RefCell<FxHashSet<SmolStr>>,
    pub(crate) problems: RefCell<Problems>,
}

impl<'s> Stack<'s> {
    /// A root stack.
    pub(crate) fn root(shared: &'s Shared<'s>, run: &Run) -> Self {
        let budget = Rc::new(Budget::new(shared.sources.limits()));
        let tree = Tree { environment: run.inputs.environment.clone(), ..Tree::default() };
        let origins = Origins {
            context: Rc::new(run.context.clone()),
            tree: Rc::new(tree),
            prefix: run.context.prefix.clone(),
            given: crate::parameters::from_inputs(&run.inputs, &run.template, &run.context.prefix),
            chain: vec![run.template.file],
            guard: Condition::Always,
            many: false,
            elsewhere: false,
            tags: None,
        };
        Self::new(shared, run.template.clone(), budget, origins)
    }

    pub(crate) fn new(
        shared: &'s Shared<'s>,
        template: Arc<Template>,
        budget: Rc<Budget>,
        origins: Origins,
    ) -> Self {
        let problems = RefCell::new(template.problems.clone());
        let text = shared.sources.file(template.file).text.clone();
        let mut stack = Self {
            text,
            shared,
            context: origins.context,
            tree: origins.tree,
            budget,
            template,
            prefix: origins.prefix,
            given: origins.given,
            chain: origins.chain,
            guard: origins.guard.clone(),
            many: origins.many,
            elsewhere: origins.elsewhere,
            tags: origins.tags,
            unopened: RefCell::default(),
            parameters: RefCell::default(),
            conditions: RefCell::default(),
            outputs: RefCell::default(),
            nested: RefCell::default(),
            assumed: RefCell::new(match origins.guard {
                Condition::Always => Vec::new(),
                guard => vec![guard],
            }),
            said: RefCell::default(),
            problems,
        };
        if let Some(expanded) = crate::includes::expanded(&stack) {
            stack.template = Arc::new(expanded);
        }
        if let Some(expanded) = crate::loops::expanded(&stack) {
            stack.template = Arc::new(expanded);
            // A condition may have been asked for before the loop that makes it was expanded.
            stack.conditions.take();
        }
        if let Some(expanded) = crate::sam::expanded(&stack) {
            stack.template = Arc::new(expanded);
            stack.conditions.take();
            // So may a nested stack have been, whose parameters name what was made.
            stack.nested.take();
        }
        stack
    }

    /// The value of a node: what it says, or what its intrinsic function gives.
    pub(crate) fn value(&self, node: &Node) -> Value {
        self.deeper(node, || match Call::of(node) {
            Some(call) => self.intrinsic(&call),
            None => self.literal(node),
        })
    }

    /// The value of the argument of a call. In the short form (`!Base64 x`) the tag of the node is the call itself.
    pub(crate) fn argument(&self, call: &Call<'_>) -> Value {
        if !call.tagged {
            return self.value(call.argument);
        }
        self.deeper(call.argument, || match Call::long(call.argument) {
            Some(inner) => self.intrinsic(&inner),
            None => self.literal(call.argument),
        })
    }

    fn deeper(&self, node: &Node, work: impl FnOnce() -> Value) -> Value {
        let reason = "the template is nested too deeply, or takes too many steps to evaluate";
        self.budget
            .deeper(work)
            .unwrap_or_else(|| Value::unknown(Unknown::fresh(reason), self.computed(node)))
    }

    /// A scalar, sequence or mapping whose tag, if it has one, says no function.
    fn literal(&self, node: &Node) -> Value {
        let origin = Origin::literal(self.place(node.span));
        match &node.kind {
            NodeKind::Scalar(scalar) => {
                let kind = scalar::tagged(scalar, node.tag.as_deref());
                dynamic::dynamic(self, Value::new(kind, origin))
            }
            NodeKind::Sequence(items) => {
                let mut list = List::new(Vec::with_capacity(items.len()), None);
                items.iter().for_each(|item| push_item(&mut list, self.value(item)));
                Value::new(Kind::List(Arc::new(list)), origin)
            }
            NodeKind::Mapping(entries) => {
                let mut map = Map::new(Vec::with_capacity(entries.len()), None);
                for entry in entries {
                    self.push_entry(&mut map, entry);
                }
                Value::new(Kind::Map(Arc::new(map)), origin)
            }
        }
    }

    fn push_entry(&self, map: &mut Map, entry: &Entry) {
        if entry.key == "Fn::Transform" {
            map.open.get_or_insert_with(|| Arc::new(self.transformed(&entry.value)));
            return;
        }
        let place = self.place(entry.key_span);
        let value = self.pointed(self.value(&entry.value), entry);
        push_entry(map, entry.key.clone(), place, value);
    }

    /// The value of an entry that is pointed at by its key if it is a block: what a user looks for is the key, and the
    /// first line below it says nothing of the whole.
    pub(crate) fn pointed(&self, mut value: Value, entry: &Entry) -> Value {
        if self.is_block(&entry.value) && value.origin.how == How::Literal {
            value.origin.place = Some(self.place(entry.key_span));
        }
        value
    }

    /// Whether a node is a mapping or a sequence in YAML's block style, without a tag.
    fn is_block(&self, node: &Node) -> bool {
        let bytes = self.text.as_bytes();
        let first = bytes.get(node.span.start as usize);
        match node.kind {
            NodeKind::Scalar(_) => false,
            NodeKind::Mapping(_) => !matches!(first, Some(b'{' | b'!') | None),
            NodeKind::Sequence(_) => first == Some(&b'-'),
        }
    }

    /// A place in the template.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.template.place(span)
    }

    /// The origin of a value that the function in `node` computes.
    pub(crate) fn computed(&self, node: &Node) -> Origin {
        Origin::computed(self.place(node.span))
    }

    /// An unknown of this stack with an identity: the same `expression` is the same value.
    pub(crate) fn unknown(&self, expression: &str, reason: impl Into<SmolStr>, origin: Origin) -> Value {
        let identity = value::Identity::new(&self.prefix, expression);
        Value::unknown(Unknown::identified(reason, identity), origin)
    }

    /// An unknown whose expression is made of the texts of other values: of no identity if one of them has none.
    pub(crate) fn unknown_as(&self, expression: &str, reason: impl Into<SmolStr>, origin: Origin) -> Value {
        if expression.contains("${?}") || expression.len() > 400 {
            return Value::unknown(Unknown::fresh(reason), origin);
        }
        self.unknown(expression, reason, origin)
    }

    pub(crate) fn warn(&self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.warn_at(code, self.place(span), message, help);
    }

    pub(crate) fn warn_at(&self, code: &'static str, place: Place, message: impl Into<String>, help: &str) {
        self.say(Problem::at(ProblemSeverity::Warning, code, place, message, help));
    }

    /// Says something for completeness.
    pub(crate) fn note(&self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.say(Problem::at(ProblemSeverity::Note, code, self.place(span), message, help));
    }

    pub(crate) fn say(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        // A node that several values use is evaluated for each of them, and is wrong only once.
        if !problems.iter().rev().take(64).any(|known| *known == problem) {
            problems.push(problem);
        }
    }

    /// Runs `work` where `condition` is taken to hold.
    pub(crate) fn assuming<T>(&self, condition: &Condition, work: impl FnOnce() -> T) -> T {
        self.assumed.borrow_mut().push(condition.clone());
        let result = work();
        self.assumed.borrow_mut().pop();
        result
    }

    /// The condition as it stands under what is assumed: decided where the assumptions decide it.
    pub(crate) fn simplified(&self, condition: Condition) -> Condition {
        let assumed = self.assumed.borrow();
        if assumed.is_empty() {
            return condition;
        }
        if assumed.contains(&condition) {
            return Condition::Always;
        }
        let contrary = condition.clone().not();
        if assumed.contains(&contrary) {
            return Condition::Never;
        }
        let all = assumed.iter().fold(Condition::Always, |all, one| all.and(one.clone()));
        match condition.holds(&World::assuming(&all)) {
            value::Truth::Yes => Condition::Always,
            value::Truth::No => Condition::Never,
            value::Truth::Unknown(_) => condition,
        }
    }
}

/// What makes a stack the one it is, beside its template.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) context: Rc<StackContext>,
    pub(crate) tree: Rc<Tree>,
    pub(crate) prefix: SmolStr,
    pub(crate) given: FxHashMap<SmolStr, Value>,
    pub(crate) chain: Vec<FileId>,
    pub(crate) guard: Condition,
    pub(crate) many: bool,
    pub(crate) elsewhere: bool,
    pub(crate) tags: Option<Value>,
}

/// Adds an element, with the presence that its alternatives give it.
pub(crate) fn push_item(list: &mut List, value: Value) {
    if let Some((value, presence)) = present(value) {
        list.items.push(Item { value, presence });
    }
}

/// Adds an entry, with the presence that its alternatives give it.
pub(crate) fn push_entry(map: &mut Map, key: SmolStr, place: Place, value: Value) {
    if let Some((value, presence)) = present(value) {
        map.entries.push(MapEntry { key, place: Some(place), value, presence, replaceable: false });
    }
}

/// What of a value is there, and when: a container never holds `Absent`. None if it never is.
pub(crate) fn present(value: Value) -> Option<(Value, Presence)> {
    let Kind::Alternatives(alternatives) = &value.kind else {
        return (!value.is_absent()).then_some((value, Presence::CERTAIN));
    };
    if !alternatives.choices.iter().any(|(_, choice)| choice.is_absent()) {
        return Some((value, Presence::CERTAIN));
    }
    let mut there: Vec<(Condition, Value)> = Vec::new();
    let mut when = Condition::Never;
    for (condition, choice) in alternatives.choices.iter().filter(|(_, choice)| !choice.is_absent()) {
        when = when.or(condition.clone());
        there.push((condition.clone(), choice.clone()));
    }
    let presence = Presence::guarded(when);
    exhaustive(&mut there);
    match there.len() {
        0 => None,
        1 => there.pop().map(|(_, only)| (only, presence)),
        _ => {
            let kind = Kind::Alternatives(Arc::new(Alternatives { choices: there }));
            Some((Value { kind, origin: value.origin, sensitive: value.sensitive }, presence))
        }
    }
}

/// Makes the last of some exclusive conditions hold wherever no other one does.
pub(crate) fn exhaustive(choices: &mut [(Condition, Value)]) {
    if let Some(((last, _), before)) = choices.split_last_mut() {
        let any = before.iter().fold(Condition::Never, |any, (condition, _)| any.or(condition.clone()));
        *last = any.not();
    }
}
