//! A parsed template with its logical names indexed, so that looking one up costs the same in a small template and
//! in a hostile one.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Entry, Node};
use source::{FileId, Place, Problem};

use crate::document::Document;
use crate::includes::Ranges;
use crate::loops::Formula;
use crate::{macros, rain};

/// A template as written, before anything is evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// The file it stands in.
    pub(crate) file: FileId,
    /// Its top level, always a mapping.
    pub(crate) document: Node,
    /// What is wrong with the document, whatever it says.
    pub(crate) problems: Vec<Problem>,
    /// Names of loops over lists that are not known: what `Ref` gives for them is not known either.
    pub(crate) unknown_loops: FxHashSet<SmolStr>,
    /// Conditions of what loops make of lists that depend on conditions, by the names that they have here.
    pub(crate) formulas: FxHashMap<SmolStr, Formula>,
    /// Names that references use for resources that SAM makes (`MyFunction.Alias`), and the logical ids of those.
    pub(crate) aliases: FxHashMap<SmolStr, SmolStr>,
    /// Where the texts of included files stand behind its own.
    pub(crate) included: Ranges,
    completed: bool,
    names: FxHashMap<SmolStr, (Section, usize)>,
    conditions: FxHashMap<SmolStr, usize>,
}

/// The sections whose names `Ref` can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Parameters,
    Resources,
}

impl Section {
    fn key(self) -> &'static str {
        match self {
            Self::Parameters => "Parameters",
            Self::Resources => "Resources",
        }
    }
}

impl Template {
    /// Indexes a document. A resource hides a parameter of the same name.
    pub(crate) fn new(file: FileId, document: Node) -> Self {
        let count = |section: Section| entries(&document, section.key()).len();
        let count = count(Section::Parameters) + count(Section::Resources);
        let mut names = FxHashMap::with_capacity_and_hasher(count, FxBuildHasher);
        for section in [Section::Parameters, Section::Resources] {
            for (index, entry) in entries(&document, section.key()).iter().enumerate() {
                names.insert(entry.key.clone(), (section, index));
            }
        }
        let conditions = entries(&document, "Conditions").iter().enumerate();
        let conditions = conditions.map(|(index, entry)| (entry.key.clone(), index)).collect();
        let completed = macros::completes(&document) || rain::completes(&document);
        let (unknown_loops, aliases) = (FxHashSet::default(), FxHashMap::default());
        let (problems, included, formulas) = (Vec::new(), Ranges::default(), FxHashMap::default());
        Self {
            file,
            document,
            problems,
            unknown_loops,
            formulas,
            aliases,
            included,
            completed,
            names,
            conditions,
        }
    }

    /// A document as it was read, with what is wrong with it.
    pub(crate) fn of(file: FileId, document: Document) -> Self {
        let problems = document.problems(file);
        Self { problems, ..Self::new(file, document.root) }
    }

    /// The same template with another document in place of its own.
    pub(crate) fn with_document(&self, document: Node) -> Self {
        Self {
            unknown_loops: self.unknown_loops.clone(),
            formulas: self.formulas.clone(),
            aliases: self.aliases.clone(),
            included: self.included.clone(),
            ..Self::new(self.file, document)
        }
    }

    /// The entries of a section; none if it is missing or no mapping.
    pub(crate) fn section(&self, key: &str) -> &[Entry] {
        entries(&self.document, key)
    }

    /// What a logical name stands for.
    pub(crate) fn named(&self, name: &str) -> Option<(Section, &Entry)> {
        let (section, index) = self.names.get(name)?;
        Some((*section, self.section(section.key()).get(*index)?))
    }

    /// The parameter of this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Entry> {
        self.named(name).filter(|(section, _)| *section == Section::Parameters).map(|(_, entry)| entry)
    }

    /// The resource of this name.
    pub(crate) fn resource(&self, name: &str) -> Option<&Entry> {
        self.named(name).filter(|(section, _)| *section == Section::Resources).map(|(_, entry)| entry)
    }

    /// The condition of this name.
    pub(crate) fn condition(&self, name: &str) -> Option<&Entry> {
        self.section("Conditions").get(*self.conditions.get(name)?)
    }

    /// Whether a transform of the template has this name.
    pub(crate) fn has_transform(&self, name: &str) -> bool {
        let is_it = |transform: &Node| {
            let written = transform.text().or_else(|| transform.get("Name")?.text());
            written.is_some_and(|written| written == name)
        };
        self.transforms().iter().any(is_it)
    }

    /// Whether a macro rewrites the whole template.
    pub(crate) fn has_macros(&self) -> bool {
        self.transforms().iter().any(macros::is_macro)
    }

    /// The transforms of the template: one name, or a list of names and of macros with arguments.
    pub(crate) fn transforms(&self) -> &[Node] {
        macros::transforms(&self.document)
    }

    /// Whether a macro may add to what the template declares.
    pub(crate) fn is_completed(&self) -> bool {
        self.completed
    }

    /// A place in its file, or in the included one that the span belongs to.
    pub(crate) fn place(&self, span: source::Span) -> Place {
        self.included.place(self.file, span)
    }
}

fn entries<'d>(document: &'d Node, key: &str) -> &'d [Entry] {
    document.get(key).map_or(&[], Node::entries)
}
