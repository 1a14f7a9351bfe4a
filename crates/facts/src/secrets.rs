//! Secrets that a node's attributes hold, by where they came from. Invariant: the text of a secret is never part of
//! a fact.

use std::sync::Arc;

use graph::NodeId;
use language::ir::{Kind as ModelKind, Type};
use value::{How, Item, Kind, List, Origin, Part, Presence, StepKind, Template, Unknown, Value};

use crate::lists::{list_value, record};
use crate::reader::{Reader, expression};

/// Deepest nesting of lists and maps that is looked into.
const DEPTH: usize = 8;

/// A known part of a template with this many letters and digits counts as a secret of its own.
const LEAST_LITERAL: usize = 6;

/// The secrets of a node.
pub(crate) fn of_node(reader: &Reader<'_>, node: NodeId) -> Value {
    let mut list = List::default();
    let more = |value: &Value| told(reader, node, value);
    if let (Some(kind), Some(held)) = (reader.kind(node), reader.node(node)) {
        for (attribute, slot) in kind.attributes.iter().zip(&held.slots) {
            if attribute.secret {
                push(
                    attribute.name,
                    slot,
                    &Presence::CERTAIN,
                    &mut Found { list: &mut list, more: &more },
                    DEPTH,
                );
            } else {
                push_fields(
                    kind,
                    attribute.name,
                    attribute.ty,
                    slot,
                    &mut Found { list: &mut list, more: &more },
                    DEPTH,
                );
            }
        }
    }
    let origin = reader.resource(node).map(|resource| Origin::computed(resource.place)).unwrap_or_default();
    list_value(list, Origin { how: How::Fact, ..origin })
}

/// Secrets that were found, and what else there is to tell of one.
struct Found<'f> {
    list: &'f mut List,
    more: &'f dyn Fn(&Value) -> Vec<(&'static str, Value)>,
}

/// What is told of a secret beside where it came from: the type of the resource or data source that gives it; of one
/// that came through an input of the root, whether that is marked so that nobody is shown it.
fn told(reader: &Reader<'_>, node: NodeId, value: &Value) -> Vec<(&'static str, Value)> {
    let origin = Origin { how: How::Fact, ..value.origin.clone() };
    let mut told = Vec::new();
    let input = value.origin.steps().filter(|step| {
        use StepKind::{
            ParameterDefault, ParameterSet, ParameterUnset, VariableDefault, VariableSet, VariableUnset,
        };
        let kinds =
            [ParameterDefault, ParameterSet, ParameterUnset, VariableDefault, VariableSet, VariableUnset];
        kinds.contains(&step.kind)
    });
    let root = reader.resource(node).map(|resource| resource.root);
    let named = input.last().zip(root).and_then(|(step, root)| reader.input(root, &step.name));
    let came_from = source(value).unwrap_or_default();
    if let Some(input) = named.filter(|_| matches!(came_from, "input" | "default")) {
        let marks = ["sensitive", "ephemeral", "NoEcho"];
        let hidden = marks.iter().any(|mark| input.attributes.get(mark).as_bool() == Some(true));
        told.push(("hidden", Value::bool(hidden, origin.clone())));
    }
    let giver = match &value.kind {
        Kind::Reference(reference) => reader.declared(reference),
        _ => reader.data_source(value),
    };
    if let Some(giver) = giver {
        told.push(("source", Value::string(giver.type_name.clone(), origin)));
    }
    told
}

/// Secrets in the fields of records.
fn push_fields(kind: &ModelKind, path: &str, ty: Type, value: &Value, found: &mut Found<'_>, depth: usize) {
    let name = match ty {
        Type::List(Type::Record(name)) => *name,
        Type::Record(name) => name,
        _ => return,
    };
    let Some(shape) = kind.record(name).filter(|_| depth > 0) else { return };
    let has_secrets =
        |field: &&language::ir::Field| field.secret || matches!(field.ty, Type::List(_) | Type::Record(_));
    for item in crate::lists::elements(value).items {
        for field in shape.fields.iter().filter(has_secrets) {
            let held = item.value.get(field.name);
            let path = format!("{path}.{}", field.name);
            if field.secret {
                push(&path, &held, &item.presence, found, depth - 1);
            } else {
                push_fields(kind, &path, field.ty, &held, found, depth - 1);
            }
        }
    }
}

