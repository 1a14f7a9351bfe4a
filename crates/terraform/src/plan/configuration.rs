//! The configuration part of a plan: which expression stands behind an attribute, and what it refers to, through
//! module calls and outputs. A plan lists what an expression refers to, not the expression: where it comes down to one
//! attribute, the expression is taken to be just that attribute.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Node, NodeKind, ScalarStyle};
use value::declared::key;
use value::{Identity, Reference, Value};

use super::address::{Step, inside, module_output, parent, single, split, steps, without_keys};
use super::document::{Change, Document};

/// Most calls and outputs that one reference is followed through.
const MOST_STEPS: usize = 32;

/// The configuration of a plan, and the addresses that it plans.
pub(super) struct Configuration<'a> {
    document: &'a Document<'a>,
    root: Option<&'a Node>,
    root_name: &'a SmolStr,
    /// Resources by the address of their block: `module.net.data.aws_vpc.x`, without instance keys.
    blocks: FxHashMap<String, &'a Node>,
    /// Changes by address, but of what is deleted.
    changes: FxHashMap<&'a str, &'a Change>,
    /// Addresses without instance keys of what has any: blocks, calls of modules. A plan leaves out a `count` or
    /// `for_each` that refers to nothing.
    repeated: FxHashSet<String>,
    /// Policy documents that were made already, by address.
    documents: RefCell<FxHashMap<SmolStr, Value>>,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Address of the instance of its module (`module.net["a"]`), empty for the root.
    module: &'a str,
    /// Instance key of its resource with its brackets, or empty.
    instance: &'a str,
    /// The `for_each` of its resource.
    for_each: Option<&'a Node>,
}

impl Scope<'_> {
    /// The root module, outside every resource.
    pub(super) const ROOT: Scope<'static> = Scope { module: "", instance: "", for_each: None };
}

