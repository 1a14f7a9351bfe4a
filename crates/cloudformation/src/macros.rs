//! Transforms and macros: which are known here, and what is said of those that run at deployment alone. Invariant: what
//! a macro makes is not known and may be nothing; it is said once for each macro.

use smol_str::SmolStr;
use source::Span;
use source::document::{Node, NodeKind};
use value::Unknown;

use crate::stack::Stack;

/// The transform that puts a file into the template.
pub(crate) const INCLUDE: &str = "AWS::Include";

/// The transform that adds functions to the language.
pub(crate) const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// The transform that replaces `[[servicecatalog:product:output]]` by an output of a product.
pub(crate) const SERVICE_CATALOG: &str = "AWS::ServiceCatalog";

/// Transforms that are known and either handled here or change nothing that rules look at.
const KNOWN: [&str; 7] = [
    crate::sam::TRANSFORM,
    EXTENSIONS,
    INCLUDE,
    SERVICE_CATALOG,
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
];

const PROCESSED: &str =
    "scan the processed template (aws cloudformation get-template --template-stage Processed)";

/// The transforms of a template: one name, or a list of names and of macros with arguments.
pub(crate) fn transforms(document: &Node) -> &[Node] {
    match document.get("Transform") {
        Some(Node { kind: NodeKind::Sequence(items), .. }) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Whether macros complete the template: its own, or those within a section.
pub(crate) fn completes(document: &Node) -> bool {
    let has_macro = |section: &str| {
        let section = document.get(section).map_or(&[][..], Node::entries);
        section.iter().any(|entry| entry.key == "Fn::Transform")
    };
    transforms(document).iter().any(is_macro)
        || ["Parameters", "Mappings", "Conditions", "Resources"].into_iter().any(has_macro)
}

/// Whether a transform is a macro, which may make anything of the part of the template that it stands in.
pub(crate) fn is_macro(transform: &Node) -> bool {
    name_of(transform).is_none_or(|name| !KNOWN.contains(&name))
}

fn name_of(transform: &Node) -> Option<&str> {
    transform.text().or_else(|| transform.get("Name")?.text()).map(|name| name.as_str())
}

/// What a transform within the template takes its part from: the location of a file, or its own name.
pub(crate) fn source_of(argument: &Node) -> SmolStr {
    let call = argument.items().first().unwrap_or(argument);
    let location = call.get("Parameters").and_then(|parameters| parameters.get("Location")?.text());
    location.or_else(|| call.get("Name")?.text()).cloned().unwrap_or_default()
}

impl Stack<'_> {
    /// Says what of the template is not evaluated here.
    pub(crate) fn check_sections(&self) {
        for transform in self.template.transforms() {
            let Some(name) = name_of(transform).filter(|name| !KNOWN.contains(name)) else { continue };
            let message = format!("the transform {name} is not run; the template is judged as it is written");
            self.warn("cloudformation-transform", transform.span, message, PROCESSED);
        }
        for (section, code, message, help) in [
            (
                "Rules",
                "cloudformation-rules",
                "the rules of the template are not evaluated; they may refuse values of parameters",
                "give the values of parameters that are deployed",
            ),
            (
                "Hooks",
                "cloudformation-hooks",
                "the hooks of the template are not evaluated; they run at deployment",
                "nothing is to be done where they change no resource for good",
            ),
        ] {
            // The rule that the CDK adds to each of its templates asks for its bootstrap stack alone.
            let entry = self.template.document.entry(section);
            let is_own = |key: &str| key != "CheckBootstrapVersion";
            if let Some(entry) =
                entry.filter(|entry| entry.value.entries().iter().any(|one| is_own(&one.key)))
            {
                self.note(code, entry.key_span, message, help);
            }
        }
    }

    /// What a macro makes of its argument. What a file brings in that is not at hand was said when it was looked for.
    pub(crate) fn transformed(&self, argument: &Node) -> Unknown {
        let first = argument.items().first().unwrap_or(argument);
        let reason = match first.get("Name").and_then(Node::text) {
            Some(name) => {
                if name != INCLUDE && self.is_first(name) {
                    let message = format!("the macro {name} runs at deployment; what it makes is not judged");
                    self.note("cloudformation-macro", first.span, message, PROCESSED);
                }
                format!("the transform {name} runs at deployment")
            }
            None => "a transform runs at deployment".to_owned(),
        };
        Unknown { may_be_absent: true, ..Unknown::fresh(reason) }
    }

    /// Says that something needs AWS::LanguageExtensions, unless the template has it, or a macro that may do the same.
    pub(crate) fn needs_extensions(&self, what: &str, span: Span) {
        let template = &self.template;
        if template.has_transform(EXTENSIONS) || template.is_completed() || !self.is_first(what) {
            return;
        }
        let message = format!("{what} needs the transform {EXTENSIONS}, which the template does not have");
        let help = "add `Transform: AWS::LanguageExtensions` to the template, before other transforms";
        self.warn("cloudformation-needs-transform", span, message, help);
    }

    /// Whether something was not said before.
    fn is_first(&self, what: &str) -> bool {
        self.said.borrow_mut().insert(what.into())
    }
}
