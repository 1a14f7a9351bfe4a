//! Which files are templates, told by their content: first by a glance at the bytes, then by the parsed document. The
//! glance never takes a template for something else; what only holds one somewhere (a manifest with a template in a
//! text, the description of an interface with one as an example) it passes over without parsing, for there the words
//! of a template do not stand at the top.

use memchr::memmem;
use source::document::{Node, NodeKind};

/// What a glance at a text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    /// It is no template.
    Foreign,
    /// It may be a template.
    Likely,
}

const VERSION: &str = "AWSTemplateFormatVersion";
const RESOURCES: &str = "Resources";

/// Looks for the keys without one of which no template is one, at the top of the text, and for the type of a resource.
/// Linear, and far cheaper than parsing.
pub(crate) fn glance(text: &str) -> Glance {
    let top = Top::of(text);
    // A template with nothing but macros or an included file has no resources of its own.
    let likely = top.has(VERSION) || top.has(RESOURCES) && has_type(text);
    if likely { Glance::Likely } else { Glance::Foreign }
}

/// How the keys at the top of a text are found.
enum Top<'t> {
    /// JSON: those of the outermost object.
    Json(&'t str),
    /// YAML whose outermost mapping has brackets: any.
    Flow(&'t str),
    /// YAML: those at the beginning of a line that is indented as the first one.
    Block(&'t str, usize),
}

impl<'t> Top<'t> {
    fn of(text: &'t str) -> Self {
        let start = text.trim_start();
        if let Some(inside) = start.strip_prefix('{') {
            return match inside.trim_start().chars().next() {
                Some('"') => Self::Json(text),
                _ => Self::Flow(text),
            };
        }
        let is_content = |line: &&str| !matches!(line.trim_start().chars().next(), None | Some('#' | '%'));
        let lines = text.split(['\n', '\r']).filter(is_content);
        let first =
            lines.map(|line| line.strip_prefix("---").unwrap_or(line)).find(is_content).unwrap_or_default();
        match first.trim_start().starts_with('{') {
            true => Self::Flow(text),
            false => Self::Block(text, first.len() - first.trim_start_matches(' ').len()),
        }
    }

    fn has(&self, key: &str) -> bool {
        match self {
            Self::Json(text) => has_member(text, key),
            Self::Flow(text) => keys(text, key).next().is_some(),
            Self::Block(text, indentation) => keys(text, key).any(|at| {
                let before = text.get(..at).unwrap_or_default();
                let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
                let before = before.get(line..).unwrap_or_default().trim_end_matches(['"', '\'']);
                before.bytes().all(|byte| byte == b' ') && (before.len() == *indentation || before.is_empty())
            }),
        }
    }
}

/// Where `key` stands in a text with a colon after it, in quotes or not.
fn keys<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text.as_bytes(), key.as_bytes()).filter(move |at| {
        let rest = text.get(at + key.len()..).unwrap_or_default();
        rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
    })
}

/// Whether the outermost object of a JSON text has a key, as far as the text is JSON.
fn has_member(text: &str, key: &str) -> bool {
    let bytes = text.as_bytes();
    // Most files that are no templates do not even have the word.
    if memmem::find(bytes, key.as_bytes()).is_none() {
        return false;
    }
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| is_mark(*byte))) {
        at += skipped;
        match bytes.get(at) {
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {
                let start = at + 1;
                at = end_of_string(bytes, start);
                let is_key = || bytes.get(at + 1..).unwrap_or_default().trim_ascii_start().starts_with(b":");
                if depth == 1 && bytes.get(start..at) == Some(key.as_bytes()) && is_key() {
                    return true;
                }
            }
        }
        at += 1;
    }
    false
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')
}

/// Where the string that begins at a byte has its closing quote.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += next;
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return at,
        }
    }
    bytes.len()
}

/// Whether some key `Type` has a value with `::` in it, as the type of a resource has.
fn has_type(text: &str) -> bool {
    let typed = |at: usize| {
        let rest = text.get(at + "Type".len()..).unwrap_or_default();
        let value = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':').unwrap_or_default();
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        end > 0 && value.get(end..).is_some_and(|rest| rest.starts_with("::"))
    };
    memmem::find_iter(text.as_bytes(), b"Type").any(typed) || has_loop(text)
}

/// Resources that a loop or a transform makes need not have a type that can be seen.
fn has_loop(text: &str) -> bool {
    let has = |word: &[u8]| memmem::find(text.as_bytes(), word).is_some();
    has(b"Fn::ForEach::") || has(b"Fn::Transform")
}

/// Whether a document is a template: it says so by its version, or it has a resource with a type of CloudFormation, or
/// a loop or a transform that makes resources.
pub(crate) fn is_template(document: &Node) -> bool {
    if document.get(VERSION).is_some() {
        return true;
    }
    let typed = |node: &Node| node.get("Type").and_then(Node::text).is_some_and(|text| text.contains("::"));
    let made = |key: &str| key.starts_with("Fn::ForEach::") || key == "Fn::Transform";
    let resources = document.get(RESOURCES).filter(|node| matches!(node.kind, NodeKind::Mapping(_)));
    resources.is_some_and(|resources| {
        resources.entries().iter().any(|entry| typed(&entry.value) || made(&entry.key))
    })
}

