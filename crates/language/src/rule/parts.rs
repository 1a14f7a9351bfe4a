//! Citations, messages and examples of a rule.

use source::Span;
use source::document::{Node, NodeKind};

use super::{Reader, Speaks};
use crate::ir::{Example, Language};
use crate::predicate::ty::{Ty, attribute};
use crate::{leak, suggest};

impl Reader<'_, '_> {
    /// `controls` and `peers`: names, each with a list of texts. Sections of `controls` are looked up.
    pub(super) fn cited(
        &self,
        key: &str,
        sections: bool,
    ) -> &'static [(&'static str, &'static [&'static str])] {
        let Some(node) = self.value(key) else { return &[] };
        let mut cited = Vec::new();
        for entry in self.file.mapping(node, &format!("`{key}`")) {
            let framework =
                self.catalogue.frameworks.iter().find(|framework| framework.name == entry.key.as_str());
            if sections && framework.is_none() {
                let names = self.catalogue.frameworks.iter().map(|framework| framework.name);
                self.file.error(
                    entry.key_span,
                    format!("there is no framework `{}`", entry.key),
                    suggest::help(&entry.key, names),
                );
                continue;
            }
            let mut ids: Vec<&str> = Vec::new();
            for (id, span) in self.file.strings(&entry.value, "a citation") {
                if let (true, Some(framework)) = (sections, framework)
                    && !framework.sections.iter().any(|section| section.id == id)
                {
                    let known = framework.sections.iter().map(|section| section.id);
                    let help = source::nearest(id, known).map_or_else(
                        || format!("rules/frameworks/{}.yaml lists the sections", framework.name),
                        |meant| format!("did you mean `{meant}`?"),
                    );
                    self.file.error(span, format!("{} has no section `{id}`", framework.title), help);
                }
                if ids.contains(&id) {
                    self.file.error(span, format!("`{id}` is cited twice"), "keep one of them");
                }
                ids.push(id);
            }
            cited.push((leak::text(&entry.key), leak::texts(&ids)));
        }
        leak::slice(cited)
    }

    /// Checks that `{self.attr}` and `{it.field}` in a message exist and show no secret.
    pub(super) fn check_message(&self, node: &Node, speaks: &Speaks, element: Option<&Ty>) {
        let Some(text) = node.text() else { return };
        let mut rest = text.as_str();
        let mut passed = 0;
        while let Some(open) = rest.find('{') {
            let after = rest.get(open + 1..).unwrap_or("");
            let close = after.find('}');
            let name = close.and_then(|end| after.get(..end)).unwrap_or("");
            let at = self.file.offset_in(node, u32::try_from(passed + open).unwrap_or(0));
            let span = Span { start: at, end: at };
            if let Err((message, help)) = self.placeholder(name, speaks, element) {
                self.file.error(span, message, help);
            }
            let step = open + 1 + close.map_or(0, |end| end + 1);
            passed += step;
            rest = rest.get(step..).unwrap_or("");
        }
    }

    fn placeholder(&self, name: &str, speaks: &Speaks, element: Option<&Ty>) -> Result<(), (String, String)> {
        match (name.split_once('.'), &speaks.subject, element) {
            (Some(("self", name)), Some(Ty::Node(kinds)), _) => {
                attribute(self.catalogue, kinds, name)?;
                let secret = kinds
                    .iter()
                    .filter_map(|id| self.catalogue.kind(*id))
                    .any(|kind| kind.attribute(name).is_some_and(|(_, attribute)| attribute.secret));
                if secret {
                    return Err((format!("`{name}` is a secret"), "messages never show secrets".into()));
                }
                Ok(())
            }
            (Some(("it", name)), _, Some(Ty::Record(record, _))) => {
                match record.fields.iter().find(|field| field.name == name) {
                    Some(field) if field.secret => {
                        Err((format!("`{name}` is a secret"), "messages never show secrets".into()))
                    }
                    Some(_) => Ok(()),
                    None => {
                        let help = suggest::help(name, record.fields.iter().map(|field| field.name));
                        Err((format!("the element has no field `{name}`"), help))
                    }
                }
            }
            _ => Err((
                format!("`{{{name}}}` cannot be shown"),
                "write `{self.attribute}`, or `{it.field}` with `each`".into(),
            )),
        }
    }

    pub(super) fn examples(&self) -> &'static [Example] {
        let Some(node) = self.value("examples") else {
            self.file.error(
                self.start(),
                "the rule has no `examples`",
                "write `examples: {pass: {terraform: …}, fail: {…}}`",
            );
            return &[];
        };
        let mut examples = Vec::new();
        for entry in self.file.fields(node, "`examples`", &["pass", "fail", "unknown"]) {
            let passes = match entry.key.as_str() {
                "pass" => Some(true),
                "fail" => Some(false),
                _ => None,
            };
            for texts in self.file.mapping(&entry.value, "examples") {
                let Some(language) = self.language(&texts.key, texts.key_span) else { continue };
                let items: Vec<&Node> = match &texts.value.kind {
                    NodeKind::Sequence(items) => items.iter().collect(),
                    _ => vec![&texts.value],
                };
                examples.extend(items.into_iter().filter_map(|item| self.example(item, passes, language)));
            }
        }
        if !["pass", "fail"].iter().all(|wanted| node.get(wanted).is_some()) {
            self.file.error(
                node.span,
                "`examples` lacks `pass` or `fail`",
                "show both, in each language of the rule",
            );
        }
        leak::slice(examples)
    }

    fn example(&self, node: &Node, passes: Option<bool>, language: Language) -> Option<Example> {
        let text = self.file.string(node, "an example")?;
        Some(Example { passes, language, text: leak::text(text), line: self.file.first_line(node.span) })
    }
}
