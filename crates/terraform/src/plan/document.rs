//! A plan as text of which only the parts that are looked at are read: a plan of 100 MB is mostly resources, and these
//! are read one at a time. Errors in a part are kept, the rest stands.

use std::cell::RefCell;

use smol_str::SmolStr;
use source::document::outline::{self, Outline};
use source::document::{DocumentError, Node};
use source::{FileId, Limits, Place, Problem, ProblemSeverity, Problems, Span};

/// Deepest nesting of modules whose values are read.
const MODULES: usize = 32;

/// A plan.
pub(super) struct Document<'t> {
    pub(super) file: FileId,
    text: &'t str,
    limits: &'t Limits,
    whole: Outline,
    errors: RefCell<Vec<DocumentError>>,
}

/// What is read of a change before it is read as a whole.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Its bytes.
    pub(super) span: Span,
    pub(super) address: SmolStr,
    /// Address of the instance of its module; empty for the root.
    pub(super) module: SmolStr,
    pub(super) type_name: SmolStr,
    /// `managed` or `data`.
    pub(super) mode: SmolStr,
    /// Whether it has an instance key.
    pub(super) repeated: bool,
    /// Whether its resource exists once the plan is applied.
    pub(super) exists: bool,
}

impl<'t> Document<'t> {
    /// A plan, of which nothing is read yet but where its parts are.
    pub(super) fn new(file: FileId, text: &'t str, limits: &'t Limits) -> Result<Self, DocumentError> {
        Ok(Self { file, text, limits, whole: outline::whole(text)?, errors: RefCell::default() })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.whole.get(name).is_some()
    }

    /// A part of the plan, in full.
    pub(super) fn part(&self, name: &str) -> Option<Node> {
        self.node(self.whole.get(name)?)
    }

    /// A value by its bytes, in full.
    pub(super) fn node(&self, span: Span) -> Option<Node> {
        self.kept(outline::node(self.text, span, self.limits))
    }

    fn outline(&self, span: Span) -> Option<Outline> {
        self.kept(outline::part(self.text, span))
    }

    fn kept<T>(&self, read: Result<T, DocumentError>) -> Option<T> {
        read.map_err(|error| self.errors.borrow_mut().push(error)).ok()
    }

    /// What was wrong with the parts that were read.
    pub(super) fn problems(&self) -> Problems {
        let errors = self.errors.take();
        // One is enough: what a broken tool writes is broken everywhere.
        errors.into_iter().take(1).map(|error| syntax(self.file, error)).collect()
    }

    /// The changes of the plan, in its order.
    pub(super) fn changes(&self) -> Vec<Change> {
        let changes = self.whole.get("resource_changes").and_then(|span| self.outline(span));
        let elements = changes.as_ref().map(Outline::elements).unwrap_or_default();
        elements.iter().filter_map(|span| self.change(*span)).collect()
    }

    fn change(&self, span: Span) -> Option<Change> {
        let outline = self.outline(span)?;
        let text = |name: &str| self.node(outline.get(name)?)?.text().cloned();
        let change = outline.get("change").and_then(|span| self.outline(span));
        let actions = change.and_then(|change| self.node(change.get("actions")?));
        let actions = actions.as_ref().map(Node::items).unwrap_or_default();
        let goes = |action: &Node| action.text().is_some_and(|text| text == "delete" || text == "forget");
        Some(Change {
            span,
            address: text("address")?,
            module: text("module_address").unwrap_or_default(),
            type_name: text("type")?,
            mode: text("mode")?,
            repeated: outline.get("index").is_some(),
            // A deposed object is what is left of a replaced one: it only goes.
            exists: outline.get("deposed").is_none() && (actions.is_empty() || !actions.iter().all(goes)),
        })
    }

    /// The bytes of the resources in the values of a part (`planned_values`, or the `values` of `prior_state`), those
    /// of called modules included.
    pub(super) fn resources(&self, part: &str, inside: &[&str]) -> Vec<Span> {
        let inner = |span: Span, name: &&str| self.outline(span)?.get(name);
        let root = self.whole.get(part).and_then(|span| inside.iter().try_fold(span, inner));
        let mut open: Vec<(Span, usize)> = root.map(|root| (root, MODULES)).into_iter().collect();
        let mut found = Vec::new();
        while let Some((span, left)) = open.pop() {
            let Some(module) = self.outline(span) else { continue };
            let list = |name: &str| module.get(name).and_then(|span| self.outline(span));
            found.extend(list("resources").iter().flat_map(|list| list.elements().to_vec()));
            if let Some(left) = left.checked_sub(1) {
                let children = list("child_modules");
                open.extend(children.iter().flat_map(|list| list.elements()).map(|span| (*span, left)));
            }
        }
        found.sort_by_key(|span| span.start);
        found
    }

    /// A text in the object at these bytes, by its path.
    pub(super) fn text_at(&self, span: Span, path: &[&str]) -> Option<SmolStr> {
        let span = path.iter().try_fold(span, |span, name| self.outline(span)?.get(name))?;
        self.node(span)?.text().cloned()
    }
}

/// A plan that is no JSON.
pub(super) fn syntax(file: FileId, error: DocumentError) -> Problem {
    let help = "write the plan with `terraform show -json PLAN`";
    Problem::at(ProblemSeverity::Error, "plan-syntax", Place::new(file, error.span), error.message, help)
}
