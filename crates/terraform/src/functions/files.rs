//! Functions that read files, inside the scan root only.

use std::sync::Arc;

use source::{FileId, LoadError, Place, ProblemSeverity};
use value::{Item, Kind, List, ListShape, Origin, Type, Unknown, Value};

use super::arguments::is_map;
use super::convert::convert;
use super::glob::Pattern;
use super::hashes::by_name;
use super::strings::cleaned;
use super::texts::encoded;
use super::{Invocation, MOST_BYTES};
use crate::eval::view::view;
use crate::eval::{Evaluator, Frame, Scope, text, unknown};
use crate::module::path;

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

fn load(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Result<Option<FileId>, Value> {
    let path = path_of(evaluator, call, 0)?;
    match evaluator.sources.load(&path) {
        Ok(id) => Ok(Some(id)),
        Err(LoadError::NotUtf8 { .. }) => Ok(None),
        Err(error) => Err(unreadable(evaluator, call, &error)),
    }
}

pub(super) fn file(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let id = match load(evaluator, call) {
        Ok(Some(id)) => id,
        // Terraform refuses what is no text.
        Ok(None) => return Value::absent(),
        Err(value) => return value,
    };
    let text = evaluator.sources.file(id).text.clone();
    if !evaluator.pay(text.len() / 256) {
        return evaluator.limit_hit(call.place);
    }
    if text.len() > evaluator.sources.limits().string_bytes {
        return evaluator.limit_hit(call.place);
    }
    // The text stands in the file, which is where a diagnostic about it belongs.
    Value::string(&*text, Origin::literal(Place::new(id, 0..text.len())))
}

/// The bytes of a file in base64.
pub(super) fn filebase64(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    match bytes(evaluator, call) {
        Ok(bytes) if bytes.len() > MOST_BYTES / 4 * 3 => evaluator.limit_hit(call.place),
        Ok(bytes) => Value::string(encoded(&bytes), call.origin()),
        Err(value) => value,
    }
}

/// `filemd5` and its like, which are named for their hash.
pub(super) fn hash(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(hash) = call.name.strip_prefix("file").and_then(by_name) else { return Value::absent() };
    match bytes(evaluator, call) {
        Ok(bytes) => Value::string(hash(&bytes), call.origin()),
        Err(value) => value,
    }
}

/// The bytes of a file as they are on disk, or what stands for them.
fn bytes(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Result<Vec<u8>, Value> {
    let path = path_of(evaluator, call, 0)?;
    let bytes = evaluator.sources.bytes(&path).map_err(|error| unreadable(evaluator, call, &error))?;
    // Reading and hashing is work even where the result is short.
    if evaluator.pay(bytes.len() / 4096) { Ok(bytes) } else { Err(evaluator.limit_hit(call.place)) }
}

fn unreadable(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, error: &LoadError) -> Value {
    let message = format!("`{}` found no text: {error}", call.name);
    let help = "add the file to the scan, or ignore this if it is made before Terraform runs";
    evaluator.problem(ProblemSeverity::Note, "terraform-file", call.place, message.clone(), help);
    unknown(message, call.place)
}

/// Whether a file is there. Terraform refuses folders.
pub(super) fn fileexists(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    match path_of(evaluator, call, 0) {
        Ok(path) if evaluator.sources.is_file(&path) => Value::bool(true, call.origin()),
        Ok(path) if evaluator.sources.exists(&path) => Value::absent(),
        Ok(_) => Value::bool(false, call.origin()),
        Err(value) => value,
    }
}

/// Deepest folder that `**` goes down to.
const DEEPEST: usize = 64;

/// The files below a folder that fit a pattern, as a set of their paths from there.
pub(super) fn fileset(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let folder = match path_of(evaluator, call, 0) {
        Ok(folder) => folder,
        Err(value) => return value,
    };
    let pattern = evaluator.force(call.argument(1));
    let Some(pattern) = text::primitive(&pattern) else {
        return evaluator.derived_as(&Type::set(Type::String), "fileset", &call.arguments, call.place);
    };
    let Some(pattern) = Pattern::parse(&pattern) else { return Value::absent() };
    let Some(start) = path::join(&folder, &pattern.folder) else {
        return unknown(format!("`{}` lies outside the scan root", pattern.folder), call.place);
    };
    let mut found = Vec::new();
    let mut linked = None;
    let mut open = vec![(start, String::new(), 1)];
    while let Some((folder, below, depth)) = open.pop() {
        let files = evaluator.sources.children(&folder);
        let folders = match pattern.depth {
            Some(most) if depth >= most => Vec::new(),
            _ => evaluator.sources.folders(&folder),
        };
        if !evaluator.pay(1 + files.len() + folders.len()) || depth > DEEPEST {
            return evaluator.limit_hit(call.place);
        }
        found.extend(files.iter().map(|file| format!("{below}{file}")).filter(|path| pattern.matches(path)));
        for (name, link) in folders {
            if link {
                linked.get_or_insert_with(|| format!("`{below}{name}` is a link to a folder"));
            } else {
                open.push((format!("{folder}/{name}"), format!("{below}{name}/"), depth + 1));
            }
        }
    }
    let written = text::primitive(&call.argument(0)).unwrap_or_default();
    let prefix = prefix(&written, &pattern.folder);
    let mut found: Vec<String> = found.into_iter().map(|path| format!("{prefix}{path}")).collect();
    found.sort_unstable();
    let items = found.into_iter().map(|path| Item::certain(Value::string(path, Origin::default())));
    let more = linked.map(|reason| Arc::new(Unknown::fresh(reason)));
    let set = List::new(items.collect(), more).shaped(ListShape::Set(Type::String));
    Value::new(Kind::List(Arc::new(set)), call.origin())
}

/// What stands before the matches of a pattern whose folder is `below`, as seen from `folder`, by name alone: from `a`,
/// the folder `../a` is here.
fn prefix(folder: &str, below: &str) -> String {
    let named = |path: &str| match cleaned(path).as_str() {
        "." => String::new(),
        path => path.to_owned(),
    };
    match path::relative(&named(folder), &named(&format!("{folder}/{below}"))).as_str() {
        "." => String::new(),
        there => format!("{there}/"),
    }
}

pub(super) fn templatefile(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let id = match load(evaluator, call) {
        Ok(Some(id)) => id,
        Ok(None) => return Value::absent(),
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
    let pieces = match crate::parse::template_file(id, &text) {
        Ok(pieces) => pieces,
        Err(problem) => {
            let place = problem.place.unwrap_or(call.place);
            evaluator.problem(problem.severity, problem.code, place, problem.message, problem.help);
            return unknown("the file is not a valid template", call.place);
        }
    };
    evaluator.rendering.push(id);
    let text = render(evaluator, &pieces, call);
    evaluator.rendering.pop();
    text
}

pub(super) fn templatestring(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let Some(text) = value.as_str() else {
        return evaluator.derived("templatestring", &call.arguments, call.place);
    };
    match crate::parse::template_text(text, call.place) {
        Some(pieces) => {
            let rendered = render(evaluator, &pieces, call);
            convert(rendered, &Type::String)
        }
        None => Value::absent(),
    }
}

/// Whether a template can name a variable so.
fn is_identifier(name: &str) -> bool {
    name.starts_with(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
}

/// A template with the variables of the second argument and no others.
fn render(evaluator: &mut Evaluator<'_>, pieces: &[crate::ast::Piece], call: &Invocation<'_>) -> Value {
    let variables = evaluator.force(call.argument(1));
    let Some(view) = view(&variables).filter(|_| is_map(&variables)) else { return Value::absent() };
    let names = |entry: &crate::eval::view::Entry| entry.key.as_str().is_none_or(is_identifier);
    if !view.entries.iter().all(names) {
        return Value::absent();
    }
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
            evaluator.deeper(call.place, |this| match pieces {
                // A single interpolation is its value, whatever that is.
                [crate::ast::Piece::Value(only)] => this.eval(only, &scope),
                _ => this.eval_template(pieces, call.place, &scope),
            })
        }
    }
}
