//! `count` and `for_each`: the instances of a resource or module call, and their addresses.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::{Condition, Identity, Kind, Origin, Presence, Unknown, Value};

use crate::ast::{Block, Expr, ExprKind, Step};
use crate::eval::condition::{simplified, without_errors};
use crate::eval::cycle::Running;
use crate::eval::identity::{identity_text, reason};
use crate::eval::view::view;
use crate::eval::{Called, Cell, Each, Evaluator, Expansion, Node, Scope, Shape, Target, text, unknown};
use crate::module::ResourceBlock;

/// How many times as many resources without repetition a root may have as repeated ones.
const SINGLE: usize = 4;

impl Evaluator<'_> {
    /// The instances of a resource.
    pub(crate) fn expansion(&mut self, instance: usize, resource: usize) -> Arc<Expansion> {
        let Some(declared) =
            self.instance(instance).and_then(|instance| instance.folder.resources.get(resource))
        else {
            return Arc::new(single());
        };
        match self
            .instance(instance)
            .and_then(|instance| instance.resources.get(resource))
            .map(|cell| &cell.expansion)
        {
            Some(Cell::Done(expansion)) => return expansion.clone(),
            Some(Cell::Running) => {
                self.cycle(Running::Expansion(instance, resource), declared.block.header);
                return Arc::new(many(Shape::Count, declared.block.header, None));
            }
            _ => {}
        }
        self.set_expansion(instance, resource, Cell::Running);
        self.enter(Running::Expansion(instance, resource));
        let expansion = Arc::new(self.expand(&declared.block, instance));
        self.leave();
        self.set_expansion(instance, resource, Cell::Done(expansion.clone()));
        expansion
    }

    fn set_expansion(&mut self, instance: usize, resource: usize, expansion: Cell<Arc<Expansion>>) {
        let cell = self.instances.get_mut(instance).and_then(|instance| instance.resources.get_mut(resource));
        if let Some(cell) = cell {
            if let Cell::Done(expansion) = &expansion {
                cell.bodies = vec![Cell::Unset; expansion.nodes.len()];
            }
            cell.expansion = expansion;
        }
    }

    /// The instances that `count` or `for_each` of a block ask for. What is more than a root may have is one node.
    pub(super) fn expand(&mut self, block: &Block, instance: usize) -> Expansion {
        let (count, for_each) = (block.body.attribute("count"), block.body.attribute("for_each"));
        if let (Some(_), Some(for_each)) = (count, for_each) {
            let message = "a block has either `count` or `for_each`, not both";
            self.refuse_repetition(for_each.place, message, "remove one of the two; `count` was used");
        }
        let expansion = match (count, for_each) {
            (Some(count), _) => self.expand_count(&count.value, instance),
            (None, Some(for_each)) => self.expand_for_each(&for_each.value, instance),
            (None, None) => single(),
        };
        self.within_limit(block, expansion)
    }

    /// The instances, if a root may have as many; else one that stands for all of them.
    fn within_limit(&mut self, block: &Block, expansion: Expansion) -> Expansion {
        let most = self.sources.limits().instances;
        let count = expansion.nodes.len();
        let single = expansion.shape == Shape::Single;
        let allowed = if single { most.saturating_mul(SINGLE) } else { most };
        if self.expanded.saturating_add(count) <= allowed {
            self.expanded = self.expanded.saturating_add(count);
            return expansion;
        }
        if single || self.expanded >= most.saturating_mul(SINGLE) {
            self.limit_hit(block.header);
            return Expansion::new(expansion.shape, Vec::new());
        }
        self.too_many(block.header, count);
        self.expanded = self.expanded.saturating_add(1);
        many(expansion.shape, block.header, None)
    }

    /// Says that a block asks for more instances than one root may have.
    fn too_many(&mut self, place: Place, count: usize) {
        let most = self.sources.limits().instances;
        let message =
            format!("with {count} instances here, root module `{}` has more than {most}", self.root);
        let help =
            "split the root module, or ask for fewer; they were checked as one instance that stands for all";
        self.problem(ProblemSeverity::Error, "terraform-limit", place, message, help);
    }

    fn refuse_repetition(&mut self, place: Place, message: impl Into<SmolStr>, help: &str) {
        self.problem(ProblemSeverity::Warning, "terraform-repetition", place, message.into(), help);
    }

    /// Says that how many instances there are is not known, and why. What installed modules count is not the user's
    /// to correct.
    fn unknown_repetition(&mut self, what: &str, value: &Value, place: Place, instance: usize) {
        if self.instance(instance).is_some_and(|instance| instance.folder.is_third_party()) {
            return;
        }
        let why = reason(value).unwrap_or_else(|| SmolStr::new_static("its value is not known"));
        let message = format!("how many instances `{what}` makes is not known: {why}");
        let help = "give the value (`--var`, `--var-file`), or check a plan; one instance stands for all";
        self.problem(ProblemSeverity::Note, "terraform-unknown-repetition", place, message, help);
    }

    fn expand_count(&mut self, count: &Expr, instance: usize) -> Expansion {
        let place = count.place;
        let value = self.eval(count, &Scope::of(instance));
        let value = without_errors(self.force(value));
        let counted_by = self.counted_by(count, &value, instance);
        let most = self.sources.limits().instances;
        let node = |at: usize, presence| Node {
            suffix: SmolStr::from(format!("[{at}]")),
            each: Each {
                index: Some(Value::number(i64::try_from(at).unwrap_or(0), Origin::computed(place))),
                ..Each::default()
            },
            presence,
        };
        if let Kind::Alternatives(alternatives) = &value.kind {
            let choices = alternatives.choices.iter();
            let counts: Option<Vec<(Condition, usize)>> =
                choices.map(|(condition, choice)| Some((condition.clone(), whole(choice)?))).collect();
            if let Some(counts) = counts {
                let highest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0).min(most);
                let guard = |at: usize| {
                    let above = counts.iter().filter(|(_, count)| *count > at);
                    simplified(above.fold(Condition::Never, |any, (condition, _)| any.or(condition.clone())))
                };
                let nodes = (0..highest).map(|at| node(at, Presence::guarded(guard(at)))).collect();
                return Expansion::new(Shape::Count, nodes);
            }
        }
        match (whole(&value), &value.kind) {
            (Some(count), _) if count <= most => {
                let nodes = (0..count).map(|at| node(at, Presence::CERTAIN)).collect();
                return Expansion::new(Shape::Count, nodes);
            }
            (Some(count), _) => self.too_many(place, count),
            (None, _) if value.as_number().is_some_and(|count| count.as_f64() > most as f64) => {
                self.too_many(place, usize::MAX);
            }
            (None, Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) | Kind::Alternatives(_)) => {
                self.unknown_repetition("count", &value, place, instance);
            }
            // Told where it was evaluated.
            (None, Kind::Absent) => {}
            (None, _) => {
                let message = "`count` is no whole number that is at least 0";
                self.refuse_repetition(
                    place,
                    message,
                    "give it such a number; Terraform refuses anything else",
                );
            }
        }
        many(Shape::Count, place, counted_by)
    }

    fn expand_for_each(&mut self, for_each: &Expr, instance: usize) -> Expansion {
        let place = for_each.place;
        let value = self.eval(for_each, &Scope::of(instance));
        let value = self.force(value);
        if let Some(expansion) = self.chained(for_each, &value, instance) {
            return expansion;
        }
        let taken = self.check_for_each(&value, place, instance);
        let counted_by = self.counted_by(for_each, &value, instance);
        let Some(view) = view(&value).filter(|_| !matches!(value.kind, Kind::Null)) else {
            return many(Shape::ForEach, place, counted_by);
        };
        let mut nodes: Vec<Node> = Vec::with_capacity(view.entries.len());
        let mut known: FxHashSet<SmolStr> = FxHashSet::default();
        let mut loose: Vec<(Each, Presence)> = Vec::new();
        let mut blocking = None;
        for entry in view.entries {
            // The elements of a set are their own keys.
            let (key, value) =
                if view.map { (entry.key, entry.value) } else { (entry.value.clone(), entry.value) };
            let key = self.force(key);
            let each = Each { key: Some(key.clone()), value: Some(value), ..Each::default() };
            match text::primitive(&key) {
                Some(name) if !entry.presence.many => {
                    let suffix = suffix(&name);
                    if known.insert(suffix.clone()) {
                        nodes.push(Node { suffix, each, presence: entry.presence });
                    }
                }
                _ => {
                    blocking.get_or_insert(key);
                    loose.push((each, entry.presence));
                }
            }
        }
        if let Some(open) = &view.open {
            blocking.get_or_insert_with(|| Value::unknown(Unknown::clone(open), Origin::computed(place)));
            loose.push((Each::default(), Presence::any_number()));
        }
        if let Some(blocking) = blocking.filter(|_| taken) {
            self.unknown_repetition("for_each", &blocking, place, instance);
        }
        nodes.extend(loose_node(loose, place, counted_by));
        Expansion::new(Shape::ForEach, nodes)
    }

    /// Reports what Terraform does not take as `for_each`; whether it takes it, as far as that can be told.
    fn check_for_each(&mut self, value: &Value, place: Place, instance: usize) -> bool {
        let help = "give it a map, or a set of strings made with `toset`; Terraform refuses anything else";
        if self.instance(instance).is_some_and(|instance| instance.folder.is_third_party()) {
            return true;
        }
        let message = match &value.kind {
            _ if value.sensitive => "`for_each` is sensitive, and its keys would be shown",
            Kind::Null => "`for_each` is null",
            Kind::List(list) if !list.shape.is_set() && list.is_settled() => "`for_each` is a list",
            Kind::List(list) if list.items.iter().any(|item| no_key(&item.value)) => {
                "`for_each` is a set that does not hold strings alone"
            }
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Template(_) => {
                "`for_each` is neither a map nor a set of strings"
            }
            _ => return true,
        };
        self.refuse_repetition(place, message, help);
        false
    }

    /// One instance for each of a repeated resource or module of which is not known how many there are.
    fn chained(&mut self, for_each: &Expr, value: &Value, instance: usize) -> Option<Expansion> {
        let ExprKind::Path(base, steps) = &for_each.kind else { return None };
        let ExprKind::Name(base) = &base.kind else { return None };
        let folder = self.instance(instance)?.folder;
        let expansion = match (base.as_str(), &**steps) {
            ("module", [Step::Attribute(name)]) => {
                let position = folder.calls.position(name)?;
                match self.call(instance, position) {
                    Called::Instances(expansion, _) | Called::Opaque(expansion, _) => expansion,
                }
            }
            (first @ ("data" | "resource"), [Step::Attribute(type_name), Step::Attribute(name)]) => {
                let resource = folder.resource(first == "data", type_name, name)?;
                self.expansion(instance, resource)
            }
            (_, [Step::Attribute(name)]) => {
                let resource = folder.resource(false, base, name)?;
                self.expansion(instance, resource)
            }
            _ => return None,
        };
        let ([node], Kind::List(list)) = (expansion.nodes.as_slice(), &value.kind) else { return None };
        let [item] = list.items.as_slice() else { return None };
        if expansion.shape != Shape::ForEach || !node.presence.many {
            return None;
        }
        let each = Each { value: Some(item.value.clone()), ..node.each.clone() };
        let node = Node { suffix: node.suffix.clone(), each, presence: item.presence.clone() };
        Some(Expansion::new(Shape::ForEach, vec![node]))
    }

    /// What says how many instances there are: the same for all that are counted by the same value. What is written
    /// stands for its value where that has no identity, for neither `count` nor `for_each` depends on an instance.
    fn counted_by(&self, expr: &Expr, value: &Value, instance: usize) -> Option<Identity> {
        let text = match &value.kind {
            Kind::Unknown(_) => identity_text(value),
            _ => None,
        };
        let expression = match text.as_deref().map(|text| text.split_once(Identity::SEPARATOR)) {
            Some(Some((_, expression))) => SmolStr::new(expression),
            _ => self.address(instance, &self.sources.slice(expr.place)),
        };
        // A set has an element for each of the list that it is made of.
        let inner = expression.strip_prefix("toset(").and_then(|inner| inner.strip_suffix(')'));
        Some(Identity::new(&self.root, inner.unwrap_or(&expression)))
    }

    /// The block behind a target.
    pub(crate) fn resource_block(&self, target: Target) -> Option<&ResourceBlock> {
        self.instance(target.instance)?.folder.resources.get(target.resource)
    }

    /// The node behind a target.
    pub(crate) fn node(&self, target: Target) -> Option<&Node> {
        match &self.instance(target.instance)?.resources.get(target.resource)?.expansion {
            Cell::Done(expansion) => expansion.nodes.get(target.node),
            _ => None,
        }
    }

    /// The full address of a target.
    pub(crate) fn target_address(&self, target: Target) -> Option<SmolStr> {
        let local = self.resource_block(target)?.address();
        let suffix = &self.node(target)?.suffix;
        Some(self.address(target.instance, &format!("{local}{suffix}")))
    }
}