/// What an expression comes down to.
#[derive(Debug, Clone)]
pub(super) enum Followed<'a> {
    /// One attribute of a resource of the plan.
    Attribute(Reference),
    /// The policy of a document that is read when the plan is applied: its change.
    Document(&'a Change),
    /// A variable of the root module, with its default.
    Variable(SmolStr, Option<&'a Node>),
    /// A part of a variable of the root module: `.home`.
    PartOfVariable(SmolStr, String),
    /// A literal.
    Literal,
}

/// Where following has come to.
struct At {
    module: String,
    instance: String,
    references: Vec<SmolStr>,
    /// What is selected of the whole that is followed: `.id` of `each.value.id`.
    selected: String,
}

impl<'a> Configuration<'a> {
    /// The configuration of a plan (its part of that name) beside its changes.
    pub(super) fn new(
        document: &'a Document<'a>,
        configuration: Option<&'a Node>,
        changes: &'a [Change],
        root_name: &'a SmolStr,
    ) -> Self {
        let root = configuration.and_then(|configuration| configuration.get("root_module"));
        let blocks = blocks(root);
        let repeated = repeated(changes);
        let existing = changes.iter().filter(|change| change.exists);
        let changes = existing.map(|change| (change.address.as_str(), change)).collect();
        Self { document, root, root_name, blocks, changes, repeated, documents: RefCell::default() }
    }

    /// A change in full.
    pub(super) fn change(&self, change: &Change) -> Option<Node> {
        self.document.node(change.span)
    }

    /// A policy document that was made already.
    pub(super) fn document(&self, address: &str) -> Option<Value> {
        self.documents.borrow().get(address).cloned()
    }

    /// Keeps a policy document for others that refer to it.
    pub(super) fn keep_document(&self, address: &SmolStr, policy: &Value) {
        self.documents.borrow_mut().insert(address.clone(), policy.clone());
    }

    /// The scope of a resource by its address and that of its module's instance, and the block that declares it.
    pub(super) fn scope(&self, module: &'a str, address: &'a str) -> (Scope<'a>, Option<&'a Node>) {
        let own = address.strip_prefix(module).map_or(address, |own| own.trim_start_matches('.'));
        let instance = own.find('[').and_then(|at| own.get(at..)).unwrap_or_default();
        let block = own.get(..own.len() - instance.len()).unwrap_or(own);
        let block = self.block(module, block);
        let for_each = block.and_then(|block| block.get("for_each_expression"));
        (Scope { module, instance, for_each }, block)
    }

    /// The block of a resource by the address of a module's instance and its own address there.
    fn block(&self, module: &str, address: &str) -> Option<&'a Node> {
        let calls: Vec<String> = steps(module).iter().map(|step| format!("module.{}", step.name)).collect();
        self.blocks.get(&inside(&calls.join("."), address)).copied()
    }

    /// The call of a module by the address of its instance.
    fn call(&self, address: &str) -> Option<&'a Node> {
        let steps = steps(address);
        let (last, before) = steps.split_last()?;
        let module = before.iter().try_fold(self.root?, |module, Step { name, .. }| {
            module.get("module_calls")?.get(name)?.get("module")
        })?;
        module.get("module_calls")?.get(&last.name)
    }

    /// What an expression comes down to; none if that is several things, or none that is known here.
    pub(super) fn follow(&self, expression: &'a Node, scope: Scope<'a>) -> Option<Followed<'a>> {
        let (mut expression, mut for_each) = (expression, scope.for_each);
        let mut at = At {
            module: scope.module.to_owned(),
            instance: scope.instance.to_owned(),
            references: Vec::new(),
            selected: String::new(),
        };
        for _ in 0..MOST_STEPS {
            at.references = references_of(expression);
            if constant(expression).is_some() {
                return Some(Followed::Literal);
            }
            let subject = single(&at.references)?;
            if let Some(rest) = subject.strip_prefix("var.") {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (variable, selected) = rest.split_at(end);
                let Some((outer, instance)) = parent(&at.module) else {
                    let declared = self.root?.get("variables")?.get(variable)?;
                    let selected = format!("{selected}{}", at.selected);
                    return Some(match selected.as_str() {
                        "" => Followed::Variable(variable.into(), declared.get("default")),
                        _ => Followed::PartOfVariable(variable.into(), selected),
                    });
                };
                let call = self.call(&at.module)?;
                expression = call.get("expressions")?.get(variable)?;
                for_each = call.get("for_each_expression");
                at.selected.insert_str(0, selected);
                (at.module, at.instance) = (outer, instance);
            } else if let Some(rest) = subject.strip_prefix("module.") {
                let (call, instance, output, selected) = module_output(rest)?;
                let inner = inside(&at.module, &format!("module.{call}{instance}"));
                let call = self.call(&inner)?;
                if instance.is_empty() && self.repeated.contains(&without_keys(&inner)) {
                    return None;
                }
                expression = call.get("module")?.get("outputs")?.get(output)?.get("expression")?;
                for_each = None;
                at.selected.insert_str(0, selected);
                (at.module, at.instance) = (inner, String::new());
            } else if let Some(selected) = subject.strip_prefix("each.value") {
                // The instances of what is chained correspond; anything else is not told by its references.
                at.references = references_of(for_each?);
                at.selected.insert_str(0, selected);
                let chained = single(&at.references)?;
                let (address, attribute) = split(&chained)?;
                self.block(&at.module, &address).filter(|_| self.is_repeated(&at.module, &address))?;
                at.references.push("each.key".into());
                return attribute.is_empty().then(|| self.attribute(&chained, &at)).flatten();
            } else {
                return self.attribute(&subject, &at);
            }
        }
        None
    }

    /// Whether an attribute that no argument sets has the value `text`.
    pub(super) fn is_computed(&self, reference: &Reference, text: &str) -> bool {
        let change = self.changes.get(Identity::shown(&reference.to)).filter(|_| !reference.many);
        let attribute = reference.attribute.as_str();
        change.is_some_and(|change| {
            let after = self.document.text_at(change.span, &["change", "after", attribute]);
            let (_, block) = self.scope(&change.module, &change.address);
            let written = block.and_then(|block| block.get("expressions")?.get(attribute));
            written.is_none() && after.is_some_and(|after| after == text)
        })
    }

    fn is_repeated(&self, module: &str, address: &str) -> bool {
        self.repeated.contains(&without_keys(&inside(module, address)))
    }

    fn attribute(&self, reference: &str, at: &At) -> Option<Followed<'a>> {
        let (mut address, attribute) = split(reference)?;
        let block = self.block(&at.module, address.get(..address.find('[').unwrap_or(address.len()))?)?;
        let chooses = |choice: &str| at.references.iter().any(|name| name.starts_with(choice));
        let repeated = !address.contains('[') && self.is_repeated(&at.module, &address);
        if !repeated && (chooses("each.") || chooses("count.")) {
            return None;
        }
        // `aws_s3_bucket.x[each.key].id` is listed as `aws_s3_bucket.x` beside `each.key`: the instances correspond.
        let mut many = repeated;
        if repeated && (chooses("each.key") || chooses("count.index")) && !at.instance.is_empty() {
            let instance = format!("{address}{}", at.instance);
            if self.changes.contains_key(inside(&at.module, &instance).as_str()) {
                (address, many) = (instance, false);
            }
        }
        let address = inside(&at.module, &address);
        let selected = at.selected.trim_start_matches('.');
        let attribute = if attribute.is_empty() { selected } else { attribute.as_str() };
        if block.get("mode").and_then(Node::text).is_some_and(|mode| mode == "data") {
            let is_policy = block.get("type").and_then(Node::text).is_some_and(|name| name == POLICY)
                && matches!(attribute, "json" | "minified_json" | "");
            let change = self.changes.get(address.as_str()).filter(|_| is_policy && !many);
            return change.map(|change| Followed::Document(change));
        }
        let to = key(self.root_name, &address);
        Some(Followed::Attribute(Reference { to, attribute: attribute.into(), many }))
    }
}