/// Adds the secret (or secrets) that a value holds.
fn push(path: &str, value: &Value, under: &Presence, found: &mut Found<'_>, depth: usize) {
    if depth == 0 {
        return;
    }
    match &value.kind {
        Kind::Absent | Kind::Null | Kind::Bool(_) => {}
        Kind::String(text) if text.is_empty() => {}
        Kind::List(inner) => {
            for item in &inner.items {
                push(path, &item.value, &under.and(&item.presence), found, depth - 1);
            }
            found.list.open = found.list.open.take().or_else(|| inner.open.clone());
        }
        Kind::Map(inner) => {
            for entry in &inner.entries {
                let path = format!("{path}.{}", entry.key);
                push(&path, &entry.value, &under.and(&entry.presence), found, depth - 1);
            }
            found.list.open = found.list.open.take().or_else(|| inner.open.clone());
        }
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                push(path, choice, &under.and(&Presence::guarded(condition.clone())), found, depth - 1);
            }
        }
        // What AWS or the model fills in is no secret of the source.
        _ if value.origin.how == How::Default => {}
        _ => {
            let origin = Origin { how: How::Fact, ..value.origin.clone() };
            let fields = [("came_from", came_from(value)), ("name", Value::string(path, origin.clone()))];
            let fields = fields.into_iter().chain((found.more)(value));
            found.list.items.push(Item { value: record(fields, origin), presence: under.clone() });
        }
    }
}

/// Where a secret came from.
fn came_from(value: &Value) -> Value {
    let origin = Origin { how: How::Fact, ..value.origin.clone() };
    match source(value) {
        Ok(source) => Value::string(source, origin),
        Err(unknown) => Value::unknown((*unknown).clone(), origin),
    }
}

fn source(value: &Value) -> Result<&'static str, Arc<Unknown>> {
    match &value.kind {
        Kind::String(text) if is_dynamic(text) => Ok("dynamic"),
        Kind::String(_) | Kind::Number(_) => Ok(of_known(&value.origin)),
        Kind::Reference(reference) if is_generated(&reference.to) => Ok("generated"),
        Kind::Reference(_) => Ok("reference"),
        Kind::Template(template) => of_template(template, &value.origin),
        Kind::Unknown(unknown) => of_unknown(value, unknown),
        _ => Ok("computed"),
    }
}

/// Whether the key is that of a resource of Terraform's provider `random`, which keeps what it makes up in the state.
fn is_generated(key: &str) -> bool {
    let address = key.rsplit('\u{1f}').next().unwrap_or_default();
    ["random_password.", "random_string."].iter().any(|kind| {
        address.split_once(kind).is_some_and(|(before, _)| before.is_empty() || before.ends_with('.'))
    })
}

/// `{{resolve:secretsmanager:…}}` and its siblings, resolved by CloudFormation when it deploys.
fn is_dynamic(text: &str) -> bool {
    let text = text.trim_start();
    ["{{resolve:secretsmanager:", "{{resolve:ssm-secure:", "{{resolve:ssm:"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// Where a known text came from, by the last step of its way that tells.
fn of_known(origin: &Origin) -> &'static str {
    for step in origin.steps() {
        match step.kind {
            StepKind::VariableDefault | StepKind::ParameterDefault => return "default",
            StepKind::VariableSet | StepKind::ParameterSet if step.place.is_none() => return "input",
            StepKind::Data | StepKind::Import => return "reference",
            _ => {}
        }
    }
    "literal"
}

fn of_unknown(value: &Value, unknown: &Arc<Unknown>) -> Result<&'static str, Arc<Unknown>> {
    let expression = expression(value).unwrap_or_default();
    // CloudFormation's `{{resolve:…}}`.
    if expression.starts_with("resolve:") {
        return Ok("dynamic");
    }
    for step in value.origin.steps() {
        match step.kind {
            StepKind::VariableUnset | StepKind::ParameterUnset => return Ok("input"),
            StepKind::Data | StepKind::Import => return Ok("reference"),
            StepKind::ModuleOutput => return Err(unknown.clone()),
            _ => {}
        }
    }
    if expression.starts_with("var.") {
        Ok("input")
    } else if expression.starts_with("data.") || expression.starts_with("ephemeral.") {
        Ok("reference")
    } else if expression.starts_with("module.") || unknown.may_be_absent {
        Err(unknown.clone())
    } else {
        Ok("computed")
    }
}