/// Whether a text is written for a program that writes the template (Jinja, Helm, ERB), and no template yet.
pub(crate) fn is_unrendered(text: &str) -> bool {
    let bytes = text.as_bytes();
    let braces = |at: usize| !bytes.get(at + 2..).unwrap_or_default().starts_with(b"resolve:");
    ["{%", "<%"].iter().any(|mark| memmem::find(bytes, mark.as_bytes()).is_some())
        || memmem::find_iter(bytes, b"{{").any(braces)
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
    fn likely(texts: &[&str]) {
        for text in texts {
            assert_eq!(glance(text), Glance::Likely, "{text}");
        }
    }

    #[track_caller]
    fn foreign(texts: &[&str]) {
        for text in texts {
            assert_eq!(glance(text), Glance::Foreign, "{text}");
        }
    }

    #[test]
    fn templates_are_told_by_their_words() {
        likely(&[
            "Resources:\n  A:\n    Type: AWS::S3::Bucket\n",
            "{\"Resources\" : {\"A\": {\"Type\": \"Custom::X\"}}}",
            "AWSTemplateFormatVersion: 2010-09-09\n",
            "Resources:\n  A:\n    Type: MongoDB::Atlas::Cluster\n",
            "Resources: {A: {Type: 'My::Company::Bucket::MODULE'}}\n",
            "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Each: [X, [a], {}]\n",
        ]);
    }

    #[test]
    fn templates_are_told_however_they_are_written() {
        let body = "Resources: {A: {Type: AWS::S3::Bucket}}";
        likely(&[
            &format!("# a comment\n\n# Resources\n---\n{body}\n"),
            &format!("%YAML 1.1\n---\n{body}\n"),
            &format!("Description: x\r\n{body}\r\n"),
            &format!("Description: x\r{body}\r"),
            &format!("  Description: x\n  {body}\n"),
            &format!("kind: X\n---\n{body}\n"),
            &format!("  kind: X\n---\n{body}\n"),
            "\"Resources\" : {A: {\"Type\" : \"AWS::S3::Bucket\"}}\n",
            "'Resources':\n  A: {'Type': 'AWS::S3::Bucket'}\n",
            "{Resources: {A: {Type: AWS::S3::Bucket}}}\n",
            "--- {Resources: {A: {Type: AWS::S3::Bucket}}}\n",
            "---\n{ # flow\n  Resources: {A: {Type: AWS::S3::Bucket}}}\n",
            "\n {\"Description\": \"a \\\" }\", \"Resources\":\n{\"A\": {\"Type\"\n:\n\"AWS::S3::Bucket\"}}}",
            "{\"Mappings\": {\"M\": {\"Resources\": {}}}, \"Resources\": {\"A\": {\"Type\": \"AWS::S3::Bucket\"}}}",
        ]);
    }

    #[test]
    fn what_is_no_template_is_told_without_parsing() {
        let template =
            "AWSTemplateFormatVersion: 2010-09-09\n    Resources:\n      A: {Type: AWS::S3::Bucket}\n";
        foreign(&[
            "resources:\n  - AWS::S3::Bucket\n",
            "on: push\njobs: {}\n",
            "text: see Resources of AWS::S3::Bucket\n",
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  t.yaml: |\n    Resources:\n      A: {Type: AWS::S3::Bucket}\n",
            &format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  t.yaml: |\n    {template}"),
            &format!("openapi: 3.0.0\nexample: |\n    {template}"),
            "service: x\nprovider: {name: aws}\nresources:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n",
            "- hosts: all\n  tasks:\n    - cloudformation:\n        template_body: |\n          Resources: {A: {Type: AWS::S3::Bucket}}\n",
            "{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n",
            "services:\n  web: {image: x}\n",
            "- name: a guard test\n  input:\n    Resources:\n      A: {Type: AWS::S3::Bucket}\n",
            "{\"openapi\": \"3\", \"example\": {\"Resources\": {\"A\": {\"Type\": \"AWS::S3::Bucket\"}}}}",
            "{\"body\": \"{\\\"Resources\\\": {\\\"A\\\": {\\\"Type\\\": \\\"AWS::S3::Bucket\\\"}}}\"}",
            "{\"ResourceTypes\": {\"AWS::X::Y\": {\"Resources\": {\"Type\": \"List\"}}}, \"Resources\": \"none\"}",
            "{\"lockfileVersion\": 3, \"packages\": {}}",
            "{\"a\": [\"Resources\", \"AWSTemplateFormatVersion\"]}",
            "",
            "{",
            "{\"Resources",
        ]);
    }

    #[test]
    fn what_a_program_is_to_write_out_is_no_template_yet() {
        assert!(is_unrendered("A: {{ name }}") && is_unrendered("{% if x %}") && is_unrendered("<%= x %>"));
        assert!(!is_unrendered("A: '{{resolve:ssm:/a}}'") && !is_unrendered("A: {B: {C: 1}}"));
    }
}