/// The data source that is a policy document.
const POLICY: &str = "aws_iam_policy_document";

/// The blocks of resources below a root module by their addresses.
fn blocks(root: Option<&Node>) -> FxHashMap<String, &Node> {
    let mut blocks = FxHashMap::default();
    let mut open: Vec<(String, &Node)> = root.map(|root| (String::new(), root)).into_iter().collect();
    while let Some((path, module)) = open.pop() {
        for resource in module.get("resources").map(Node::items).unwrap_or_default() {
            if let Some(address) = resource.get("address").and_then(Node::text) {
                blocks.insert(inside(&path, address), resource);
            }
        }
        for call in module.get("module_calls").map(Node::entries).unwrap_or_default() {
            if let Some(module) = call.value.get("module") {
                open.push((inside(&path, &format!("module.{}", call.key)), module));
            }
        }
    }
    blocks
}

/// Addresses without instance keys of what has any in some changes.
fn repeated(changes: &[Change]) -> FxHashSet<String> {
    let mut repeated = FxHashSet::default();
    for change in changes {
        if change.repeated {
            repeated.insert(without_keys(&change.address));
        }
        let mut path = String::new();
        for step in steps(&change.module) {
            path = inside(&path, &format!("module.{}", step.name));
            if !step.instance.is_empty() {
                repeated.insert(path.clone());
            }
        }
    }
    repeated
}

/// The constant that an expression is. In JSON syntax every expression has one, its text: there it refers to something
/// as well.
pub(super) fn constant(expression: &Node) -> Option<&Node> {
    expression.get("constant_value").filter(|_| references_of(expression).is_empty())
}

/// What an expression refers to, as the plan lists it.
pub(super) fn references_of(expression: &Node) -> Vec<SmolStr> {
    let references = expression.get("references").map(Node::items).unwrap_or_default();
    references.iter().filter_map(|node| node.text().cloned()).collect()
}

/// Whether a node is an expression, not the expressions of a block.
pub(super) fn is_expression(node: &Node) -> bool {
    let is_list = |node: &Node| matches!(node.kind, NodeKind::Sequence(_));
    let known = |key: &str, value: &Node| key == "constant_value" || key == "references" && is_list(value);
    !node.entries().is_empty() && node.entries().iter().all(|entry| known(&entry.key, &entry.value))
}

/// The instance key of a change: text for `for_each`, a number for `count`.
pub(super) fn is_number(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Number)
}