/// A whole number that is not negative.
fn whole(value: &Value) -> Option<usize> {
    value.as_number().and_then(|number| number.as_i64()).and_then(|number| usize::try_from(number).ok())
}

/// Whether an element of a set cannot be a key.
fn no_key(element: &Value) -> bool {
    matches!(element.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_))
}

fn single() -> Expansion {
    let node = Node { suffix: SmolStr::default(), each: Each::default(), presence: Presence::CERTAIN };
    Expansion::new(Shape::Single, vec![node])
}

/// One node that stands for an unknown number of instances.
fn many(shape: Shape, place: Place, counted_by: Option<Identity>) -> Expansion {
    let fresh = || Some(unknown("how many instances there are is not known", place));
    let each = match shape {
        Shape::Count | Shape::Single => Each { index: fresh(), counted_by, ..Each::default() },
        Shape::ForEach => Each { key: fresh(), value: fresh(), index: None, counted_by },
    };
    let node = Node { suffix: SmolStr::new_static("[*]"), each, presence: Presence::any_number() };
    Expansion::new(shape, vec![node])
}

/// The node for the entries whose keys are not known: one node, because they share an address.
fn loose_node(mut loose: Vec<(Each, Presence)>, place: Place, counted_by: Option<Identity>) -> Option<Node> {
    let suffix = SmolStr::new_static("[*]");
    let (each, presence) = loose.pop()?;
    if loose.is_empty() && each.key.is_some() {
        return Some(Node { suffix, each: Each { counted_by, ..each }, presence });
    }
    many(Shape::ForEach, place, counted_by).nodes.pop()
}

/// `["key"]`, quoted as Terraform prints addresses.
fn suffix(key: &str) -> SmolStr {
    let mut out = String::with_capacity(key.len() + 4);
    out.push_str("[\"");
    let mut signs = key.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // What would begin a template is written twice.
            '$' | '%' if signs.peek() == Some(&'{') => out.extend([sign, sign]),
            sign => out.push(sign),
        }
    }
    out.push_str("\"]");
    SmolStr::from(out)
}
