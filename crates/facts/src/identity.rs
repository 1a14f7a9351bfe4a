//! Names and ARNs of resources as texts with holes. Invariant: two texts of one resource's ARN are equal however the
//! source spells it: as a reference, as a name inside a template or as a literal.

use graph::NodeId;
use language::ir::{How, Kind, Step};
use smol_str::SmolStr;
use value::{Condition, Identity, Kind as Is, Part, Reference, References, Value};

use crate::pattern::{Hole, Symbol, Text, known, one_partition};
use crate::reader::Reader;

/// Deepest chain of templates and references that is spelled out.
const DEPTH: usize = 6;

/// Longest symbolic form of a text that depends on conditions, in bytes.
const LONGEST_KEY: usize = 4_096;

impl Reader<'_> {
    /// The text of a value, references spelled out as far as the source tells, partitions made one.
    pub(crate) fn text(&self, value: &Value) -> Text {
        let mut text = Text::new();
        self.push_text(value, &mut text, DEPTH);
        one_partition(text)
    }

    /// The ARN of a node as its kind's identity says; a hole of its own if the kind has none.
    pub(crate) fn arn(&self, node: NodeId) -> Text {
        let to = self.resource(node).map(|resource| resource.key.clone()).unwrap_or_default();
        let mut text = Text::new();
        self.push_reference(&Reference { to, attribute: "arn".into(), many: false }, &mut text, DEPTH);
        one_partition(text)
    }

    fn push_text(&self, value: &Value, text: &mut Text, depth: usize) {
        match &value.kind {
            Is::Absent | Is::Null => {}
            Is::String(part) => text.extend(known(part)),
            Is::Bool(part) => text.extend(known(if *part { "true" } else { "false" })),
            Is::Number(number) => text.extend(known(&number.to_string())),
            Is::Template(template) if depth > 0 => {
                for part in &template.parts {
                    match part {
                        Part::Text(part) => text.extend(known(part)),
                        Part::Value(value) => self.push_text(value, text, depth - 1),
                    }
                }
            }
            Is::Reference(reference) => self.push_reference(reference, text, depth),
            Is::Unknown(unknown) => {
                let hole = Hole {
                    key: unknown.identity.as_ref().map(|identity| of_deployment(&identity.text)),
                    owner: None,
                    why: unknown.reason.clone(),
                };
                text.push(Symbol::Hole(hole.into()));
            }
            Is::Alternatives(alternatives) => {
                let why = SmolStr::new_static("the text depends on a condition");
                let key = self.key_of_choices(&alternatives.choices, depth);
                text.push(Symbol::Hole(Hole { key, owner: None, why }.into()));
            }
            _ => {
                let why = SmolStr::new_static("it is no text");
                text.push(Symbol::Hole(Hole { key: None, owner: None, why }.into()));
            }
        }
    }

    /// What a text that depends on conditions is, symbolically: the same texts under the same conditions.
    fn key_of_choices(&self, choices: &[(Condition, Value)], depth: usize) -> Option<SmolStr> {
        let mut key = String::new();
        for (when, choice) in choices {
            let mut text = Text::new();
            self.push_text(choice, &mut text, depth.checked_sub(1)?);
            key.push_str(&format!("{when:?}\u{1f}"));
            for symbol in one_partition(text) {
                match symbol {
                    Symbol::Char(known) => key.push(known),
                    Symbol::Name(name) => key.push_str(&format!("\u{1e}{name}\u{1e}")),
                    Symbol::Hole(hole) => {
                        key.push_str(&format!("\u{1e}{}\u{1e}", hole.key.as_ref()?));
                    }
                    Symbol::Any => return None,
                }
            }
            if key.len() > LONGEST_KEY {
                return None;
            }
        }
        Some(key.into())
    }

    /// The text of an attribute of a resource: its ARN, its name, or a hole.
    fn push_reference(&self, reference: &Reference, text: &mut Text, depth: usize) {
        let node = self.node_of(reference);
        // A node that stands for many is one of them wherever it is seen from: its own satellites, its own policy.
        let stands_for_many = node.and_then(|node| self.node(node)).is_some_and(|node| node.presence.many);
        let reference = &Reference { many: reference.many && !stands_for_many, ..reference.clone() };
        if let Some(told) = self.graph.text(reference).filter(|_| depth > 0) {
            return self.push_text(&told, text, depth - 1);
        }
        let kind = node.and_then(|node| self.kind(node));
        match kind.filter(|kind| !reference.many && self.names(kind, reference)) {
            Some(_) => text.push(Symbol::Name(reference.to.clone())),
            None => text.push(self.hole(reference)),
        }
    }

    /// Whether an attribute of a resource is its name.
    fn names(&self, kind: &'static Kind, reference: &Reference) -> bool {
        let Some(name) = kind.identity_name else { return false };
        let attribute = reference.attribute.as_str();
        let model =
            |id: language::ir::AttrId| kind.attributes.get(id.0 as usize).map(|attribute| attribute.name);
        if matches!(attribute, "" | "id") {
            // Terraform's `id` is mostly what `Ref` gives in CloudFormation.
            return kind.reference.is_none_or(|given| given == name);
        }
        let spells = |how: &How| matches!(how, How::Path([Step::Name(spelled)]) if *spelled == attribute);
        let mut reads =
            kind.spellings.iter().filter(|spelling| spelling.joins.is_empty()).flat_map(|s| s.reads);
        model(name) == Some(attribute) || reads.any(|(id, how)| *id == name && spells(how))
    }

    fn hole(&self, reference: &Reference) -> Symbol {
        let name = format!("{}.{}", Identity::shown(&reference.to), reference.attribute);
        let owner =
            self.declared(reference).map(|resource| (resource.type_name.clone(), resource.key.clone()));
        // `Arn` in CloudFormation is `arn` in Terraform.
        let attribute = reference.attribute.to_ascii_lowercase();
        let hole = Hole {
            key: (!reference.many).then(|| format!("{}.{attribute}", reference.to).into()),
            owner: owner.filter(|_| !reference.many),
            why: format!("the text of {name} is known after deployment").into(),
        };
        Symbol::Hole(hole.into())
    }
}

/// What an unknown is, symbolically: the region and the account of the deployment have one name however a language
/// or the graph calls them.
pub(crate) fn of_deployment(identity: &SmolStr) -> SmolStr {
    match Identity::shown(identity) {
        "AWS::Region" | "region" | "data.aws_region.name" => SmolStr::new_static("region"),
        "AWS::AccountId" | "account" | "data.aws_caller_identity.account_id" => {
            SmolStr::new_static("account")
        }
        _ => identity.clone(),
    }
}
