//! Asks the real Terraform what expressions give, and writes its answers beside them.
//!
//! A file of `crates/terraform/tests/answers` has declarations (locals, variables with defaults) and then cases:
//! `= expression`, which may go on over the next lines, and for what carelint cannot tell `? why`. The line
//! `> answer` under a case is written here: a type and a value as JSON, or `error: summary`. A test of
//! `crates/terraform` holds carelint to the answers; it needs no Terraform. What lies in the folder `files` beside
//! them can be read by the expressions.

mod render;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use source::Limits;
use source::document::{Node, NodeKind, json};

use crate::{Complaints, repository};

/// Where the cases are.
const FOLDER: &str = "crates/terraform/tests/answers";

/// Most times that Terraform is asked about one file: each time it names some of the errors that are left.
const ROUNDS: usize = 20;

/// A file of cases.
#[derive(Debug, Default)]
struct Cases {
    declarations: String,
    /// Each expression, with the lines that stay beside it.
    cases: Vec<Case>,
}

#[derive(Debug, Default)]
struct Case {
    expression: String,
    why: Option<String>,
    /// Comments and empty lines before it.
    before: String,
}

/// Asks about the files whose name contains `only`.
pub(crate) fn run(only: &str) -> Complaints {
    let mut complaints = Complaints::new();
    let mut total = 0;
    for path in repository::files(FOLDER, &[".txt"]).iter().filter(|path| path.contains(only)) {
        if path.contains("/files/") {
            continue;
        }
        match file(path) {
            Ok(cases) => total += cases,
            Err(error) => complaints.push(format!("{path}: {error}")),
        }
    }
    println!("{total} answers");
    complaints
}

fn file(path: &str) -> Result<usize, String> {
    let cases = parsed(&repository::read(path)?);
    let scratch = std::env::temp_dir().join(format!("carelint-answers-{}", std::process::id()));
    let answers = prepared(&scratch, &cases).and_then(|()| asked(&scratch, &cases));
    let removed = fs::remove_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()));
    let answers = answers?;
    removed?;
    let mut text = cases.declarations.clone();
    for (at, case) in cases.cases.iter().enumerate() {
        let answer = answers.get(&name(at)).ok_or_else(|| format!("no answer to {}", case.expression))?;
        text.push_str(&format!("{}= {}\n", case.before, case.expression));
        if let Some(why) = &case.why {
            text.push_str(&format!("? {why}\n"));
        }
        text.push_str(&format!("> {answer}\n"));
    }
    repository::write(path, &text)?;
    println!("{path}: {}", cases.cases.len());
    Ok(cases.cases.len())
}

fn parsed(text: &str) -> Cases {
    let mut cases = Cases::default();
    let mut before = String::new();
    let mut open = false;
    for line in text.lines() {
        let last = cases.cases.last_mut();
        if let Some(expression) = line.strip_prefix("= ") {
            let before = std::mem::take(&mut before);
            cases.cases.push(Case { expression: expression.to_owned(), why: None, before });
            open = true;
        } else if let (Some(why), Some(last)) = (line.strip_prefix("? "), &last) {
            debug_assert!(last.why.is_none());
            if let Some(last) = cases.cases.last_mut() {
                last.why = Some(why.to_owned());
            }
            open = false;
        } else if line.starts_with("> ") && last.is_some() {
            open = false;
        } else {
            match last {
                None => cases.declarations.push_str(&format!("{line}\n")),
                Some(last) if open && !line.starts_with('#') => {
                    last.expression.push_str(&format!("\n{line}"));
                }
                Some(_) => {
                    open = false;
                    before.push_str(&format!("{line}\n"));
                }
            }
        }
    }
    for case in &mut cases.cases {
        let end = case.expression.trim_end_matches('\n').len();
        case.expression.truncate(end);
    }
    cases
}

fn name(at: usize) -> String {
    format!("c{at:04}")
}

