//! Where the template of a nested stack is: at a path beside its parent, where an assembly says that it was uploaded from,
//! or at an address whose end is the path of one template of the scan. Invariant: what is taken by its name fits the
//! parameters that are passed to it, and is the only one that does.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::FileId;
use source::document::{Entry, Node, NodeKind};
use value::{Kind, Part, Value};

use crate::stack::Stack;
use crate::template::Template;

/// Most templates of one name that are looked at.
const MOST_CANDIDATES: usize = 64;

const OF_REPOSITORY: &str = "it is an application of the serverless application repository";

/// The templates of a scan by the names of their files.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByName {
    files: FxHashMap<SmolStr, Vec<(SmolStr, FileId)>>,
}

impl ByName {
    /// Adds a template.
    pub(crate) fn add(&mut self, path: &SmolStr, file: FileId) {
        let name = path.rsplit('/').next().unwrap_or_default();
        self.files.entry(name.into()).or_default().push((path.clone(), file));
    }
}

/// The template of a nested stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Located {
    /// In this file, for certain.
    At(FileId),
    /// In this file, going by its name.
    ByName(FileId),
}

impl Located {
    pub(crate) fn file(self) -> FileId {
        match self {
            Self::At(file) | Self::ByName(file) => file,
        }
    }
}

impl Stack<'_> {
    /// The file of a nested stack's template, or why there is none.
    pub(crate) fn located(&self, entry: &Entry) -> Result<Located, String> {
        let properties = entry.value.get("Properties");
        let asset = entry.value.get("Metadata").and_then(|metadata| metadata.get("aws:asset:path"));
        if let Some(asset) = asset.and_then(Node::text) {
            return self.beside(asset).map(Located::At);
        }
        let written =
            properties.and_then(|properties| properties.get("TemplateURL").or(properties.get("Location")));
        let written = written.ok_or("it names no template")?;
        if let Some(path) = self.uploaded(written) {
            let file = self.shared.sources.load(&path).map_err(|error| error.to_string())?;
            return Ok(Located::At(file));
        }
        let value = self.value(written);
        match value.as_str() {
            Some(name) if name.starts_with("arn:") => Err(OF_REPOSITORY.to_owned()),
            Some(path) if !path.contains("://") => self.beside(path).map(Located::At),
            _ if matches!(value.kind, Kind::Map(_)) => Err(OF_REPOSITORY.to_owned()),
            _ => self.by_name(entry, &value),
        }
    }

    /// The file at a path from the folder of this template.
    fn beside(&self, path: &str) -> Result<FileId, String> {
        if path.starts_with('/') {
            return Err(format!("{path} lies outside the scan"));
        }
        let parent = self.shared.sources.file(self.template.file).path.clone();
        let folder = source::folder_of(&parent);
        let path = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        self.shared.sources.load(&path).map_err(|error| error.to_string())
    }

    /// The template of the scan that is uploaded to the address in `node`: its last text ends in the name of one.
    fn uploaded(&self, node: &Node) -> Option<SmolStr> {
        if self.context.uploaded.is_empty() {
            return None;
        }
        let last = match &node.kind {
            NodeKind::Scalar(scalar) => scalar.text.rsplit('/').next()?,
            NodeKind::Sequence(items) => return self.uploaded(items.last()?),
            NodeKind::Mapping(entries) => return self.uploaded(&entries.last()?.value),
        };
        self.context.uploaded.get(last).cloned()
    }

    /// The only template of the scan whose path goes with the end of an address.
    fn by_name(&self, entry: &Entry, address: &Value) -> Result<Located, String> {
        let (end, whole) = end_of(address).ok_or("the end of its address is not known")?;
        let parts: Vec<&str> = end.split('/').collect();
        let name = parts.last().copied().unwrap_or_default();
        let named = self.shared.by_name.files.get(name).map_or(&[][..], Vec::as_slice);
        // An address that is known to its beginning has a bucket and a prefix that no path of the scan need have.
        let common = |path: &str| {
            let common = path.rsplit('/').zip(parts.iter().rev()).take_while(|(a, b)| a == *b).count();
            (whole || common == parts.len()).then_some(common)
        };
        let mut best: Vec<(&SmolStr, FileId)> = Vec::new();
        let mut most = 0;
        for (path, file) in named.iter().take(MOST_CANDIDATES) {
            let Some(common) = common(path).filter(|_| !self.chain.contains(file)) else { continue };
            if common > most {
                (most, best) = (common, Vec::new());
            }
            if common == most {
                best.push((path, *file));
            }
        }
        match best.as_slice() {
            [] => Err(format!("no template of the scan has the path {end}")),
            [(path, file)] => match self.misfit(entry, *file) {
                Some(why) => Err(format!("{path} has its name, but {why}")),
                None => Ok(Located::ByName(*file)),
            },
            [(one, _), (other, _), ..] => Err(format!("several templates have its name: {one}, {other}")),
        }
    }

    /// Why a template cannot be the one that a stack nests, by the parameters that it is given.
    fn misfit(&self, entry: &Entry, file: FileId) -> Option<String> {
        let template = self.shared.templates.get(self.shared.sources, file)?;
        if !self.budget.spend(template.section("Parameters").len()) {
            return Some("the template takes too many steps to evaluate".to_owned());
        }
        let (unknown, missing) = differences(entry, &template)?;
        match (unknown.first(), missing.first()) {
            (Some(name), _) => Some(format!("declares no parameter {name}")),
            (None, Some(name)) => Some(format!("needs the parameter {name}, which is not given")),
            (None, None) => None,
        }
    }
}

