//! Expressions beside the answers of Terraform, which `cargo xtask terraform-answers` asked for: carelint's are the
//! same, type and value. Where a case says why carelint cannot tell, it says unknown.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use value::{Item, Kind, MapEntry, Type, Value};

use crate::support::evaluate;

/// A case of a file.
struct Case {
    expression: String,
    why: bool,
    answer: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

#[expect(clippy::disallowed_methods, reason = "the cases are read from the repository")]
fn text_files(folder: &Path) -> Vec<(String, String)> {
    let entries =
        std::fs::read_dir(folder).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| vec![]);
    let mut files: Vec<(String, String)> = entries
        .iter()
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("a text file");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// Declarations and cases of a file.
fn parsed(text: &str) -> (String, Vec<Case>) {
    let mut declarations = String::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(expression) = line.strip_prefix("= ") {
            cases.push(Case { expression: expression.to_owned(), why: false, answer: String::new() });
            open = true;
            continue;
        }
        let Some(last) = cases.last_mut() else {
            let _ = writeln!(declarations, "{line}");
            continue;
        };
        match (line.strip_prefix("? "), line.strip_prefix("> ")) {
            (Some(_), _) => (last.why, open) = (true, false),
            (_, Some(answer)) => (last.answer, open) = (answer.to_owned(), false),
            _ if open && !line.starts_with('#') => {
                let _ = write!(last.expression, "\n{line}");
            }
            _ => open = false,
        }
    }
    (declarations, cases)
}

/// The cases of a file that are not answered as Terraform answers them.
fn wrong(name: &str, text: &str, files: &[(String, String)]) -> (usize, Vec<String>) {
    let (declarations, cases) = parsed(text);
    // Terraform answers for what is deployed; what a library leaves to its callers is not known here.
    let state = "terraform {\n backend \"local\" {}\n}\n";
    let mut configuration =
        vec![("main.tf".to_owned(), declarations), ("state.tf".to_owned(), state.to_owned())];
    for (at, case) in cases.iter().enumerate() {
        let text = format!("output \"c{at:04}\" {{\n  value = [\n{}\n]\n}}\n", case.expression);
        configuration.push((format!("c{at:04}.tf"), text));
    }
    configuration.extend(files.iter().map(|(path, text)| (format!("files/{path}"), text.clone())));
    let borrowed: Vec<(&str, &str)> =
        configuration.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (sources, declared) = evaluate(&borrowed);
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let address = format!("output.c{at:04}");
        let found = declared.resources.iter().find(|resource| resource.address == address);
        let list = found.map_or_else(Value::absent, |resource| resource.attributes.get("value"));
        let value = match &list.kind {
            Kind::List(list) => list.items.first().map_or_else(Value::absent, |item| item.value.clone()),
            _ => Value::absent(),
        };
        let file = format!("c{at:04}.tf");
        let refused = declared
            .problems
            .iter()
            .any(|problem| problem.place.is_some_and(|place| sources.file(place.file).path == file));
        let told = if value.is_absent() { "error".to_owned() } else { shown(&value) };
        // What cannot even be read, or names what is not there, is a problem and unknown.
        let told = if told == "unknown" && refused && !case.why { "error".to_owned() } else { told };
        let wanted = if case.why { "unknown" } else { case.answer.as_str() };
        let wanted = if wanted.starts_with("error: ") { "error" } else { wanted };
        if told != wanted {
            wrong.push(format!(
                "{name}: {}\n  terraform: {}\n  carelint:  {told}",
                case.expression, case.answer
            ));
        }
    }
    (cases.len(), wrong)
}

/// Type and value as the files have them; `unknown` if anything is.
fn shown(value: &Value) -> String {
    match &value.kind {
        // Infinity cannot be stored, nor can the sign of zero.
        Kind::Number(number) if number.is_infinite() => return "error".to_owned(),
        Kind::Number(number) if number.as_i64() == Some(0) => return "number 0".to_owned(),
        _ if !value.is_wholly_known() => return "unknown".to_owned(),
        _ => {}
    }
    format!("{} {}", value.ty(), json(value))
}

fn json(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => quoted(text),
        Kind::List(_) | Kind::Map(_) if value.ty() == Type::String => quoted(&document(value)),
        Kind::List(list) => {
            let item = |item: &Item| json(&item.value);
            format!("[{}]", list.items.iter().map(item).collect::<Vec<_>>().join(","))
        }
        Kind::Map(map) => {
            let mut entries: Vec<&MapEntry> = map.entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            let entry = |entry: &&MapEntry| format!("{}:{}", quoted(&entry.key), json(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        _ => "unknown".to_owned(),
    }
}

/// The text of a document whose structure is kept, as an expression sees it.
fn document(value: &Value) -> String {
    carelint_terraform::text_of(value).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[test]
fn expressions_give_what_terraform_says() {
    let files = text_files(&folder().join("files"));
    let mut total = 0;
    let mut all = Vec::new();
    for (name, text) in text_files(&folder()) {
        let (cases, wrong) = wrong(&name, &text, &files);
        total += cases;
        all.extend(wrong);
    }
    assert!(all.is_empty(), "{} of {total} differ:\n{}", all.len(), all.join("\n"));
}
