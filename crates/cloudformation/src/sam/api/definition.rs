//! What the body of an API starts as: nothing but its version, what is written in the template or in a file beside it, or
//! an object in S3, of which nothing is known.

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use super::body::{Body, is_version_3};
use super::edit::{is_set, plain};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields, count};
use crate::sam::serverless::Serverless;

/// What the body of an API starts as.
pub(crate) enum Definition {
    /// Made by SAM, from events.
    Made(Body),
    /// Written in the template.
    Written(Body),
    /// Whatever a function gives, or what is in a file.
    Other(Node),
    /// An object in S3.
    Elsewhere(Node),
}

impl Definition {
    /// The definition of a REST API.
    pub(super) fn of_rest(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> Option<Self> {
        if let Some(found) = Self::written(expansion, api) {
            return found;
        }
        let version = api.get("OpenApiVersion").and_then(plain).filter(|version| is_version_3(version));
        let (key, version) = version.map_or(("swagger", "2.0"), |version| ("openapi", version.as_str()));
        Some(Self::Made(Body::empty(api.at, key, version)))
    }

    /// The definition of an HTTP API.
    pub(crate) fn of_http(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> Option<Self> {
        if let Some(found) = Self::written(expansion, api) {
            return found;
        }
        Some(Self::Made(Body::empty(api.at, "openapi", "3.0.1")))
    }

    /// What is written; the inner none if it is more than the expansion may make.
    fn written(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> Option<Option<Self>> {
        if let Some(written) = api.get("DefinitionBody").filter(|node| is_set(node)) {
            if expansion.spend(count(written)).is_none() {
                return Some(None);
            }
            let body = Body::written(written);
            return Some(Some(body.map_or_else(|| Self::Other(written.clone()), Self::Written)));
        }
        let location = api.get("DefinitionUri").filter(|node| is_set(node))?;
        if let Some(file) = local(expansion, location) {
            return Some(expansion.spend(count(&file)).map(|()| Self::Other(file)));
        }
        Some(Some(Self::Elsewhere(in_s3(api.at("DefinitionUri"), location))))
    }

    /// Puts what came of it into the properties of the API.
    pub(crate) fn put(self, properties: &mut Fields, api: &Serverless<'_>) {
        let at = ["DefinitionBody", "DefinitionUri"]
            .into_iter()
            .find(|key| api.get(key).is_some())
            .map_or(api.at, |key| api.at(key));
        let (key, value) = match self {
            Self::Made(body) | Self::Written(body) => ("Body", body.finish()),
            Self::Other(node) => ("Body", node),
            Self::Elsewhere(node) => ("BodyS3Location", node),
        };
        properties.push(Entry { key: SmolStr::new_static(key), key_span: at.0, value });
    }

    /// The body, if it is one that SAM changes.
    pub(crate) fn body(&mut self) -> Option<&mut Body> {
        match self {
            Self::Made(body) | Self::Written(body) => Some(body),
            Self::Other(_) | Self::Elsewhere(_) => None,
        }
    }
}

/// The document in a file beside the template, all of it at the place that names the file.
fn local(expansion: &Expansion<'_, '_>, location: &Node) -> Option<Node> {
    let path = plain(location).filter(|path| !path.contains("://") && !path.starts_with('/'))?;
    let sources = expansion.stack.shared.sources;
    let template = sources.file(expansion.template.file).path.clone();
    let folder = source::folder_of(&template);
    let path = if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") };
    let file = sources.load(&path).ok()?;
    let mut document = crate::document::parse(&sources.file(file).text, sources.limits()).ok()?.root;
    place(&mut document, At(location.span));
    Some(document)
}

fn place(node: &mut Node, at: At) {
    node.span = at.0;
    match &mut node.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| place(item, at)),
        NodeKind::Mapping(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_span = at.0;
            place(&mut entry.value, at);
        }),
    }
}

/// The place of an object, from `s3://bucket/key?versionId=…` or a map of its parts.
fn in_s3(at: At, location: &Node) -> Node {
    let Some(text) = plain(location) else { return location.clone() };
    let Some((bucket, key)) = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        return location.clone();
    };
    let (key, version) =
        key.split_once("?versionId=").map_or((key, None), |(key, version)| (key, Some(version)));
    let mut made = at.fields().with("Bucket", at.text(bucket)).with("Key", at.text(key));
    if let Some(version) = version {
        made.set("Version", at.text(version));
    }
    made.node()
}