/// Writes the declarations, a file for each case, and what the expressions may read.
fn prepared(scratch: &Path, cases: &Cases) -> Result<(), String> {
    let write = |name: &str, text: &str| {
        let path = scratch.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    write("main.tf", &cases.declarations)?;
    for (at, case) in cases.cases.iter().enumerate() {
        let name = name(at);
        // In brackets, so that null is kept; hidden, so that secret values are allowed.
        let text =
            format!("output \"{name}\" {{\n  sensitive = true\n  value = [\n{}\n]\n}}\n", case.expression);
        write(&format!("{name}.tf"), &text)?;
    }
    let files = format!("{FOLDER}/files/");
    for path in repository::all(&files) {
        let text = repository::read(&path)?;
        write(&format!("files/{}", path.trim_start_matches(&files)), &text)?;
    }
    Ok(())
}

fn asked(scratch: &Path, cases: &Cases) -> Result<BTreeMap<String, String>, String> {
    let mut answers = BTreeMap::new();
    for _ in 0..ROUNDS {
        let errors = applied(scratch)?;
        if errors.is_empty() {
            answers.extend(told(scratch)?);
            return Ok(answers);
        }
        for (file, summary) in errors {
            let Some(case) = file.strip_suffix(".tf").filter(|case| case.starts_with('c')) else {
                return Err(format!("{file}: {summary}"));
            };
            // A case may have several errors; the first one is its answer.
            if answers.insert(case.to_owned(), format!("error: {summary}")).is_none() {
                let path = scratch.join(&file);
                fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
    }
    Err(format!("Terraform finds new errors in {} cases again and again", cases.cases.len()))
}

/// Applies the configuration; the files with errors and what is wrong there, if there are any.
fn applied(scratch: &Path) -> Result<Vec<(String, String)>, String> {
    let output = Command::new("terraform")
        .args(["apply", "-auto-approve", "-json"])
        .current_dir(scratch)
        .env_remove("TF_CLI_CONFIG_FILE")
        .output()
        .map_err(|error| format!("terraform cannot be started: {error}"))?;
    let mut errors: Vec<(String, String)> = Vec::new();
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines() {
        let Ok(message) = json::parse(line, &Limits::default()) else { continue };
        let Some(diagnostic) = get(&message, "diagnostic") else { continue };
        let field = |node: &Node, name: &str| match get(node, name).map(|node| &node.kind) {
            Some(NodeKind::Scalar(scalar)) => scalar.text.to_string(),
            _ => String::new(),
        };
        if field(diagnostic, "severity") != "error" {
            continue;
        }
        let mut file = get(diagnostic, "range").map(|range| field(range, "filename")).unwrap_or_default();
        let mut summary = field(diagnostic, "summary");
        if file.is_empty() {
            // What cannot be stored, as infinity, is an error without a place.
            let detail = field(diagnostic, "detail");
            let quoted = detail.split('"').nth(1).filter(|case| case.starts_with('c'));
            let Some(case) = quoted else {
                if errors.is_empty() {
                    return Err(format!("{summary}: {detail}"));
                }
                continue;
            };
            (file, summary) = (format!("{case}.tf"), "cannot be stored".to_owned());
        }
        if !errors.iter().any(|(known, _)| *known == file) {
            errors.push((file, summary));
        }
    }
    if errors.is_empty() && !output.status.success() {
        return Err(format!("terraform failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(errors)
}

/// The outputs in the state, by name.
fn told(scratch: &Path) -> Result<BTreeMap<String, String>, String> {
    let path: PathBuf = scratch.join("terraform.tfstate");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let state = json::parse(&text, &Limits::default()).map_err(|error| error.message)?;
    let mut answers = BTreeMap::new();
    for entry in get(&state, "outputs").map(Node::entries).unwrap_or_default() {
        let element = |name: &str| get(&entry.value, name).map(|node| &node.kind);
        let (Some(NodeKind::Sequence(value)), Some(NodeKind::Sequence(ty))) =
            (element("value"), element("type"))
        else {
            return Err(format!("{} is not in brackets", entry.key));
        };
        let (Some(value), Some(NodeKind::Sequence(types))) =
            (value.first(), ty.get(1).map(|node| &node.kind))
        else {
            return Err(format!("{} is empty", entry.key));
        };
        let ty = types.first().map_or_else(String::new, |ty| render::ty(ty, Some(value)));
        answers.insert(entry.key.to_string(), format!("{ty} {}", render::value(value)));
    }
    Ok(answers)
}

/// An entry of a mapping.
fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}
