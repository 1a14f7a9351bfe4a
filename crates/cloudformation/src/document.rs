//! The text of a file as the document of a template: JSON or YAML as CloudFormation takes them, with what CloudFormation
//! takes otherwise, or not at all, as problems.

use source::document::{DocumentError, Node, NodeKind, Remark, RemarkKind, json, yaml};
use source::{FileId, Limits, Place, Problem, ProblemSeverity, Span};

use crate::{intrinsic, rain, sniff};

/// A document, each key of its mappings once.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Node,
    remarks: Vec<Remark>,
    /// How many documents the file holds.
    count: usize,
}

/// Tags of YAML that CloudFormation's user guide says it does not take.
const REFUSED: [&str; 5] = ["!binary", "!omap", "!pairs", "!set", "!timestamp"];

/// Tags that say what YAML would take the value for without them. The empty one is `!`.
const CORE: [&str; 8] = ["", "!str", "!int", "!float", "!bool", "!null", "!map", "!seq"];

/// Functions of the section `Rules`, which is not evaluated.
const OF_RULES: [&str; 7] =
    ["Contains", "EachMemberEquals", "EachMemberIn", "Implies", "RefAll", "ValueOf", "ValueOfAll"];

/// Reads the text of a template: JSON if it starts as JSON does, whatever its name. Of a stream of documents, the first
/// that is a template, else the first mapping.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Document, DocumentError> {
    let reading = if text.trim_start().starts_with('{') {
        // A flow mapping of YAML starts as JSON does, but with a key that needs no quotes, or with comments.
        json::read(text, limits).or_else(|error| yaml::read(text, limits).map_err(|_| error))
    } else {
        yaml::read(text, limits)
    }?;
    let count = reading.documents.len();
    let is_mapping = |document: &Node| matches!(document.kind, NodeKind::Mapping(_));
    let template = reading.documents.iter().position(sniff::is_template);
    let chosen = template.or_else(|| reading.documents.iter().position(is_mapping)).unwrap_or(0);
    let empty = || DocumentError::new("the file is empty", Span::default());
    let root = reading.documents.into_iter().nth(chosen).ok_or_else(empty)?;
    Ok(Document { root, remarks: reading.remarks, count })
}

impl Document {
    /// What is wrong with it, of what a template may have wrong.
    pub(crate) fn problems(&self, file: FileId) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut further = false;
        for remark in &self.remarks {
            // Further documents are told once.
            if remark.kind == RemarkKind::FurtherDocument && std::mem::replace(&mut further, true) {
                continue;
            }
            if let Some((severity, code, message, help)) = self.said(&remark.kind) {
                problems.push(Problem::at(severity, code, Place::new(file, remark.span), message, help));
            }
        }
        problems
    }

    fn said(&self, kind: &RemarkKind) -> Option<(ProblemSeverity, &'static str, String, &'static str)> {
        let warning = |code, message, help| Some((ProblemSeverity::Warning, code, message, help));
        match kind {
            RemarkKind::RepeatedKey(key) => warning(
                "cloudformation-duplicate-key",
                format!("the key {key} is repeated; the last one counts"),
                "remove one of them",
            ),
            RemarkKind::KeyNoScalar => warning(
                "cloudformation-key-no-text",
                "a key is no text, and was left out with its value".to_owned(),
                "write the key as a text",
            ),
            RemarkKind::Alias => Some((
                ProblemSeverity::Note,
                "cloudformation-alias",
                "CloudFormation itself takes no YAML aliases; they are read as `aws cloudformation package` and SAM \
                 write them out"
                    .to_owned(),
                "deploy what `aws cloudformation package` or `sam package` makes of the template",
            )),
            RemarkKind::MergedNoMapping => warning(
                "cloudformation-merge-key",
                "the merge key `<<` takes a map or a list of maps; what it holds was left out".to_owned(),
                "merge a map, or quote the key if it is meant to be called `<<`",
            ),
            RemarkKind::Tag(name) => Self::tag(name),
            RemarkKind::FurtherDocument => warning(
                "cloudformation-many-documents",
                format!("the file holds {} YAML documents, and CloudFormation takes one; only the template was read", self.count),
                "write each template to a file of its own",
            ),
            RemarkKind::More => warning(
                "cloudformation-more-problems",
                "more is wrong with the keys and tags of this file than is told".to_owned(),
                "mend what is told, and check again",
            ),
        }
    }

    fn tag(name: &str) -> Option<(ProblemSeverity, &'static str, String, &'static str)> {
        if intrinsic::is_short(name) || CORE.contains(&name) || OF_RULES.contains(&name) {
            return None;
        }
        if rain::is_directive(name) {
            return Some((ProblemSeverity::Warning, rain::CODE, rain::message(name), rain::HELP));
        }
        let (message, help) = if REFUSED.contains(&name) {
            (format!("CloudFormation does not take the YAML tag !{name}"), "write the value without the tag")
        } else {
            (
                format!("!{name} is no function of CloudFormation; its value was read without it"),
                "check the spelling of the function, or remove the tag",
            )
        };
        Some((ProblemSeverity::Warning, "cloudformation-unknown-tag", message, help))
    }
}
