//! The tree of constructs of an application, with the class of each. Read as a stream, as it holds the properties of
//! every resource once more: kept is a number for each class and where each child is. Very large trees are spread over
//! several files.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use smol_str::SmolStr;
use source::Sources;

use crate::manifest::joined;

/// Most files that one tree is spread over.
const MOST_FILES: usize = 256;

/// A tree of constructs.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Class of each node, by its number.
    classes: Vec<u32>,
    /// Names of classes (`aws-cdk-lib.aws_s3.Bucket`), by their numbers; the first is that of a node without one.
    names: Vec<SmolStr>,
    numbers: FxHashMap<SmolStr, u32>,
    /// Children by number of the parent and id.
    children: FxHashMap<(u32, SmolStr), u32>,
    root: Option<u32>,
    /// Nodes that stand for a tree of another file: its path and the id of the tree.
    references: FxHashMap<u32, (SmolStr, SmolStr)>,
    /// Roots of the trees of other files.
    forest: FxHashMap<(SmolStr, SmolStr), u32>,
}

impl Tree {
    /// Reads the tree in the file at `path`, and those it refers to.
    ///
    /// # Errors
    /// Why the file, or one that it refers to, cannot be read; the rest is there.
    pub(crate) fn read(sources: &Sources, path: &SmolStr) -> (Self, Option<String>) {
        let mut tree = Self { names: vec![SmolStr::default()], ..Self::default() };
        let mut error = tree.add_file(sources, path).err();
        let mut done: Vec<SmolStr> = vec![path.clone()];
        while done.len() < MOST_FILES {
            let mut files: Vec<&SmolStr> = tree.references.values().map(|(file, _)| file).collect();
            files.sort_unstable();
            let Some(next) = files.into_iter().find(|file| !done.contains(file)).cloned() else { break };
            error = tree.add_file(sources, &next).err().or(error);
            done.push(next);
        }
        (tree, error)
    }

    fn add_file(&mut self, sources: &Sources, path: &SmolStr) -> Result<(), String> {
        let bytes = sources.bytes(path).map_err(|error| error.to_string())?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let read = reader.deserialize_map(FileVisitor { tree: self, file: path });
        read.and_then(|()| reader.end()).map_err(|error| format!("{path} cannot be read: {error}"))
    }

    /// The ids along `path`, from the first below the root, each with the class of its construct; shorter than the
    /// path where the tree ends before it.
    pub(crate) fn along<'p>(&self, path: &'p str) -> Vec<(&'p str, &str)> {
        let mut found = Vec::new();
        let Some(mut at) = self.root else { return found };
        for id in path.split('/') {
            let Some(child) = self.children.get(&(at, SmolStr::new(id))) else { break };
            at = self.resolved(*child);
            let class = self.classes.get(at as usize).and_then(|class| self.names.get(*class as usize));
            found.push((id, class.map_or("", SmolStr::as_str)));
        }
        found
    }

    /// The node that stands where `node` is: itself, or the root of a tree of another file.
    fn resolved(&self, node: u32) -> u32 {
        let elsewhere = self.references.get(&node).and_then(|reference| self.forest.get(reference));
        elsewhere.copied().unwrap_or(node)
    }

    fn new_node(&mut self) -> u32 {
        self.classes.push(0);
        u32::try_from(self.classes.len() - 1).unwrap_or(u32::MAX)
    }

    fn number(&mut self, class: &str) -> u32 {
        if let Some(known) = self.numbers.get(class) {
            return *known;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(SmolStr::new(class));
        self.numbers.insert(SmolStr::new(class), number);
        number
    }
}

/// A file: `{tree: NODE}`, or `{forest: {ID: NODE}}`.
struct FileVisitor<'t> {
    tree: &'t mut Tree,
    file: &'t SmolStr,
}

impl<'de> Visitor<'de> for FileVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tree of constructs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "tree" => {
                    let root = map.next_value_seed(NodeSeed { tree: self.tree, file: self.file })?;
                    self.tree.root.get_or_insert(root);
                }
                "forest" => {
                    let nodes = Nodes { tree: self.tree, file: self.file, of: Of::Forest };
                    map.next_value_seed(nodes)?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A node: its number is given back.
struct NodeSeed<'t> {
    tree: &'t mut Tree,
    file: &'t SmolStr,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a construct")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u32, A::Error> {
        let node = self.tree.new_node();
        let (mut file, mut id) = (None, SmolStr::default());
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "constructInfo" => {
                    let info = map.next_value::<Option<Info<'de>>>()?;
                    let class = info.map_or(0, |info| self.tree.number(&info.fqn));
                    if let Some(known) = self.tree.classes.get_mut(node as usize) {
                        *known = class;
                    }
                }
                "children" => {
                    map.next_value_seed(Nodes { tree: self.tree, file: self.file, of: Of::Node(node) })?;
                }
                "fileName" => {
                    let folder = source::folder_of(self.file);
                    file = Some(SmolStr::from(joined(folder, &map.next_value::<Cow<'de, str>>()?)));
                }
                "treeId" => id = SmolStr::new(map.next_value::<Cow<'de, str>>()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if let Some(file) = file {
            self.tree.references.insert(node, (file, id));
        }
        Ok(node)
    }
}

/// What tells the class of a construct.
#[derive(serde::Deserialize)]
struct Info<'t> {
    #[serde(borrow, default)]
    fqn: Cow<'t, str>,
}

/// Nodes by id: the children of one, or the trees of a file.
struct Nodes<'t> {
    tree: &'t mut Tree,
    file: &'t SmolStr,
    of: Of,
}

enum Of {
    Node(u32),
    Forest,
}

impl<'de> DeserializeSeed<'de> for Nodes<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Nodes<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("constructs by id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(id) = map.next_key::<Cow<'de, str>>()? {
            let id = SmolStr::new(id);
            let node = map.next_value_seed(NodeSeed { tree: self.tree, file: self.file })?;
            match self.of {
                Of::Node(parent) => drop(self.tree.children.insert((parent, id), node)),
                Of::Forest => drop(self.tree.forest.insert((self.file.clone(), id), node)),
            }
        }
        Ok(())
    }
}
