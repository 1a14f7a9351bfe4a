//! The configuration part of a plan: which expression stands behind an attribute, and what it refers to, through
//! module calls and outputs.

use smol_str::SmolStr;
use source::document::Node;
use value::Reference;
use value::declared::key;

/// Most calls and outputs that one reference is followed through.
const MOST_STEPS: usize = 32;

/// The configuration of a plan.
pub(super) struct Configuration<'a> {
    root: Option<&'a Node>,
    root_name: &'a SmolStr,
}

/// Where an expression stands: the instance address of its module (`module.net["a"]`, empty for the root) and the
/// instance key of its resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    module: &'a str,
    index: Option<&'a Node>,
}

impl<'a> Configuration<'a> {
    pub(super) fn new(document: &'a Node, root_name: &'a SmolStr) -> Self {
        let root = document.get("configuration").and_then(|configuration| configuration.get("root_module"));
        Self { root, root_name }
    }

    /// The scope of a resource change.
    pub(super) fn scope(&self, change: &'a Node) -> Scope<'a> {
        let module = change.get("module_address").and_then(Node::text).map_or("", SmolStr::as_str);
        Scope { module, index: change.get("index") }
    }

    /// The configuration of the resource of a change.
    pub(super) fn resource(&self, change: &Node) -> Option<&'a Node> {
        let module = change.get("module_address").and_then(Node::text).map_or("", SmolStr::as_str);
        let module = self.module(module)?;
        let text = |name: &str| change.get(name).and_then(Node::text);
        module.get("resources")?.items().iter().find(|resource| {
            let same = |name: &str| resource.get(name).and_then(Node::text) == text(name);
            same("mode") && same("type") && same("name")
        })
    }

    /// The configuration of a module by its instance address.
    fn module(&self, address: &str) -> Option<&'a Node> {
        steps(address)
            .into_iter()
            .try_fold(self.root?, |module, (name, _)| module.get("module_calls")?.get(&name)?.get("module"))
    }

    /// The one attribute that some references come down to; none if they are several, or rest on anything else.
    pub(super) fn follow(&self, references: &[SmolStr], scope: Scope<'_>) -> Option<Reference> {
        let mut module = scope.module.to_owned();
        let mut names: Vec<SmolStr> = references.to_vec();
        for _ in 0..MOST_STEPS {
            let single = single(&names)?;
            if let Some(variable) = single.strip_prefix("var.") {
                let variable = variable.split(['.', '[']).next()?;
                let (parent, call) = parent(&module)?;
                let expressions =
                    self.module(&parent)?.get("module_calls")?.get(&call)?.get("expressions")?;
                names = references_of(expressions.get(variable)?);
                module = parent;
            } else if let Some(rest) = single.strip_prefix("module.") {
                let (call, index, output) = module_output(rest)?;
                let inner = joined(&module, &format!("module.{call}{index}"));
                let outputs = self.module(&inner)?.get("outputs")?;
                names = references_of(outputs.get(output)?.get("expression")?);
                module = inner;
            } else {
                return self.attribute(&single, &module, scope);
            }
        }
        None
    }

    fn attribute(&self, reference: &str, module: &str, scope: Scope<'_>) -> Option<Reference> {
        let (address, attribute) = split(reference)?;
        if address.starts_with("data.") || address.starts_with("local.") || address.starts_with("each.") {
            return None;
        }
        // `aws_s3_bucket.x[each.key].id` is listed as `aws_s3_bucket.x` beside `each.key`: the instances correspond.
        let address = match (address.contains('['), scope.index) {
            (false, Some(index)) if self.is_repeated(&address, module) => {
                format!("{address}{}", shown(index)?)
            }
            _ => address,
        };
        let many = !address.contains('[') && self.is_repeated(&address, module);
        Some(Reference {
            to: key(self.root_name, &joined(module, &address)),
            attribute: attribute.into(),
            many,
        })
    }

    fn is_repeated(&self, address: &str, module: &str) -> bool {
        let Some((type_name, name)) = address.split_once('.') else { return false };
        let resources = self.module(module).and_then(|module| module.get("resources")).map(Node::items);
        resources.unwrap_or_default().iter().any(|resource| {
            let is = |key: &str, text: &str| {
                resource.get(key).and_then(Node::text).is_some_and(|known| known == text)
            };
            let repeated = resource.get("count_expression").or_else(|| resource.get("for_each_expression"));
            is("type", type_name) && is("name", name) && repeated.is_some()
        })
    }
}

