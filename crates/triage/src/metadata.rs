//! Suppressions in the metadata of templates' resources: `Metadata: {carelint: {ignore: [{rule: …, reason: …}]}}`.

use language::ir::Catalogue;
use source::{Place, Problem, ProblemSeverity};
use value::declared::{Declared, Resource};
use value::{Kind, Value};

use crate::Suppressions;

const SPELLING: &str =
    "write `Metadata: {carelint: {ignore: [{rule: s3-versioning, reason: the logs can be made again}]}}`";

impl Suppressions {
    /// Reads the metadata of all resources.
    pub(crate) fn metadata(&mut self, declared: &Declared, catalogue: &'static Catalogue) {
        for resource in &declared.resources {
            if !self.honoured.is_empty() {
                self.foreign(resource, catalogue);
            }
            let own = resource.meta.as_map().and_then(|meta| meta.entry("Metadata"));
            let Some(entry) = own.and_then(|own| own.value.as_map()?.entry("carelint")) else { continue };
            let asked = entry.value.get("ignore");
            let Kind::List(list) = &asked.kind else {
                let place = asked.origin.place.or(entry.place).unwrap_or(resource.place);
                self.misspelt(place);
                continue;
            };
            for item in &list.items {
                self.item(&item.value, resource, catalogue);
            }
        }
    }

    fn item(&mut self, item: &Value, resource: &Resource, catalogue: &'static Catalogue) {
        let at = item.origin.place.unwrap_or(resource.place);
        let (rule, reason) = (item.get("rule"), item.get("reason"));
        let Some(id) = rule.as_str() else { return self.misspelt(at) };
        let Some(reason) = reason.as_str().filter(|reason| reason.chars().any(char::is_alphanumeric)) else {
            if self.seen.insert((at.file.index(), at.span.start, "suppression-without-reason")) {
                let message = "the suppression gives no reason, so it suppresses nothing";
                let code = "suppression-without-reason";
                self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, SPELLING));
            }
            return;
        };
        let known = catalogue.rule(id).map_or("", |rule| rule.id);
        let place = (at.file.index(), at.span.start, known);
        let first = self.seen.insert(place);
        if !first && known.is_empty() {
            return;
        }
        let Some(rule) = self.rule(id, at, catalogue) else { return };
        let index = match self.all.iter().position(|one| !first && one.at == at && one.rule.id == rule.id) {
            Some(index) => index,
            None => self.add(rule, reason, at),
        };
        self.by_resource.entry((resource.key.clone(), rule.id)).or_default().push(index);
    }

    fn misspelt(&mut self, at: Place) {
        if self.seen.insert((at.file.index(), at.span.start, "suppression-misspelt")) {
            let message = "the metadata of carelint is no suppression";
            let code = "suppression-misspelt";
            self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, SPELLING));
        }
    }
}
