//! Which files are templates, told by their content: first by a glance at the bytes, then by the parsed document.

use memchr::memmem;
use source::document::{Node, NodeKind};

/// What a glance at a text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    /// Nothing in it speaks of a template.
    Foreign,
    /// It may be a template.
    Likely,
}

/// Looks for the words without which no template is one. Linear, and far cheaper than parsing.
pub(crate) fn glance(text: &str) -> Glance {
    let bytes = text.as_bytes();
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let typed = || has("AWS::") || has("Custom::");
    if has_key(text, "Resources") && (has("AWSTemplateFormatVersion") || typed()) {
        Glance::Likely
    } else if has_key(text, "AWSTemplateFormatVersion") {
        // A template with nothing but macros or an included file has no resources of its own.
        Glance::Likely
    } else {
        Glance::Foreign
    }
}

/// Whether `key` stands in the text with a colon after it, in quotes or not.
fn has_key(text: &str, key: &str) -> bool {
    memmem::find_iter(text.as_bytes(), key.as_bytes()).any(|at| {
        let rest = text.get(at + key.len()..).unwrap_or_default();
        rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
    })
}

/// Whether a document is a template: it says so by its version, or it has a resource with a type of CloudFormation.
pub(crate) fn is_template(document: &Node) -> bool {
    if document.get("AWSTemplateFormatVersion").is_some() {
        return true;
    }
    let typed = |node: &Node| node.get("Type").and_then(Node::text).is_some_and(|text| text.contains("::"));
    let resources = document.get("Resources").filter(|node| matches!(node.kind, NodeKind::Mapping(_)));
    resources.is_some_and(|resources| resources.entries().iter().any(|entry| typed(&entry.value)))
}

/// Whether a text is the manifest of a CDK assembly.
pub(crate) fn is_assembly_manifest(text: &str) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("\"version\"") && has("\"artifacts\"")
}

/// Whether another front end reads a file of this name and text: Terraform in JSON, a plan, an assembly.
pub(crate) fn is_foreign_json(path: &str, text: &str) -> bool {
    let ends = [".tf.json", ".tofu.json", ".tfvars.json", "manifest.json"];
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    ends.iter().any(|end| path.ends_with(end)) || has("\"resource_changes\"") || has("\"planned_values\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Glance) {
        assert_eq!(glance(text), expected, "{text}");
    }

    #[test]
    fn templates_are_told_by_their_words() {
        check("Resources:\n  A:\n    Type: AWS::S3::Bucket\n", Glance::Likely);
        check("{\"Resources\" : {\"A\": {\"Type\": \"Custom::X\"}}}", Glance::Likely);
        check("AWSTemplateFormatVersion: 2010-09-09\n", Glance::Likely);
        check("resources:\n  - AWS::S3::Bucket\n", Glance::Foreign);
        check("on: push\njobs: {}\n", Glance::Foreign);
        check("text: see Resources of AWS::S3::Bucket\n", Glance::Foreign);
    }
}
