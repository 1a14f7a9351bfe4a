//! What a rule asks: conditions, the check, elements and the severity.

use source::document::{Node, NodeKind};

use super::{Reader, Speaks};
use crate::ir::{Body, Field, Fix, Grading, Literal, Param, Program, Record, Severity, Type};
use crate::predicate::ty::{Ty, attribute};
use crate::predicate::{Context, Parsed, Purpose};
use crate::{leak, suggest, types};

/// A body and what is needed besides.
pub(super) struct Asked {
    pub(super) when: Option<Program>,
    pub(super) body: Body,
    pub(super) severity: Grading,
    /// Type of `it`.
    pub(super) element: Option<Ty>,
}

impl<'f> Reader<'_, 'f> {
    pub(super) fn body(&self, speaks: &Speaks, params: &[Param]) -> Option<Asked> {
        let context = |it: Option<Ty>| Context {
            catalogue: self.catalogue,
            subject: speaks.subject.clone(),
            it,
            params,
            spelled_only: false,
        };
        let plain = context(None);
        let (when, condition) = self.condition(&plain)?;
        let given: Vec<(&Parsed<'_>, bool)> =
            condition.iter().map(|(parsed, truth)| (parsed, *truth)).collect();
        let (body, element) = match (self.value("check"), self.value("each"), self.value("none")) {
            (Some(check), None, None) => {
                let (program, _) = self.predicate(check, "`check`", &plain, Purpose::Check, &given)?;
                (Body::Check(program), None)
            }
            (Some(check), Some(each), None) => {
                let (list, ty) = self.predicate(each, "`each`", &plain, Purpose::Elements, &given)?;
                let element = element_of(&ty);
                let (program, _) =
                    self.predicate(check, "`check`", &context(element.clone()), Purpose::Check, &given)?;
                (Body::Each(list, program), element)
            }
            (None, None, Some(none)) => {
                let (list, ty) = self.predicate(none, "`none`", &plain, Purpose::Elements, &given)?;
                (Body::None(list), element_of(&ty))
            }
            _ => {
                let help = "write `check: …`, or `each: LIST` with `check: …` about `it`, or `none: LIST`";
                self.file.error(self.start(), "a rule asks one thing", help);
                return None;
            }
        };
        let severity = self.severity(&context(element.clone()), &given)?;
        Some(Asked { when, body, severity, element })
    }

    /// `when`, or `unless`, whose program is the negation.
    #[expect(clippy::type_complexity, reason = "an optional pair, used once")]
    fn condition(&self, context: &Context<'_>) -> Option<(Option<Program>, Option<(Parsed<'f>, bool)>)> {
        let (node, purpose) = match (self.value("when"), self.value("unless")) {
            (None, None) => return Some((None, None)),
            (Some(node), None) => (node, Purpose::When),
            (None, Some(node)) => (node, Purpose::Unless),
            (Some(_), Some(node)) => {
                self.file.error(
                    node.span,
                    "a rule has `when` or `unless`, not both",
                    "write `when: A && !B`, quoted",
                );
                return None;
            }
        };
        let what = if purpose == Purpose::When { "`when`" } else { "`unless`" };
        let (program, _) = self.predicate(node, what, context, purpose, &[])?;
        let parsed = Parsed::new(self.file.string(node, what)?).ok()?;
        Some((Some(program), Some((parsed, purpose == Purpose::When))))
    }

    fn predicate(
        &self,
        node: &'f Node,
        what: &str,
        context: &Context<'_>,
        purpose: Purpose,
        given: &[(&Parsed<'_>, bool)],
    ) -> Option<(Program, Ty)> {
        let text = self.file.string(node, what)?;
        if let (NodeKind::Scalar(_), true) = (&node.kind, text.trim() != text && text.contains('\n')) {
            // A literal block keeps its last line break; predicates do not mind.
        }
        match Parsed::new(text).and_then(|parsed| parsed.lower(context, purpose, given)) {
            Ok(made) => Some(made),
            Err(fault) => {
                self.fault(node, fault);
                None
            }
        }
    }

    fn severity(&self, context: &Context<'_>, given: &[(&Parsed<'_>, bool)]) -> Option<Grading> {
        let Some(node) = self.value("severity") else {
            self.file.error(self.start(), "the rule has no `severity`", "write `severity: high`");
            return None;
        };
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            let otherwise = self.level(node, self.file.string(node, "`severity`")?)?;
            return Some(Grading { cases: &[], otherwise });
        }
        let (mut cases, mut otherwise) = (Vec::new(), None);
        for entry in self.file.mapping(node, "`severity`") {
            if entry.key == "else" {
                otherwise = Some(self.level(&entry.value, self.file.string(&entry.value, "`else`")?)?);
                continue;
            }
            let at = Node { span: entry.key_span, ..entry.value.clone() };
            let level = self.level(&at, &entry.key)?;
            let (program, _) =
                self.predicate(&entry.value, "a case of `severity`", context, Purpose::Check, given)?;
            cases.push((level, program));
        }
        if otherwise.is_none() {
            self.file.error(node.span, "`severity` has no `else`", "write `else: high`");
        }
        Some(Grading { cases: leak::slice(cases), otherwise: otherwise? })
    }

    fn level(&self, node: &Node, text: &str) -> Option<Severity> {
        let found = Severity::ALL.into_iter().find(|severity| severity.id() == text);
        if found.is_none() {
            let help = suggest::help(
                text,
                Severity::ALL.iter().map(|severity| severity.id()).chain(["else"]).collect::<Vec<_>>(),
            );
            self.file.error(node.span, format!("there is no severity `{text}`"), help);
        }
        found
    }

    pub(super) fn params(&self) -> &'static [Param] {
        let Some(node) = self.value("params") else { return &[] };
        let mut params = Vec::new();
        for entry in self.file.mapping(node, "`params`") {
            self.file.name(&entry.key, entry.key_span, '_', &[]);
            let what = format!("the parameter `{}`", entry.key);
            let fields = self.file.fields(&entry.value, &what, &["type", "default", "min"]);
            let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
            let (Some(ty), Some(default)) = (value("type"), value("default")) else {
                self.file.error(
                    entry.key_span,
                    format!("{what} lacks `type` or `default`"),
                    "write `days: {type: number, default: 35}`",
                );
                continue;
            };
            let (Some(ty), Some(literal)) =
                (types::read(self.file, ty), self.file.literal(default, "`default`"))
            else {
                continue;
            };
            if !types::admits(ty, literal) {
                let message = format!("{} is no {}", types::show_literal(literal), types::show(ty));
                self.file.error(default.span, message, "give a default of the type");
            }
            let min = value("min").and_then(|node| match self.file.literal(node, "`min`") {
                Some(Literal::Number(text)) if ty == Type::Number => Some(text),
                _ => {
                    self.file.error(node.span, "`min` is for numbers", "leave it out, or write a number");
                    None
                }
            });
            params.push(Param { name: leak::text(&entry.key), ty, default: literal, min });
        }
        leak::slice(params)
    }

    /// Attributes of the subject, or fields of the element as `it.field`.
    pub(super) fn points_at(&self, speaks: &Speaks, element: Option<&Ty>) -> &'static [&'static str] {
        let Some(node) = self.value("points_at") else { return &[] };
        let Some(Ty::Node(kinds)) = &speaks.subject else {
            self.file.error(node.span, "an account has no attributes to point at", "leave `points_at` out");
            return &[];
        };
        let mut names = Vec::new();
        for (name, span) in self.file.strings(node, "an attribute") {
            let known = match (name.strip_prefix("it."), element) {
                (Some(field), Some(Ty::Record(record, _))) => field_of(record, field).map(|_| ()),
                _ => attribute(self.catalogue, kinds, name).map(|_| ()),
            };
            if let Err((message, help)) = known {
                self.file.error(span, message, help);
            }
            names.push(name);
        }
        leak::texts(&names)
    }

    pub(super) fn fix(&self, speaks: &Speaks, asked: Option<&Asked>) -> Fix {
        let Some(node) = self.value("fix") else { return Fix::None };
        let fields = self.file.fields(node, "`fix`", &["set", "safe", "snippet"]);
        let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
        match (value("set"), value("snippet")) {
            (Some(set), None) => {
                let safe = value("safe").and_then(|node| self.file.boolean(node, "`safe`"));
                if safe.is_none() {
                    self.file.error(
                        node.span,
                        "`fix` does not say if it is safe",
                        "write `safe: true` if nothing is replaced, stopped or paid",
                    );
                }
                let mut literals = Vec::new();
                for entry in self.file.mapping(set, "`set`") {
                    if let Some(literal) = self.file.literal(&entry.value, "a value") {
                        self.check_set(entry, literal, speaks, asked);
                        literals.push((leak::text(&entry.key), literal));
                    }
                }
                Fix::Set { set: leak::slice(literals), safe: safe.unwrap_or(false) }
            }
            (None, Some(snippet)) => {
                let mut snippets = Vec::new();
                for entry in self.file.mapping(snippet, "`snippet`") {
                    let language = self.language(&entry.key, entry.key_span);
                    let text = self.file.string(&entry.value, "a snippet").map(leak::text);
                    snippets.extend(language.zip(text));
                }
                Fix::Snippet(leak::slice(snippets))
            }
            _ => {
                self.file.error(
                    node.span,
                    "`fix` has either `set` or `snippet`",
                    "write `fix: {set: {attribute: value}, safe: true}`",
                );
                Fix::None
            }
        }
    }

    /// Checks an attribute of `set`, or a field of the element (`it.field`).
    fn check_set(
        &self,
        entry: &source::document::Entry,
        literal: Literal,
        speaks: &Speaks,
        asked: Option<&Asked>,
    ) {
        let element = asked.and_then(|asked| asked.element.as_ref());
        let ty = match (entry.key.strip_prefix("it."), &speaks.subject, element) {
            (Some(field), _, Some(Ty::Record(record, _))) => {
                field_of(record, field).map(|known| Ty::of(self.catalogue, known.ty, None))
            }
            (None, Some(Ty::Node(kinds)), _) => {
                attribute(self.catalogue, kinds, &entry.key).map(|info| info.ty)
            }
            _ => Err((
                format!("`{}` cannot be set", entry.key),
                "set attributes of the subject, or `it.field` of the element".into(),
            )),
        };
        let given = Ty::of_literal(literal);
        let wrong = match ty {
            Err(fault) => Some(fault),
            Ok(ty) => match (&ty, &given) {
                (Ty::Text(wanted), Ty::Text(given)) => wanted.disjoint(given),
                _ if given.fits(&ty) => None,
                _ => Some((
                    format!("this is {}, not {}", given.show(self.catalogue), ty.show(self.catalogue)),
                    "give a value of the attribute's type".into(),
                )),
            },
        };
        if let Some((message, help)) = wrong {
            self.file.error(entry.value.span, message, help);
        }
    }
}

/// The field of an element, or what is wrong with its name.
fn field_of<'r>(record: &'r Record, name: &str) -> Result<&'r Field, (String, String)> {
    record.fields.iter().find(|known| known.name == name).ok_or_else(|| {
        let help = suggest::help(name, record.fields.iter().map(|known| known.name));
        (format!("the element has no field `{name}`"), help)
    })
}

fn element_of(list: &Ty) -> Option<Ty> {
    match list {
        Ty::List(inner) => Some((**inner).clone()),
        _ => Some(Ty::Any),
    }
}
