//! Templates held against the schemas of the resource types: names that do not exist, values of another shape. What a
//! template says is looked at as it is written, before anything is evaluated, so that each slip is told once, at its
//! place, whatever conditions and stacks it stands in. Whatever is computed at deployment is taken to be right.

mod names;
mod values;

use schemas::{ResourceType, resource_type};
use source::document::{Entry, Node};
use source::{Problem, ProblemSeverity, Problems, Span};

use crate::macros;
use crate::stack::Stack;
use crate::template::Template;

/// Most problems of one template: nobody reads more, and each of them looks for the name that was meant.
const MOST_PROBLEMS: usize = 100;

/// What may stand beside the properties of a resource. `Version` is that of a custom resource; the last two are SAM's.
const KEYS: [&str; 13] = [
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "UpdatePolicy",
    "Description",
    "Version",
    "Connectors",
    "IgnoreGlobals",
];

/// What is wrong with the types and properties of a template. Says nothing about a template that a macro rewrites:
/// what the macro makes of it is not known.
pub(crate) fn problems(template: &Template) -> Problems {
    let mut check = Check { template, problems: Problems::new() };
    if !template.has_macros() {
        check.resources(template.section("Resources"));
    }
    if check.problems.len() > MOST_PROBLEMS {
        check.problems.truncate(MOST_PROBLEMS);
        let message = "more of the template does not fit the resource types; the rest is not listed";
        let help = "correct what is listed above, and scan again";
        check.say("cloudformation-unknown-property", template.document.span, message, help);
    }
    check.problems
}

/// A template under check.
struct Check<'t> {
    template: &'t Template,
    problems: Problems,
}

impl Check<'_> {
    fn resources(&mut self, entries: &[Entry]) {
        if is_rewritten(entries) {
            return;
        }
        for entry in entries {
            if self.problems.len() > MOST_PROBLEMS {
                return;
            }
            match body_of_loop(entry) {
                Some(body) => self.resources(body.entries()),
                None if entry.key.starts_with("Fn::") => {}
                None => self.resource(entry),
            }
        }
    }

    fn resource(&mut self, entry: &Entry) {
        let Some(written) = entry.value.entry("Type") else { return };
        let Some(name) = written.value.text().filter(|_| written.value.tag.is_none()) else { return };
        let keys = entry.value.entries();
        if is_rewritten(keys) {
            return;
        }
        for key in keys.iter().filter(|key| !KEYS.contains(&key.key.as_str()) && !key.key.starts_with("Fn::"))
        {
            let message = format!("a resource has no {}", key.key);
            self.say(
                "cloudformation-unknown-resource-key",
                key.key_span,
                message,
                names::suggest(&key.key, KEYS),
            );
        }
        let Some(known) = resource_type(name) else {
            if let Some((severity, help)) = names::unknown_type(name) {
                let message = format!("{name} is not among the resource types of CloudFormation");
                self.push(severity, "cloudformation-unknown-type", written.value.span, message, help);
            }
            return;
        };
        if !is_custom(name) {
            self.properties(known, entry);
        }
    }

    fn say(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.push(ProblemSeverity::Warning, code, span, message.into(), help.into());
    }

    fn push(
        &mut self,
        severity: ProblemSeverity,
        code: &'static str,
        span: Span,
        message: String,
        help: String,
    ) {
        self.problems.push(Problem::at(severity, code, self.template.place(span), message, help));
    }
}

/// Whether resources of this type have whatever properties and attributes their provider gives them.
fn is_custom(type_name: &str) -> bool {
    type_name == "AWS::CloudFormation::CustomResource"
}

/// Whether a macro rewrites the mapping of these entries.
fn is_rewritten(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.key == "Fn::Transform" && macros::is_macro(&entry.value))
}

/// Whether the type is SAM's. What stands deep inside its properties the schemas tell with gaps: only slips of the pen
/// are told there.
fn is_serverless(type_name: &str) -> bool {
    type_name.starts_with("AWS::Serverless::")
}

/// The copied part of a loop (`Fn::ForEach::Name`), if the entry is one.
fn body_of_loop(entry: &Entry) -> Option<&Node> {
    entry.key.strip_prefix("Fn::ForEach::")?;
    entry.value.items().get(2)
}

impl Stack<'_> {
    /// Says so if the type of `resource` has no `attribute` that `Fn::GetAtt` could give. Of a serverless type, the
    /// attributes are those of the resource that SAM makes of it.
    pub(crate) fn check_attribute(&self, resource: &Entry, attribute: &str, span: Span) {
        let name = resource.value.get("Type").and_then(Node::text);
        let Some(name) = name.filter(|name| !is_custom(name) && !is_serverless(name)) else {
            return;
        };
        let Some(known) = resource_type(name) else { return };
        if known.has_attribute(attribute) || self.template.has_macros() {
            return;
        }
        let message = format!("{name} has no attribute {attribute}");
        let help = names::suggest(attribute, attributes(known));
        self.warn("cloudformation-unknown-attribute", span, message, &help);
    }
}

fn attributes(of: ResourceType) -> impl Iterator<Item = &'static str> + Clone {
    let all: Vec<&'static str> = of
        .properties()
        .properties()
        .filter(|property| property.is_attribute())
        .map(schemas::Property::name)
        .collect();
    all.into_iter()
}
