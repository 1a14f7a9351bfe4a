//! An OpenAPI document under way: the body of an API, to which events add their paths. Paths are indexed, so that a
//! template with many events takes no longer than its length.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Span;
use source::document::{Entry, Node, NodeKind};

use super::edit::{branches, entries_mut, get_mut, is_set, set, set_new};
use crate::intrinsic::Call;
use crate::sam::make::At;

/// What API Gateway calls a method that stands for all.
pub(crate) const ANY: &str = "x-amazon-apigateway-any-method";

/// What leads from a method to what answers it.
pub(crate) const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// The path of an HTTP API that answers where no other one does.
pub(crate) const DEFAULT_PATH: &str = "$default";

/// The methods that an OpenAPI document can have.
const METHODS: [&str; 10] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "any", ANY];

/// A path with more entries than this is left as it is: OpenAPI knows a dozen.
const MOST_METHODS: usize = 64;

/// An OpenAPI document.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// The document without its paths.
    pub(crate) document: Node,
    paths: Vec<Entry>,
    index: FxHashMap<SmolStr, usize>,
    paths_key: Span,
    paths_span: Span,
}

impl Body {
    /// A document without paths, its version under `key` (`swagger`, `openapi`).
    pub(crate) fn empty(at: At, key: &str, version: &str) -> Self {
        let info = at.map([("version", at.text("1.0")), ("title", at.reference("AWS::StackName"))]);
        let document = at.map([(key, at.text(version)), ("info", info)]);
        Self { document, paths: Vec::new(), index: FxHashMap::default(), paths_key: at.0, paths_span: at.0 }
    }

    /// The document that is written in a template; none if it has no paths or a version that SAM does not change.
    pub(crate) fn written(node: &Node) -> Option<Self> {
        let paths = node.entry("paths")?;
        let NodeKind::Mapping(written) = &paths.value.kind else { return None };
        let is_version_2 = node.get("swagger").is_some_and(is_set);
        if Call::of(node).is_some() || !is_version_2 && !is_version_3(node.get("openapi")?.text()?) {
            return None;
        }
        let mut document = node.clone();
        entries_mut(&mut document)?.retain(|entry| entry.key != "paths");
        let index = written.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
        let (paths_key, paths_span) = (paths.key_span, paths.value.span);
        Some(Self { document, paths: written.clone(), index, paths_key, paths_span })
    }

    /// The version of OpenAPI, where the document is none of Swagger 2.
    pub(crate) fn openapi(&self) -> Option<&SmolStr> {
        match self.document.get("swagger").is_some_and(is_set) {
            true => None,
            false => self.document.get("openapi")?.text(),
        }
    }

    /// Names of the paths.
    pub(crate) fn path_names(&self) -> Vec<SmolStr> {
        self.paths.iter().map(|entry| entry.key.clone()).collect()
    }

    /// What a path says.
    pub(crate) fn path_mut(&mut self, path: &str) -> Option<&mut Node> {
        self.paths.get_mut(*self.index.get(path)?).map(|entry| &mut entry.value)
    }

    /// Gives a path another name.
    pub(crate) fn rename(&mut self, path: &str, name: &str) {
        if let Some(at) = self.index.remove(path)
            && let Some(entry) = self.paths.get_mut(at)
        {
            entry.key = SmolStr::new(name);
            self.index.insert(entry.key.clone(), at);
        }
    }

    /// Adds a path and a method, where they are not there.
    pub(crate) fn add_path(&mut self, path: &SmolStr, method: &str, at: At) {
        let Some(method) = normal(method) else { return };
        if !self.index.contains_key(path) {
            self.index.insert(path.clone(), self.paths.len());
            let value = at.fields().node();
            self.paths.push(Entry { key: path.clone(), key_span: at.0, value });
        }
        self.each_item(path, &mut |item| set_new(item, method, at, at.fields().node()));
    }

