//! Metadata of constructs, in manifests and in files of their own: logical ids, the lines that made them, marks. Read
//! as a stream: nothing of an entry is kept but what is used, and of a stack trace one frame.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smol_str::SmolStr;

use crate::traces::{Application, location};

/// What the CDK marks its own handlers of custom resources with, since 2.93.
const HANDLER: &str = "aws:cdk:is-custom-resource-handler";

/// What the metadata of one stack tells.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// Construct paths by logical id: several for ids that the stack and stacks nested in it share.
    pub(crate) paths: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Line of the application by construct path.
    pub(crate) lines: FxHashMap<SmolStr, SmolStr>,
    /// Paths of constructs that the CDK makes for itself.
    pub(crate) helpers: FxHashSet<SmolStr>,
}

impl Metadata {
    /// Adds what a text tells: a map of lists of entries by construct path.
    ///
    /// # Errors
    /// What is no such map; what stands before the error was added.
    pub(crate) fn add(&mut self, text: &[u8], application: &mut Application<'_>) -> Result<(), String> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let added = reader.deserialize_map(Paths { metadata: self, application });
        added.and_then(|()| reader.end()).map_err(|error| error.to_string())
    }

    fn take(&mut self, path: &SmolStr, entry: Entry<'_>, application: &mut Application<'_>) {
        let frame = match (entry.kind.as_ref(), entry.data) {
            ("aws:cdk:logicalId", Data::Text(id)) => {
                let paths = self.paths.entry(id).or_default();
                if !paths.contains(path) {
                    paths.push(path.clone());
                }
                entry.trace
            }
            ("aws:cdk:creationStack", Data::Frame(frame)) => frame,
            (kind, _) => {
                if kind.starts_with(HANDLER) {
                    self.helpers.insert(path.clone());
                }
                None
            }
        };
        if let Some(Frame { path: file, position }) = frame
            && !self.lines.contains_key(path)
        {
            self.lines.insert(path.clone(), application.line(&file, &position));
        }
    }
}

/// The frame of a stack trace that is the application's own.
struct Frame {
    path: SmolStr,
    position: SmolStr,
}

/// What an entry holds.
#[derive(Default)]
enum Data {
    Text(SmolStr),
    /// A list, taken for a stack trace: its first frame that is the application's own.
    Frame(Option<Frame>),
    #[default]
    Other,
}

#[derive(Default)]
struct Entry<'t> {
    kind: Cow<'t, str>,
    data: Data,
    trace: Option<Frame>,
}

struct Paths<'a, 's> {
    metadata: &'a mut Metadata,
    application: &'a mut Application<'s>,
}

impl<'de> Visitor<'de> for Paths<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata by construct path")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(path) = map.next_key::<Cow<'de, str>>()? {
            let path = SmolStr::new(path.trim_start_matches('/'));
            for entry in map.next_value::<Vec<Entry<'de>>>()? {
                self.metadata.take(&path, entry, self.application);
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Entry<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry of metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entry = Entry::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "type" => match map.next_value()? {
                    Data::Text(kind) => entry.kind = Cow::Owned(kind.into()),
                    Data::Frame(_) | Data::Other => {}
                },
                "data" => entry.data = map.next_value()?,
                "trace" => {
                    if let Data::Frame(frame) = map.next_value()? {
                        entry.trace = frame;
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(entry)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(SmolStr::new(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut own = None;
        while let Some(line) = items.next_element::<Data>()? {
            if own.is_none()
                && let Data::Text(line) = line
            {
                let frame = location(&line);
                own = frame.map(|(path, position)| Frame { path: path.into(), position: position.into() });
            }
        }
        Ok(Data::Frame(own))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Data::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
        Ok(Data::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
        Ok(Data::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
        Ok(Data::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
        Ok(Data::Other)
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Other)
    }
}