/// A template counts by its worst part: a literal that is long enough to be a secret, then a default, then others.
fn of_template(template: &Template, origin: &Origin) -> Result<&'static str, Arc<Unknown>> {
    let texts = || {
        template.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Value(_) => None,
        })
    };
    if texts().next().is_some_and(is_dynamic) {
        return Ok("dynamic");
    }
    let sources: Vec<Result<&'static str, Arc<Unknown>>> = template
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value) => Some(source(value)),
        })
        .collect();
    if texts().any(is_secret_text) {
        return Ok(of_known(origin));
    }
    for wanted in ["literal", "default"] {
        if sources.contains(&Ok(wanted)) {
            return Ok(wanted);
        }
    }
    let unknown = sources.iter().find(|source| source.is_err()).cloned();
    unknown.or_else(|| sources.into_iter().next()).unwrap_or(Ok("computed"))
}

/// Whether a known part of a template may be a secret: not a scheme, a host or a short affix.
fn is_secret_text(text: &str) -> bool {
    let affix = ["Bearer ", "Basic ", "Token ", "token "].iter().any(|scheme| text.starts_with(scheme));
    let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
    !affix && !text.contains("://") && !text.contains("{{resolve:") && letters >= LEAST_LITERAL
}

#[cfg(test)]
mod tests {
    use value::Reference;

    use super::*;

    fn origin(steps: &[StepKind]) -> Origin {
        let literal = Origin { how: How::Literal, ..Origin::default() };
        steps.iter().fold(literal, |origin, step| origin.through(*step, "x", None))
    }

    #[track_caller]
    fn check(value: &Value, expect: &str) {
        let mut list = List::default();
        push(
            "password",
            value,
            &Presence::CERTAIN,
            &mut Found { list: &mut list, more: &|_| Vec::new() },
            DEPTH,
        );
        let shown: Vec<String> = list
            .items
            .iter()
            .map(|item| item.value.get("came_from").as_str().unwrap_or("unknown").to_owned())
            .collect();
        assert_eq!(shown.join(" "), expect);
    }

    fn text(text: &str, steps: &[StepKind]) -> Value {
        Value::string(text, origin(steps))
    }

    fn unknown(steps: &[StepKind]) -> Value {
        Value::unknown(Unknown::fresh("why"), origin(steps))
    }

    #[test]
    fn known_texts_tell_their_way() {
        check(&text("hunter2", &[]), "literal");
        check(&text("hunter2", &[StepKind::Local]), "literal");
        check(&text("hunter2", &[StepKind::VariableDefault]), "default");
        check(&text("hunter2", &[StepKind::VariableDefault, StepKind::ModuleArgument]), "default");
        check(&text("hunter2", &[StepKind::ParameterSet]), "input");
        check(&text("{{resolve:secretsmanager:db:SecretString:password}}", &[]), "dynamic");
        check(&text("", &[]), "");
        check(&Value::absent(), "");
    }

    #[test]
    fn references_tell_whether_they_lead_to_a_generated_secret() {
        let to = |address: &str| {
            let key = value::declared::key("app", address);
            Value::new(
                Kind::Reference(Reference { to: key, attribute: "x".into(), many: false }.into()),
                origin(&[]),
            )
        };
        check(&to("random_password.master"), "generated");
        check(&to("module.db[\"a\"].random_password.master[0]"), "generated");
        check(&to("aws_secretsmanager_secret.master"), "reference");
        check(&to("aws_secretsmanager_secret.not_random_password"), "reference");
    }

    #[test]
    fn unknowns_tell_their_way() {
        check(&unknown(&[StepKind::VariableUnset]), "input");
        check(&unknown(&[StepKind::ParameterUnset]), "input");
        check(&unknown(&[StepKind::Data]), "reference");
        check(&unknown(&[StepKind::ModuleOutput]), "unknown");
        check(&unknown(&[]), "computed");
    }

    #[test]
    fn a_template_counts_by_its_worst_part() {
        let of =
            |before: &str, value: Value| check_template(&[Part::Text(before.into()), Part::Value(value)]);
        assert_eq!(of("hunter2hunter2", unknown(&[StepKind::Data])), "literal");
        assert_eq!(of("x-", unknown(&[StepKind::Data])), "reference");
        assert_eq!(of("x-", text("hunter2", &[StepKind::VariableDefault])), "default");
        assert_eq!(of("{{resolve:ssm-secure:", unknown(&[StepKind::ParameterUnset])), "dynamic");
    }

    fn check_template(parts: &[Part]) -> String {
        let template = Template { parts: parts.to_vec() };
        of_template(&template, &origin(&[])).unwrap_or("unknown").to_owned()
    }

    #[test]
    fn every_element_of_a_list_is_a_secret() {
        let list =
            Value::list([text("one", &[]), text("two", &[StepKind::ParameterDefault])], Origin::default());
        check(&list, "literal default");
    }
}
