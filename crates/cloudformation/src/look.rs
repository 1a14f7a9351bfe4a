//! Which of the files that may be templates are, by their ends and then by their content. A file that is none is passed
//! over silently, without being parsed and without being kept, unless the user named it.

use std::sync::Arc;

use source::discovery::Candidate;
use source::document::DocumentError;
use source::{FileId, LoadError, Place, Problem, ProblemSeverity, Problems, Sources};

use crate::document;
use crate::schema;
use crate::sniff::{self, Glance};
use crate::template::Template;

/// Ends of the names of templates.
pub(crate) const TEMPLATE_ENDS: [&str; 6] =
    [".yaml", ".yml", ".json", ".template", ".cfn", ".cloudformation"];

pub(crate) fn has_template_end(candidate: &Candidate) -> bool {
    let other = [".tf", ".tofu", ".tfvars", ".tf.json", ".tofu.json", ".tfvars.json"];
    let path = candidate.path.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
    !ends(&other) && (candidate.named || ends(&TEMPLATE_ENDS))
}

/// What a file turned out to be.
#[derive(Debug)]
pub(crate) enum Looked {
    Foreign,
    /// A template, with what of it does not fit the resource schemas: looked for while the text is at hand.
    Template(Arc<Template>, Problems),
    Problem(Problem),
}

/// A file after a glance at its text.
#[derive(Debug)]
pub(crate) enum Opened {
    Foreign,
    /// It may be a template.
    Likely(FileId),
    Problem(Problem),
}

/// Loads a file if its text looks like a template.
pub(crate) fn open(sources: &Sources, candidate: &Candidate) -> Opened {
    let mut named = None;
    let wanted = |text: &str| {
        let likely = sniff::glance(text) == Glance::Likely;
        if !likely && candidate.named {
            named = Some(foreign(candidate, text));
        }
        likely
    };
    let told = |problem: Option<Problem>| problem.map_or(Opened::Foreign, Opened::Problem);
    match sources.load_if(&candidate.path, wanted) {
        Ok(Some(file)) => Opened::Likely(file),
        Ok(None) => told(named.flatten()),
        Err(error) => told(unreadable(sources, candidate, &error)),
    }
}

/// Parses a file that looks like a template.
pub(crate) fn parsed(sources: &Sources, candidate: &Candidate, file: FileId) -> Looked {
    let text = sources.file(file).text.clone();
    match document::parse(&text, sources.limits()) {
        Ok(document) if sniff::is_template(&document.root) => {
            let template = Template::of(file, document);
            let problems = schema::problems(&template);
            Looked::Template(Arc::new(template), problems)
        }
        Ok(_) => foreign(candidate, &text).map_or(Looked::Foreign, Looked::Problem),
        Err(error) => Looked::Problem(syntax(sources, file, &error)),
    }
}

/// What is said of a file that is no template, if the user named it.
fn foreign(candidate: &Candidate, text: &str) -> Option<Problem> {
    if !candidate.named || sniff::is_foreign_json(&candidate.path, text) {
        return None;
    }
    let path = candidate.path.as_str();
    let message = format!("{path} holds no infrastructure code that carelint reads");
    let help = "name a Terraform folder, a plan as JSON, a CloudFormation template or a CDK assembly";
    let code = "not-infrastructure-code";
    Some(Problem::with_path(ProblemSeverity::Error, code, path, message, help))
}

fn unreadable(sources: &Sources, candidate: &Candidate, error: &LoadError) -> Option<Problem> {
    let help = match error {
        LoadError::OutsideRoot(_) => return None,
        // A file of bytes that nobody named is most likely none of our business.
        LoadError::NotUtf8 { .. } if !candidate.named && !is_in_another_encoding(sources, candidate) => {
            return None;
        }
        LoadError::NotUtf8 { .. } => "save the file as UTF-8",
        _ => "make the file readable, or add it to .gitignore",
    };
    let code = "file-unreadable";
    let path = candidate.path.as_str();
    Some(Problem::with_path(ProblemSeverity::Error, code, path, error.to_string(), help))
}

/// Whether a file that is no UTF-8 is a template in UTF-16, with a byte-order mark, or in an encoding that has the
/// letters of ASCII. CloudFormation takes UTF-8 alone.
fn is_in_another_encoding(sources: &Sources, candidate: &Candidate) -> bool {
    let Ok(bytes) = sources.bytes(&candidate.path) else { return false };
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    let text: String = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        other => String::from_utf8_lossy(other).into_owned(),
    };
    sniff::glance(&text) == Glance::Likely
}

pub(crate) fn syntax(sources: &Sources, file: FileId, error: &DocumentError) -> Problem {
    let file_read = sources.file(file);
    let path = &file_read.path;
    let message =
        format!("{path} looks like a CloudFormation template but does not parse: {}", error.message);
    let help = match sniff::is_unrendered(&file_read.text) {
        true => {
            "check the template that is made of it: marks such as `{{ … }}` and `{% … %}` are for another program"
        }
        false if error.is_limit => "split the template, or nest and repeat less of it",
        false => "correct the syntax at this place; indentation, quotes and brackets are the usual causes",
    };
    Problem::at(ProblemSeverity::Error, "cloudformation-syntax", Place::new(file, error.span), message, help)
}