fn references_of(expression: &Node) -> Vec<SmolStr> {
    let references = expression.get("references").map(Node::items).unwrap_or_default();
    references.iter().filter_map(|node| node.text().cloned()).collect()
}

/// The one most specific reference; `each.key`, `each.value` and `count.index` beside it choose its instance.
fn single(names: &[SmolStr]) -> Option<SmolStr> {
    let chooses = |name: &&SmolStr| name.starts_with("each.") || name.starts_with("count.");
    let others: Vec<&SmolStr> = names.iter().filter(|name| !chooses(name)).collect();
    let covered = |name: &SmolStr| {
        others.iter().any(|longer| {
            longer.len() > name.len()
                && longer.starts_with(name.as_str())
                && longer.get(name.len()..).is_some_and(|rest| rest.starts_with(['.', '[']))
        })
    };
    let mut specific: Vec<&SmolStr> = others.iter().copied().filter(|name| !covered(name)).collect();
    specific.dedup();
    match specific.as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    }
}

/// `net["a"].vpc_id` as call, instance key with its brackets, and output.
fn module_output(rest: &str) -> Option<(&str, &str, &str)> {
    let end = rest.find(['.', '['])?;
    let (call, rest) = (rest.get(..end)?, rest.get(end..)?);
    let close = if rest.starts_with('[') { rest.find(']')? + 1 } else { 0 };
    let (index, rest) = (rest.get(..close)?, rest.get(close..)?);
    let output = rest.strip_prefix('.')?.split(['.', '[']).next()?;
    Some((call, index, output))
}

/// `aws_kms_key.x["a"].arn` as address and attribute.
fn split(reference: &str) -> Option<(String, String)> {
    let (type_name, rest) = reference.split_once('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, rest) = (rest.get(..end)?, rest.get(end..)?);
    let close = if rest.starts_with('[') { rest.find(']')? + 1 } else { 0 };
    let (index, rest) = (rest.get(..close)?, rest.get(close..)?);
    let attribute = rest.strip_prefix('.').unwrap_or(rest);
    Some((format!("{type_name}.{name}{index}"), attribute.to_owned()))
}

fn shown(index: &Node) -> Option<String> {
    let text = index.text()?;
    Some(if text.parse::<u64>().is_ok() { format!("[{text}]") } else { format!("[\"{text}\"]") })
}

fn joined(module: &str, address: &str) -> String {
    if module.is_empty() { address.to_owned() } else { format!("{module}.{address}") }
}

/// The module that a module's call stands in, and the name of the call.
fn parent(module: &str) -> Option<(String, String)> {
    let steps = steps(module);
    let (last, before) = steps.split_last()?;
    let shown: Vec<String> = before.iter().map(|(name, index)| format!("module.{name}{index}")).collect();
    Some((shown.join("."), last.0.clone()))
}

/// Names and instance keys (with their brackets) of `module.a["x"].module.b`.
fn steps(address: &str) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let end = after.find(['.', '[']).unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        let close = match tail.strip_prefix("[\"") {
            Some(inside) => inside.find("\"]").map_or(tail.len(), |at| at + 4),
            None if tail.starts_with('[') => tail.find(']').map_or(tail.len(), |at| at + 1),
            None => 0,
        };
        let (index, tail) = tail.split_at(close);
        steps.push((name.to_owned(), index.to_owned()));
        rest = tail.strip_prefix('.').unwrap_or(tail);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_address_is_taken_apart() {
        let expected = vec![("a".to_owned(), "[\"x.y\"]".to_owned()), ("b".to_owned(), "[0]".to_owned())];
        assert_eq!(steps("module.a[\"x.y\"].module.b[0]"), expected);
        assert_eq!(
            parent("module.a[\"x.y\"].module.b"),
            Some(("module.a[\"x.y\"]".to_owned(), "b".to_owned()))
        );
    }

    #[test]
    fn the_most_specific_reference_counts() {
        let names = ["aws_kms_key.x.arn", "aws_kms_key.x"].map(SmolStr::from);
        assert_eq!(single(&names).as_deref(), Some("aws_kms_key.x.arn"));
        let two = ["aws_kms_key.x.arn", "aws_kms_key.x", "var.y"].map(SmolStr::from);
        assert_eq!(single(&two), None);
    }

    #[test]
    fn an_instance_is_part_of_the_address() {
        let expected = ("aws_subnet.a[\"x\"]".to_owned(), "id".to_owned());
        assert_eq!(split("aws_subnet.a[\"x\"].id"), Some(expected));
    }
}
