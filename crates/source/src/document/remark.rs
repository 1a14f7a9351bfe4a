//! What a reader noticed beside the tree: nothing that keeps a document from being read. What each of them means to a
//! user is for the front end to say.

use smol_str::SmolStr;

use super::Node;
use crate::Span;

/// Documents in which every key is unique and merge keys are resolved, with what was noticed on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The documents: one of JSON, any number of YAML.
    pub documents: Vec<Node>,
    /// What was noticed, in order of the text but for repeated keys, which are told at the end of their mapping.
    pub remarks: Vec<Remark>,
}

/// Something noticed at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What.
    pub kind: RemarkKind,
    /// Where.
    pub span: Span,
}

/// What was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemarkKind {
    /// A key that the mapping has already. The last value counts, at the place of the first.
    RepeatedKey(SmolStr),
    /// A key that is no scalar: its entry was left out.
    KeyNoScalar,
    /// The first alias of the stream; it and all others were expanded.
    Alias,
    /// A merge key (`<<`) whose value is neither a mapping nor a list of mappings: it was left out.
    MergedNoMapping,
    /// The first use of a tag, by the name that [`Node::tag`] has.
    Tag(SmolStr),
    /// A document after the first.
    FurtherDocument,
    /// More was noticed than is told.
    More,
}

/// Remarks while a document is read.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) told: Vec<Remark>,
    alias: bool,
    tags: Vec<SmolStr>,
}

impl Remarks {
    /// Most remarks of one document: each becomes a line of the report.
    const MOST: usize = 200;

    pub(super) fn tell(&mut self, kind: RemarkKind, span: Span) {
        match self.told.len() {
            told if told < Self::MOST => self.told.push(Remark { kind, span }),
            Self::MOST => self.told.push(Remark { kind: RemarkKind::More, span }),
            _ => {}
        }
    }

    /// Tells of the first alias.
    pub(super) fn alias(&mut self, span: Span) {
        if !std::mem::replace(&mut self.alias, true) {
            self.tell(RemarkKind::Alias, span);
        }
    }

    /// Tells of a tag that was not met before.
    pub(super) fn tag(&mut self, name: &SmolStr, span: Span) {
        // More than a few tags are those of no language: what is not remembered is told again.
        if !self.tags.contains(name) {
            if self.tags.len() < 64 {
                self.tags.push(name.clone());
            }
            self.tell(RemarkKind::Tag(name.clone()), span);
        }
    }
}
