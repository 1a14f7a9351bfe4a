//! The notation of types in models, tables and parameters: `list<ref kms-key>`, `{enum: [a, b]}`. Names of kinds and
//! records are checked later, when all are known.

use source::document::{Node, NodeKind};

use crate::error::File;
use crate::ir::{Literal, Type};
use crate::{leak, suggest};

/// Deepest nesting of a type.
const DEPTH: usize = 8;
const NAMES: &[&str] = &["bool", "number", "string", "cidr", "policy", "any", "ref", "list", "map", "enum"];

/// Reads a type.
pub(crate) fn read(file: &File<'_>, node: &Node) -> Option<Type> {
    file.refuse_tag(node);
    match &node.kind {
        NodeKind::Scalar(_) => {
            let text = file.string(node, "a type")?;
            match parse(text, 0) {
                Ok(ty) => Some(ty),
                Err((message, help)) => {
                    file.error(node.span, message, help);
                    None
                }
            }
        }
        NodeKind::Mapping(_) => {
            let [entry] = file.fields(node, "a type", &["enum", "list", "map"]) else {
                let help = "write `{enum: [a, b]}`, `{list: TYPE}` or `{map: TYPE}`";
                file.error(node.span, "a type in braces has exactly one key", help);
                return None;
            };
            match entry.key.as_str() {
                "enum" => read_enum(file, &entry.value),
                "list" => Some(Type::List(leak::value(read(file, &entry.value)?))),
                "map" => Some(Type::Map(leak::value(read(file, &entry.value)?))),
                _ => None,
            }
        }
        NodeKind::Sequence(_) => {
            file.error(node.span, "a type is a list", "write `list<TYPE>`, or `{enum: [a, b]}` for values");
            None
        }
    }
}

fn read_enum(file: &File<'_>, node: &Node) -> Option<Type> {
    let mut values: Vec<&str> = Vec::new();
    for (value, span) in file.strings(node, "a value of an enum") {
        if values.contains(&value) {
            file.error(span, format!("`{value}` stands twice in the enum"), "keep one of them");
        }
        values.push(value);
    }
    if values.is_empty() {
        file.error(node.span, "an enum without values", "write `{enum: [a, b]}`");
        return None;
    }
    Some(Type::Enum(leak::texts(&values)))
}

fn parse(text: &str, depth: usize) -> Result<Type, (String, String)> {
    let text = text.trim();
    if depth > DEPTH {
        return Err(("the type is nested too deeply".into(), format!("at most {DEPTH} levels")));
    }
    if let Some(inner) = generic(text, "list") {
        return Ok(Type::List(leak::value(parse(inner, depth + 1)?)));
    }
    if let Some(inner) = generic(text, "map") {
        return Ok(Type::Map(leak::value(parse(inner, depth + 1)?)));
    }
    if let Some(names) = text.strip_prefix("ref ") {
        let names: Vec<&str> = names.split('|').map(str::trim).collect();
        if names == ["any"] {
            return Ok(Type::Ref(&[]));
        }
        if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
            return Err((
                format!("`{wrong}` is no name of a kind"),
                "write `ref kind` or `ref kind|kind`".into(),
            ));
        }
        return Ok(Type::Ref(leak::texts(&names)));
    }
    match text {
        "bool" => Ok(Type::Bool),
        "number" => Ok(Type::Number),
        "string" => Ok(Type::String),
        "cidr" => Ok(Type::Cidr),
        "policy" => Ok(Type::Policy),
        "any" => Ok(Type::Any),
        "ref" => Err(("`ref` without a kind".into(), "write `ref KIND`, or `ref any`".into())),
        _ if is_name(text) => Ok(Type::Record(leak::text(text))),
        _ => Err((format!("`{text}` is no type"), suggest::help(text, NAMES.iter().copied()))),
    }
}

fn generic<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.strip_prefix(name)?.trim_start().strip_prefix('<')?.strip_suffix('>')
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether a literal is of a type. Null never is.
pub(crate) fn admits(ty: Type, literal: Literal) -> bool {
    match (ty, literal) {
        (Type::Any, _)
        | (Type::Bool, Literal::Bool(_))
        | (Type::Number, Literal::Number(_))
        | (Type::String | Type::Cidr | Type::Ref(_) | Type::Policy, Literal::String(_)) => true,
        (Type::Enum(values), Literal::String(text)) => values.contains(&text),
        (Type::List(inner), Literal::List(items)) => items.iter().all(|item| admits(*inner, *item)),
        _ => false,
    }
}

/// A type as it is written.
pub(crate) fn show(ty: Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::Enum(values) => format!("enum [{}]", values.join(", ")),
        Type::Cidr => "cidr".into(),
        Type::Policy => "policy".into(),
        Type::Ref([]) => "ref any".into(),
        Type::Ref(names) => format!("ref {}", names.join("|")),
        Type::List(inner) => format!("list<{}>", show(*inner)),
        Type::Map(inner) => format!("map<{}>", show(*inner)),
        Type::Record(name) => name.into(),
        Type::Any => "any".into(),
    }
}

/// A literal as it is written.
pub(crate) fn show_literal(literal: Literal) -> String {
    match literal {
        Literal::Null => "null".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Number(text) => text.into(),
        Literal::String(text) => format!("\"{text}\""),
        Literal::List(items) => {
            let items: Vec<String> = items.iter().map(|item| show_literal(*item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}
