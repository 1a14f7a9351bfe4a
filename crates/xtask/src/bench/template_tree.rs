//! A tree of templates alone: the resources of both forms of the fixture, a handful in each template, every other
//! template as JSON. What a template names and does not hold is a parameter of it, as in stacks that were split.
//! Invariant: growing it again gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};
use source::Limits;
use source::document::{Node, NodeKind, ScalarStyle, yaml};

use super::trees::{NAME, renamed};
use crate::repository;

/// Templates of the fixture that are taken apart.
const FORMS: [&str; 2] =
    ["compliant/cloudformation/telehealth.yaml", "careless/cloudformation/telehealth.yaml"];

/// Bytes of the resources of one template, in YAML.
const CHUNK: usize = 7_000;

/// Writes a tree of as many templates and gives its folder.
pub(super) fn grow(name: &str, count: usize) -> Result<String, String> {
    let folder = format!("target/bench/{name}");
    let mut parts: Vec<String> = Vec::new();
    for form in FORMS {
        let path = format!("fixtures/{NAME}/{form}");
        parts.extend(Fixture::of(&repository::read(&path)?).templates());
    }
    for (index, text) in parts.iter().cycle().take(count).enumerate() {
        let text = renamed(text, &format!("{NAME}{index:03}"));
        let stem = format!("{folder}/stack{index:03}");
        match index % 2 {
            0 => repository::write(&format!("{stem}.yaml"), &text)?,
            _ => repository::write(&format!("{stem}.json"), &json(&text)?)?,
        }
    }
    Ok(folder)
}

/// A template taken apart at its indentation.
struct Fixture<'t> {
    /// Parameters, mappings and conditions.
    head: String,
    resources: Vec<(&'t str, &'t str)>,
}

impl<'t> Fixture<'t> {
    fn of(text: &'t str) -> Self {
        let mut head = String::new();
        let mut resources = Vec::new();
        for section in blocks(text, "") {
            match section.split(':').next() {
                Some("Resources") => {
                    let body = section.split_once('\n').map_or("", |(_, body)| body);
                    let name = |block: &'t str| block.trim_start().split(':').next().unwrap_or_default();
                    resources = blocks(body, "  ").into_iter().map(|block| (name(block), block)).collect();
                }
                Some("Parameters" | "Mappings" | "Conditions" | "AWSTemplateFormatVersion") => {
                    head.push_str(section);
                }
                _ => {}
            }
        }
        Self { head, resources }
    }

    /// Templates of a few resources each.
    fn templates(&self) -> Vec<String> {
        let mut templates = Vec::new();
        let mut rest = self.resources.as_slice();
        while !rest.is_empty() {
            let mut length = 0;
            let enough = rest.iter().position(|(_, block)| {
                length += block.len();
                length > CHUNK
            });
            let (chunk, after) = rest.split_at(enough.unwrap_or(rest.len()).max(1));
            templates.push(self.template(chunk));
            rest = after;
        }
        templates
    }

    fn template(&self, chunk: &[(&str, &str)]) -> String {
        let body: String = chunk.iter().map(|(_, block)| *block).collect();
        let inside: BTreeSet<&str> = chunk.iter().map(|(name, _)| *name).collect();
        let outside = self.resources.iter().map(|(name, _)| *name).filter(|name| !inside.contains(name));
        let outside: BTreeSet<&str> = outside.collect();
        let mut parameters = BTreeMap::new();
        let mut body = cut(&body, "!GetAtt ", &outside, &mut parameters).replace("!GetAtt \u{1}", "!Ref ");
        body = cut(&body, "!Ref ", &outside, &mut parameters);
        body = cut(&body, "${", &outside, &mut parameters).replace('\u{1}', "");
        let mut more = String::new();
        for (name, resource) in parameters {
            let _ = write!(
                more,
                "  {name}:\n    Type: String\n    Description: Of {resource}, in another stack.\n\n"
            );
        }
        let head = self.head.replacen("Parameters:\n", &format!("Parameters:\n{more}"), 1);
        format!("{head}Resources:\n{body}")
    }
}

/// The blocks of a text that begin at lines with this indentation and no more.
fn blocks<'t>(text: &'t str, indentation: &str) -> Vec<&'t str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let inner = line.strip_prefix(indentation).unwrap_or_default();
        if inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

/// The text with `Name.Attribute` after every mark as one name, marked by a control character, if `Name` is outside;
/// the new names become parameters.
fn cut(
    text: &str,
    mark: &str,
    outside: &BTreeSet<&str>,
    parameters: &mut BTreeMap<String, String>,
) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(mark);
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(part.len());
        let (path, rest) = part.split_at(end);
        let name = path.split('.').next().unwrap_or_default();
        if outside.contains(name) {
            let parameter = path.replace('.', "");
            out.push('\u{1}');
            out.push_str(&parameter);
            parameters.insert(parameter, name.to_owned());
        } else {
            out.push_str(path);
        }
        out.push_str(rest);
    }
    out
}

/// The same template as JSON, its functions in the long form.
fn json(text: &str) -> Result<String, String> {
    let documents = yaml::parse(text, &Limits::default()).map_err(|error| error.to_string())?;
    let document = documents.first().map(value).unwrap_or_default();
    serde_json::to_string_pretty(&document).map_err(|error| error.to_string())
}

fn value(node: &Node) -> Json {
    let plain = match &node.kind {
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain => {
            let literal = serde_json::from_str(&scalar.text).ok();
            literal
                .filter(|known: &Json| !known.is_array() && !known.is_object())
                .unwrap_or_else(|| scalar.text.as_str().into())
        }
        NodeKind::Scalar(scalar) => scalar.text.as_str().into(),
        NodeKind::Sequence(items) => Json::Array(items.iter().map(value).collect()),
        NodeKind::Mapping(entries) => entries
            .iter()
            .map(|entry| (entry.key.to_string(), value(&entry.value)))
            .collect::<Map<_, _>>()
            .into(),
    };
    let argument = |tag: &str| match (tag, plain.as_str().and_then(|text| text.split_once('.'))) {
        ("GetAtt", Some((name, attribute))) => Json::from(vec![name, attribute]),
        _ => plain.clone(),
    };
    match node.tag.as_deref() {
        Some(tag @ ("Ref" | "Condition")) => Json::Object(Map::from_iter([(tag.to_owned(), argument(tag))])),
        Some(tag) => Json::Object(Map::from_iter([(format!("Fn::{tag}"), argument(tag))])),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_does_not_hold_is_a_parameter() {
        let text = "Parameters:\n  P:\n    Type: String\nResources:\n  A:\n    Type: A::B::C\n  B:\n    V: !GetAtt A.Arn\n    W: !Sub \"${A}-${B.Arn}\"\nOutputs: {}\n";
        let fixture = Fixture::of(text);
        assert_eq!(fixture.resources.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["A", "B"]);
        let second = fixture.template(&fixture.resources[1..]);
        let expected = "Parameters:\n  A:\n    Type: String\n    Description: Of A, in another stack.\n\n  AArn:\n    Type: String\n    Description: Of A, in another stack.\n\n  P:\n    Type: String\nResources:\n  B:\n    V: !Ref AArn\n    W: !Sub \"${A}-${B.Arn}\"\n";
        assert_eq!(second, expected);
        let json = json(&second).expect("it parses");
        assert!(
            json.contains("\"Fn::Sub\": \"${A}-${B.Arn}\"") && json.contains("\"Ref\": \"AArn\""),
            "{json}"
        );
    }
}
