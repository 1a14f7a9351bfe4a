//! Functions that read files, inside the scan root only.

use source::{FileId, Place, ProblemSeverity};
use value::{Kind, Origin, Value};

use super::{Invocation, Special, strings_kind};
use crate::eval::view::view;
use crate::eval::{Evaluator, Frame, Scope, text, unknown};
use crate::module::path;

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "file" => file,
        "filebase64" => |evaluator, call| match file(evaluator, call) {
            Value { kind: Kind::String(text), .. } => {
                Value::string(super::encoding::base64(text.as_bytes()), call.origin())
            }
            value => value,
        },
        "fileexists" => fileexists,
        "fileset" => fileset,
        "templatefile" => templatefile,
        "templatestring" => templatestring,
        _ => return None,
    })
}

/// What a template file costs besides its text, in elements.
const TEMPLATE: usize = 40;

/// The path of an argument relative to the scan root: paths are relative to the root module, where Terraform runs.
fn path_of(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, at: usize) -> Result<String, Value> {
    let value = evaluator.force(call.argument(at));
    let Some(written) = text::primitive(&value) else {
        return Err(evaluator.derived(call.name, &call.arguments, call.place));
    };
    path::join(&evaluator.root_folder.path, &written)
        .ok_or_else(|| unknown(format!("`{written}` lies outside the scan root"), call.place))
}

fn load(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Result<FileId, Value> {
    let path = path_of(evaluator, call, 0)?;
    evaluator.sources.load(&path).map_err(|error| {
        let message = format!("`{}` found no text: {error}", call.name);
        let help = "add the file to the scan, or ignore this if it is made before Terraform runs";
        evaluator.problem(ProblemSeverity::Note, "terraform-file", call.place, message.clone(), help);
        unknown(message, call.place)
    })
}

fn file(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let id = match load(evaluator, call) {
        Ok(id) => id,
        Err(value) => return value,
    };
    let text = evaluator.sources.file(id).text.clone();
    evaluator.pay(text.len() / 256);
    if text.len() > evaluator.sources.limits().string_bytes {
        return evaluator.limit_hit(call.place);
    }
    // The text stands in the file, which is where a diagnostic about it belongs.
    Value::string(&*text, Origin::literal(Place::new(id, 0..text.len())))
}

fn fileexists(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    match path_of(evaluator, call, 0) {
        Ok(path) => Value::bool(evaluator.sources.exists(&path), call.origin()),
        Err(value) => value,
    }
}

/// Files of one folder by a pattern without folders; deeper patterns are not followed.
fn fileset(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let folder = match path_of(evaluator, call, 0) {
        Ok(folder) => folder,
        Err(value) => return value,
    };
    let pattern = evaluator.force(call.argument(1));
    let Some(pattern) = text::primitive(&pattern) else {
        return evaluator.derived("fileset", &call.arguments, call.place);
    };
    let (below, name) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
    if below.contains(['*', '?', '{', '[']) || name.contains("**") {
        return evaluator.derived("fileset", &call.arguments, call.place);
    }
    let Some(folder) = path::join(&folder, below) else { return Value::absent() };
    let names = evaluator.sources.children(&folder);
    evaluator.pay(names.len());
    let prefix = if below.is_empty() { String::new() } else { format!("{below}/") };
    let matching = names.iter().filter(|file| matches(name, file)).map(|file| format!("{prefix}{file}"));
    Value::new(strings_kind(matching), call.origin())
}

/// Whether a name fits a pattern of `*`, `?` and `{a,b}`.
fn matches(pattern: &str, name: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{')
        && let Some((choices, after)) = rest.split_once('}')
    {
        return choices.split(',').take(64).any(|choice| matches(&format!("{before}{choice}{after}"), name));
    }
    let escaped: String = pattern
        .chars()
        .map(|c| match c {
            '*' => "[^/]*".to_owned(),
            '?' => "[^/]".to_owned(),
            c => regex::escape(&c.to_string()),
        })
        .collect();
    regex::Regex::new(&format!("^{escaped}$")).is_ok_and(|pattern| pattern.is_match(name))
}

fn templatefile(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let id = match load(evaluator, call) {
        Ok(id) => id,
        Err(value) => return value,
    };
    if evaluator.rendering.contains(&id) {
        let message = "the template includes itself";
        let help = "break the circle of `templatefile`; the text is unknown";
        evaluator.problem(ProblemSeverity::Warning, "terraform-template", call.place, message, help);
        return unknown(message, call.place);
    }
    let text = evaluator.sources.file(id).text.clone();
    if !evaluator.pay(TEMPLATE + text.len() / 64) {
        return evaluator.limit_hit(call.place);
    }
    let Some(pieces) = crate::parse::template_file(id, &text) else {
        let place = Place::new(id, 0..0);
        let help = "correct the template; its text is unknown";
        let message = "the file is not a valid template";
        evaluator.problem(ProblemSeverity::Warning, "terraform-template", place, message, help);
        return unknown(message, call.place);
    };
    evaluator.rendering.push(id);
    let text = render(evaluator, &pieces, call);
    evaluator.rendering.pop();
    text
}

fn templatestring(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let Some(text) = value.as_str() else {
        return evaluator.derived("templatestring", &call.arguments, call.place);
    };
    match crate::parse::template_text(text, call.place) {
        Some(pieces) => render(evaluator, &pieces, call),
        None => Value::absent(),
    }
}

/// A template with the variables of the second argument and no others.
fn render(evaluator: &mut Evaluator<'_>, pieces: &[crate::ast::Piece], call: &Invocation<'_>) -> Value {
    let variables = evaluator.force(call.argument(1));
    let Some(view) = view(&variables) else { return Value::absent() };
    if view.open.is_some() {
        return evaluator.derived(call.name, &call.arguments, call.place);
    }
    let named: Vec<(&str, Value)> = view
        .entries
        .iter()
        .filter_map(|entry| {
            entry.key.as_str().map(|name| (name, entry.value.clone().guarded_by(&entry.presence)))
        })
        .collect();
    with_frames(evaluator, pieces, call, &named, None)
}

fn with_frames(
    evaluator: &mut Evaluator<'_>,
    pieces: &[crate::ast::Piece],
    call: &Invocation<'_>,
    named: &[(&str, Value)],
    outer: Option<&Frame<'_>>,
) -> Value {
    // Frames lie on the stack: a template with more variables than this is not rendered.
    if named.len() > 256 {
        return evaluator.limit_hit(call.place);
    }
    match named.split_first() {
        Some(((name, value), rest)) => {
            let frame = Frame { name, value: value.clone(), outer };
            with_frames(evaluator, pieces, call, rest, Some(&frame))
        }
        None => {
            let scope = Scope { instance: 0, each: None, frames: outer, closed: true };
            evaluator.deeper(call.place, |this| this.eval_template(pieces, call.place, &scope))
        }
    }
}