    /// Changes what stands under a path, each side of a condition, where it is a map of methods.
    pub(crate) fn each_item(&mut self, path: &str, change: &mut dyn FnMut(&mut Node)) {
        let Some(node) = self.path_mut(path) else { return };
        branches(node, &mut |item| {
            if entries_mut(item).is_some_and(|entries| entries.len() <= MOST_METHODS) {
                change(item);
            }
        });
    }

    /// Changes each definition of a method of a path that has an integration.
    pub(crate) fn each_definition(&mut self, path: &str, method: &str, change: &mut dyn FnMut(&mut Node)) {
        let Some(method) = normal(method) else { return };
        self.each_item(path, &mut |item| {
            let Some(node) = get_mut(item, method) else { return };
            branches(node, &mut |definition| {
                if has_integration(definition) {
                    change(definition);
                }
            });
        });
    }

    /// Changes each method of a path that has an integration; it is told its name.
    pub(crate) fn each_method(&mut self, path: &str, change: &mut dyn FnMut(&str, &mut Node)) {
        self.each_item(path, &mut |item| {
            for entry in entries_mut(item).into_iter().flatten() {
                let Some(method) = normal(&entry.key) else { continue };
                branches(&mut entry.value, &mut |definition| {
                    if has_integration(definition) {
                        change(method, definition);
                    }
                });
            }
        });
    }

    /// Names of the methods of a path, on either side of a condition.
    pub(crate) fn methods(&mut self, path: &str) -> Vec<SmolStr> {
        let mut methods = Vec::new();
        self.each_item(path, &mut |item| {
            let names = item.entries().iter().filter(|entry| normal(&entry.key).is_some());
            methods.extend(names.map(|entry| entry.key.clone()));
        });
        methods
    }

    /// Whether each definition of a method has an integration.
    pub(crate) fn is_integrated(&mut self, path: &str, method: &str) -> bool {
        let Some(method) = normal(method) else { return false };
        let (mut found, mut all) = (false, true);
        self.each_item(path, &mut |item| {
            let mut any = false;
            if let Some(node) = get_mut(item, method) {
                branches(node, &mut |definition| any |= has_integration(definition));
            }
            found |= any;
            all &= any;
        });
        found && all
    }

    /// The document.
    pub(crate) fn finish(self) -> Node {
        let mut document = self.document;
        let value = Node { kind: NodeKind::Mapping(self.paths), tag: None, span: self.paths_span };
        if let Some(entries) = entries_mut(&mut document) {
            entries.push(Entry { key: SmolStr::new_static("paths"), key_span: self.paths_key, value });
        }
        document
    }
}

/// The name of a method as OpenAPI has it; none if it is no method.
pub(crate) fn normal(method: &str) -> Option<&'static str> {
    let known = METHODS.iter().find(|known| known.eq_ignore_ascii_case(method))?;
    Some(if *known == "any" { ANY } else { known })
}

/// Whether a version of OpenAPI is 3: `3.0`, `3.0.1`.
pub(crate) fn is_version_3(version: &str) -> bool {
    let mut parts = version.split('.');
    let is_digit = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next() == Some("3")
        && parts.next().is_some_and(is_digit)
        && parts.next().is_none_or(is_digit)
        && parts.next().is_none()
}

/// Whether a method is answered by something.
pub(crate) fn has_integration(definition: &Node) -> bool {
    definition.get(INTEGRATION).is_some_and(is_set)
}

impl Body {
    /// Takes one method of another document over: what it says counts before what is there.
    pub(crate) fn merge(&mut self, mut other: Self, path: &SmolStr, method: &str) {
        let Some(method) = normal(method) else { return };
        let mut added = None;
        other.each_item(path, &mut |item| added = get_mut(item, method).cloned());
        let Some(added) = added else { return };
        let at = At(added.span);
        self.add_path(path, method, at);
        self.each_item(path, &mut |item| {
            let Some(definition) = get_mut(item, method) else { return };
            if Call::of(&added).is_some() || Call::of(definition).is_some() || definition.entries().is_empty()
            {
                *definition = added.clone();
                return;
            }
            added.entries().iter().for_each(|entry| set(definition, &entry.key, at, entry.value.clone()));
        });
    }
}