/// Parameters that a stack is given and its template does not declare, and those that the template needs and the stack is
/// not given; none if which ones are given is not known before evaluation.
pub(crate) fn differences(entry: &Entry, template: &Template) -> Option<(Vec<SmolStr>, Vec<SmolStr>)> {
    let given = entry.value.get("Properties").and_then(|properties| properties.get("Parameters"));
    let given = match given {
        Some(node) if node.tag.is_some() || !matches!(node.kind, NodeKind::Mapping(_)) => return None,
        Some(node) => node.entries(),
        None => &[],
    };
    if given.iter().any(|entry| entry.key.starts_with("Fn::") || entry.key == "Ref") {
        return None;
    }
    let unknown = given.iter().filter(|entry| template.parameter(&entry.key).is_none());
    let names: rustc_hash::FxHashSet<&SmolStr> = given.iter().map(|entry| &entry.key).collect();
    let needed = template.section("Parameters").iter();
    let needed = needed.filter(|one| one.value.get("Default").is_none() && !names.contains(&one.key));
    Some((unknown.map(|entry| entry.key.clone()).collect(), needed.map(|one| one.key.clone()).collect()))
}

/// The end of an address behind whatever is not known of it, and whether all of it is known.
fn end_of(address: &Value) -> Option<(SmolStr, bool)> {
    match &address.kind {
        Kind::String(text) => {
            let (_, path) = text.split_once("://")?.1.split_once('/')?;
            let path = path.split(['?', '#']).next()?;
            Some((path.into(), true))
        }
        Kind::Template(template) => {
            let (Part::Text(end), before) = template.parts.split_last()? else { return None };
            let known = |part: &Part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(_) => String::new(),
            };
            let before: String = before.iter().map(known).collect();
            // Where what is not known is part of the host, all of the path is known.
            match before.split_once("://") {
                Some((_, host)) if !host.contains('/') => {
                    end.split_once('/').map(|(_, path)| (path.into(), true))
                }
                _ => Some((end.trim_start_matches('/').into(), false)),
            }
        }
        Kind::Alternatives(alternatives) => {
            let mut ends = alternatives.choices.iter().map(|(_, choice)| end_of(choice));
            let first = ends.next()??;
            ends.all(|end| end.as_ref() == Some(&first)).then_some(first)
        }
        _ => None,
    }
}
