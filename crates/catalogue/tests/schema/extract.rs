//! Provider schemas as trees of lines, and the walk along a path of a model. The format stands in
//! `crates/catalogue/schemas/README.md`.

use std::collections::BTreeMap;

use language::ir::Step;

/// A line with what is indented below it.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    pub(crate) name: &'t str,
    /// Type and flags.
    rest: &'t str,
    below: Vec<Line<'t>>,
}

/// All types of one provider.
pub(crate) struct Schema<'t> {
    types: BTreeMap<&'t str, Line<'t>>,
}

/// A place in a schema.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape<'s> {
    /// A body or an object with these lines.
    Lines(&'s [Line<'s>]),
    /// A type in the notation of the extract; the line holds the fields of `o`.
    Notation(&'s str, &'s Line<'s>),
    /// Anything.
    Any,
}

impl<'t> Schema<'t> {
    pub(crate) fn read(text: &'t str) -> Self {
        let mut roots = Vec::new();
        let mut open: Vec<Line<'t>> = Vec::new();
        for raw in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let depth = raw.len() - raw.trim_start().len();
            let (name, rest) = raw.trim_start().split_once(' ').unwrap_or((raw.trim_start(), ""));
            while open.len() > depth {
                close(&mut open, &mut roots);
            }
            open.push(Line { name, rest, below: Vec::new() });
        }
        while !open.is_empty() {
            close(&mut open, &mut roots);
        }
        Self { types: roots.into_iter().map(|line| (line.name, line)).collect() }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Names of types that begin alike, the type itself among them.
    pub(crate) fn relatives<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let cut = if name.contains("::") {
            name.rfind("::").unwrap_or(0)
        } else {
            name.match_indices('_').nth(1).map_or(name.len(), |(at, _)| at)
        };
        let prefix = name.get(..cut).unwrap_or(name);
        self.types.keys().copied().filter(move |other| other.starts_with(prefix))
    }

    pub(crate) fn root(&self, name: &str) -> Shape<'_> {
        self.types.get(name).map_or(Shape::Any, |line| Shape::Lines(&line.below))
    }

    /// Where a path leads; none if there is no such thing.
    pub(crate) fn walk<'s>(&'s self, type_name: &str, from: Shape<'s>, path: &[Step]) -> Option<Shape<'s>> {
        let [step, rest @ ..] = path else { return Some(from) };
        if matches!(from, Shape::Any) {
            return Some(Shape::Any);
        }
        let found = self.objects(type_name, from).into_iter().filter_map(|object| match step {
            Step::Name(name) => self.child(object, name),
            Step::Index(_) => Some(object),
            Step::Entry(key, _) => self.child(object, key).map(|_| object),
        });
        // The first alternative along which the whole path exists.
        found.into_iter().find_map(|shape| self.walk(type_name, shape, rest))
    }

    /// The objects, maps and scalars that a shape may be, lists opened.
    fn objects<'s>(&'s self, type_name: &str, shape: Shape<'s>) -> Vec<Shape<'s>> {
        let Shape::Notation(notation, line) = shape else { return vec![shape] };
        let mut all = Vec::new();
        for part in split(notation, '|') {
            if let Some(inner) = wrapped(part, "l(").or_else(|| wrapped(part, "S(")) {
                all.extend(self.objects(type_name, Shape::Notation(inner, line)));
            } else if let Some(name) = part.strip_prefix('=') {
                all.push(self.definition(type_name, name));
            } else if part == "*" {
                all.push(Shape::Any);
            } else if part == "o" {
                all.push(if line.below.is_empty() { Shape::Any } else { Shape::Lines(&line.below) });
            } else {
                all.push(Shape::Notation(part, line));
            }
        }
        all
    }

    fn definition<'s>(&'s self, type_name: &str, name: &str) -> Shape<'s> {
        let named = |line: &&Line<'_>| line.name.strip_prefix('=') == Some(name);
        let own = self.types.get(type_name).and_then(|line| line.below.iter().find(named));
        let shared = || self.types.get(format!("={name}").as_str());
        own.or_else(shared).map_or(Shape::Any, |line| {
            // A definition that is no object: its type stands behind its name.
            if line.below.is_empty() && !line.rest.is_empty() {
                Shape::Notation(notation(line), line)
            } else {
                Shape::Lines(&line.below)
            }
        })
    }

    fn child<'s>(&'s self, object: Shape<'s>, name: &str) -> Option<Shape<'s>> {
        match object {
            Shape::Any => Some(Shape::Any),
            Shape::Lines(lines) => {
                let line = lines.iter().find(|line| line.name == name)?;
                if !line.rest.starts_with('{') {
                    return Some(Shape::Notation(notation(line), line));
                }
                let body = line.rest.split(' ').find_map(|word| word.strip_prefix('='));
                let shared = body.and_then(|body| self.types.get(format!("={body}").as_str()));
                Some(Shape::Lines(shared.map_or(&line.below, |line| &line.below)))
            }
            Shape::Notation(notation, line) => {
                if let Some(inner) = wrapped(notation, "m(") {
                    return Some(Shape::Notation(inner, line));
                }
                let fields = notation.strip_prefix("o{")?.strip_suffix('}')?;
                let field = split(fields, ',')
                    .into_iter()
                    .find_map(|field| field.split_once(':').filter(|(key, _)| *key == name))?;
                Some(Shape::Notation(field.1, line))
            }
        }
    }

    /// The values that a place may have, where the schema lists them; whether case matters.
    pub(crate) fn values(&self, type_name: &str, shape: Shape<'_>) -> Option<(Vec<String>, bool)> {
        let mut values = Vec::new();
        let mut folded = false;
        let shapes = self.objects(type_name, shape);
        for part in shapes {
            let Shape::Notation(notation, _) = part else { return None };
            let inner = notation.strip_prefix("s{").and_then(|inner| inner.strip_suffix('}'))?;
            if inner.starts_with('#') {
                return None;
            }
            folded |= inner.starts_with('~');
            values.extend(inner.trim_start_matches('~').split('|').map(decoded));
        }
        (!values.is_empty()).then_some((values, folded))
    }

    /// Whether a place holds a list, a map, an object or anything: what `each` can go through.
    pub(crate) fn holds_elements(&self, type_name: &str, shape: Shape<'_>) -> bool {
        match shape {
            Shape::Lines(_) | Shape::Any => true,
            Shape::Notation(notation, _) => {
                let lists =
                    split(notation, '|').iter().any(|part| part.starts_with("l(") || part.starts_with("S("));
                lists
                    || self.objects(type_name, shape).iter().any(|shape| match shape {
                        Shape::Lines(_) | Shape::Any => true,
                        Shape::Notation(notation, _) => {
                            notation.starts_with("o{") || notation.starts_with("m(")
                        }
                    })
            }
        }
    }
}

fn close<'t>(open: &mut Vec<Line<'t>>, roots: &mut Vec<Line<'t>>) {
    let Some(line) = open.pop() else { return };
    match open.last_mut() {
        Some(parent) => parent.below.push(line),
        None => roots.push(line),
    }
}

fn notation<'t>(line: &Line<'t>) -> &'t str {
    line.rest.split(' ').next().unwrap_or("")
}

fn wrapped<'t>(notation: &'t str, open: &str) -> Option<&'t str> {
    notation.strip_prefix(open)?.strip_suffix(')')
}

/// Splits at a separator that stands outside of brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ if letter == separator && depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// `%XX` stands for a byte that the format uses itself.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                out.push(char::from(byte));
                rest = after.get(2..).unwrap_or("");
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out + rest
}
