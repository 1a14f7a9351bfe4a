//! The twelve ways in which a spelling reads an attribute or a field ([`How`]), checked against its type.

use source::Span;
use source::document::{Entry, Node, NodeKind};

use crate::error::File;
use crate::ir::{How, Language, Literal, Path, Record, Step, Type};
use crate::path;
use crate::{leak, suggest, types};

/// Deepest nesting of what is read.
const DEPTH: usize = 8;
const FORMS: &[&str] = &[
    "follow", "json", "each", "pairs", "one_of", "set_of", "present", "const", "any", "first", "self_if",
    "path",
];

/// Reads how attributes of one spelling are read.
pub(crate) struct HowReader<'r> {
    pub(crate) file: &'r File<'r>,
    pub(crate) language: Language,
    /// Records that field types may name.
    pub(crate) records: &'r [Record],
    /// Names of the kind and its traits: what `self_if` is a reference to.
    pub(crate) names: &'r [&'static str],
}

/// Where paths start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Base<'r> {
    pub(crate) under: &'r [Step],
    /// `^` may be used: paths start in the resource itself, not in an element or another resource.
    pub(crate) rooted: bool,
    pub(crate) depth: usize,
}

impl Base<'_> {
    fn inside(self) -> Base<'static> {
        Base { under: &[], rooted: false, depth: self.depth + 1 }
    }

    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

/// The parts of a mapping that is a way of reading.
struct Form<'n> {
    span: Span,
    name: &'static str,
    value: &'n Node,
    rest: Vec<&'n Entry>,
}

impl HowReader<'_> {
    /// Reads how a value of type `ty` is read.
    pub(crate) fn read(&self, node: &Node, ty: Type, base: Base<'_>) -> Option<How> {
        self.file.refuse_tag(node);
        if base.depth > DEPTH {
            self.file.error(node.span, "this is nested too deeply", format!("at most {DEPTH} levels"));
            return None;
        }
        match &node.kind {
            NodeKind::Scalar(_) => {
                let path = self.path(node, base)?;
                match record_of(ty) {
                    Some(name) => self.each_own(path, name, node.span),
                    None => Some(How::Path(path)),
                }
            }
            NodeKind::Sequence(items) => {
                if !matches!(ty, Type::List(_) | Type::Any) {
                    let message =
                        format!("a list of ways to read gives a list, the type is {}", types::show(ty));
                    self.file.error(node.span, message, "write `{first: […]}` for the first that is there");
                    return None;
                }
                let hows = items
                    .iter()
                    .map(|item| self.read(item, ty, base.deeper()))
                    .collect::<Option<Vec<_>>>()?;
                Some(How::Concat(leak::slice(hows)))
            }
            NodeKind::Mapping(entries) => {
                self.file.mapping(node, "a way to read");
                self.mapping(node.span, &entries.iter().collect::<Vec<_>>(), ty, base)
            }
        }
    }

    fn mapping(&self, span: Span, entries: &[&Entry], ty: Type, base: Base<'_>) -> Option<How> {
        let found =
            FORMS.iter().find_map(|form| Some((*form, entries.iter().find(|entry| entry.key == *form)?)));
        let Some((name, entry)) = found else {
            let help = match entries.first() {
                Some(entry) => suggest::help(&entry.key, FORMS.iter().copied()),
                None => "write a path".to_owned(),
            };
            self.file.error(span, "this is no way to read a value", help);
            return None;
        };
        let rest = entries.iter().filter(|other| other.key != name).copied().collect();
        let form = Form { span, name, value: &entry.value, rest };
        match name {
            "follow" => {
                let path = self.path(form.value, base)?;
                let how = self.mapping(span, &form.rest, ty, base.inside())?;
                Some(How::Follow { path, how: leak::value(how) })
            }
            "json" => {
                let path = self.path(form.value, base)?;
                let how = self.mapping(span, &form.rest, ty, base.inside())?;
                Some(How::Json { path, how: leak::value(how) })
            }
            "each" => self.each(&form, ty, base),
            "pairs" => self.pairs(&form, ty, base),
            "path" => self.renamed(&form, ty, base),
            _ => self.simple(&form, ty, base),
        }
    }

    /// The forms that take one value and nothing besides.
    fn simple(&self, form: &Form<'_>, ty: Type, base: Base<'_>) -> Option<How> {
        let known: &[&str] = if form.name == "present" { &["present", "as"] } else { &[form.name] };
        for entry in &form.rest {
            if !known.contains(&entry.key.as_str()) {
                self.file.unknown_key(entry, &format!("`{{{}: …}}`", form.name), known.iter().copied());
            }
        }
        match form.name {
            "present" => self
                .expect(form, ty, matches!(ty, Type::Bool | Type::Any))
                .and_then(|()| Some(How::Present(self.path(form.value, base)?))),
            "self_if" => {
                let own = match ty {
                    Type::Ref(names) => {
                        names.is_empty() || names.iter().any(|name| self.names.contains(name))
                    }
                    _ => false,
                };
                self.expect(form, ty, own).and_then(|()| Some(How::SelfIf(self.path(form.value, base)?)))
            }
            "const" => {
                let literal = self.file.literal(form.value, "a constant")?;
                self.expect(form, ty, types::admits(ty, literal) || literal == Literal::Null)?;
                Some(How::Const(literal))
            }
            "any" => {
                self.expect(form, ty, matches!(ty, Type::Bool | Type::Any))?;
                Some(How::Any(self.list(form.value, Type::Bool, base)?))
            }
            "first" => Some(How::First(self.list(form.value, ty, base)?)),
            "one_of" => {
                let mut choices = Vec::new();
                for entry in self.file.mapping(form.value, "`one_of`") {
                    let name = leak::text(&entry.key);
                    self.expect_value(entry, ty, Literal::String(name));
                    choices.push((name, self.path(&entry.value, base)?));
                }
                Some(How::OneOf(leak::slice(choices)))
            }
            _ => {
                let Type::List(inner) = ty else {
                    return self.expect(form, ty, false).map(|()| How::SetOf(&[]));
                };
                let mut members = Vec::new();
                for entry in self.file.mapping(form.value, "`set_of`") {
                    let name = leak::text(&entry.key);
                    self.expect_value(entry, *inner, Literal::String(name));
                    members.push((name, self.read(&entry.value, Type::Bool, base.deeper())?));
                }
                Some(How::SetOf(leak::slice(members)))
            }
        }
    }

    fn list(&self, node: &Node, ty: Type, base: Base<'_>) -> Option<&'static [How]> {
        let items = self.file.sequence(node, "this");
        let hows = items.iter().map(|item| self.read(item, ty, base.deeper())).collect::<Option<Vec<_>>>()?;
        Some(leak::slice(hows))
    }

    fn renamed(&self, form: &Form<'_>, ty: Type, base: Base<'_>) -> Option<How> {
        let path = self.path(form.value, base)?;
        let mut pairs = Vec::new();
        for entry in &form.rest {
            if entry.key != "map" {
                self.file.unknown_key(entry, "`{path: …}`", ["map"].into_iter());
                continue;
            }
            for renamed in self.file.mapping(&entry.value, "`map`") {
                let to = self.file.literal(&renamed.value, "a value of `map`")?;
                if to != Literal::Null {
                    self.expect_value(renamed, ty, to);
                }
                pairs.push((key_literal(&renamed.key), to));
            }
        }
        if pairs.is_empty() { Some(How::Path(path)) } else { Some(How::Rename(path, leak::slice(pairs))) }
    }

    fn pairs(&self, form: &Form<'_>, ty: Type, base: Base<'_>) -> Option<How> {
        self.expect(form, ty, matches!(ty, Type::Map(_) | Type::Any))?;
        let path = self.path(form.value, base)?;
        let (mut key, mut value) = (None, None);
        for entry in &form.rest {
            match entry.key.as_str() {
                "key" => key = self.file.string(&entry.value, "`key`").map(leak::text),
                "value" => value = self.file.string(&entry.value, "`value`").map(leak::text),
                _ => self.file.unknown_key(entry, "`{pairs: …}`", ["key", "value"].into_iter()),
            }
        }
        let (Some(key), Some(value)) = (key, value) else {
            self.file.error(
                form.span,
                "`pairs` lacks `key` or `value`",
                "write `{pairs: path, key: Name, value: Value}`",
            );
            return None;
        };
        Some(How::Pairs { path, key, value })
    }

    fn each(&self, form: &Form<'_>, ty: Type, base: Base<'_>) -> Option<How> {
        let path = self.path(form.value, base)?;
        let mut through = Vec::new();
        let through_entry = form.rest.iter().find(|entry| entry.key == "through");
        for (text, span) in
            through_entry.map(|entry| self.file.strings(&entry.value, "`through`")).unwrap_or_default()
        {
            through.push(self.parse_path(text, span, base.inside())?);
        }
        let rest: Vec<&Entry> = form.rest.iter().filter(|entry| entry.key != "through").copied().collect();
        let fields = match (record_of(ty), ty) {
            (Some(name), _) => self.fields(form.span, name, &rest, base)?,
            (None, Type::List(_) | Type::Any) => {
                for entry in &rest {
                    self.file.error(
                        entry.key_span,
                        format!("`{}`: the elements are no records", entry.key),
                        "declare a record of the kind and make the attribute a list of it",
                    );
                }
                &[]
            }
            (None, _) => return self.expect(form, ty, false).map(|()| How::Concat(&[])),
        };
        Some(How::Each { path, through: leak::slice(through), fields })
    }

    /// Fields of a record; those that are left out have their own name in the language.
    fn fields(
        &self,
        span: Span,
        record: &'static str,
        written: &[&Entry],
        base: Base<'_>,
    ) -> Option<&'static [(&'static str, How)]> {
        let record = self.records.iter().find(|known| known.name == record)?;
        for entry in written {
            if !record.fields.iter().any(|field| field.name == entry.key.as_str()) {
                let what = format!("the record `{}`", record.name);
                self.file.unknown_key(entry, &what, record.fields.iter().map(|field| field.name));
            }
        }
        let mut fields = Vec::new();
        for field in record.fields {
            let how = match written.iter().find(|entry| entry.key == field.name) {
                Some(entry) if is_none(&entry.value) => continue,
                Some(entry) => self.read(&entry.value, field.ty, base.inside())?,
                None => self.own(field.name, field.ty, &[], span)?,
            };
            fields.push((field.name, how));
        }
        Some(leak::slice(fields))
    }

    /// What is read where the spelling does not say: the attribute's own name.
    pub(crate) fn own(&self, name: &str, ty: Type, under: &[Step], span: Span) -> Option<How> {
        let own = Step::Name(path::own_name(name, self.language));
        let path: Path = leak::slice(under.iter().copied().chain([own]).collect());
        match record_of(ty) {
            Some(record) => self.each_own(path, record, span),
            None => Some(How::Path(path)),
        }
    }

    fn each_own(&self, path: Path, record: &'static str, span: Span) -> Option<How> {
        let base = Base { under: &[], rooted: false, depth: 0 };
        let fields = self.fields(span, record, &[], base)?;
        Some(How::Each { path, through: &[], fields })
    }

    fn path(&self, node: &Node, base: Base<'_>) -> Option<Path> {
        let text = self.file.string(node, "a path")?;
        self.parse_path(text, node.span, base)
    }

    fn parse_path(&self, text: &str, span: Span, base: Base<'_>) -> Option<Path> {
        match path::parse(text) {
            Ok(written) if written.from_root && !base.rooted => {
                self.file.error(
                    span,
                    format!("`{text}`: `^` has no meaning in here"),
                    "paths start at the element",
                );
                None
            }
            Ok(written) => Some(written.below(base.under)),
            Err(message) => {
                self.file.error(
                    span,
                    message,
                    "paths are `block.attribute`, `list[0]`, `list[Key=text].Value`, `.`",
                );
                None
            }
        }
    }

    fn expect(&self, form: &Form<'_>, ty: Type, fits: bool) -> Option<()> {
        if !fits {
            let message = format!("`{{{}: …}}` does not give {}", form.name, types::show(ty));
            self.file.error(form.span, message, "docs/model-grammar.md says what each way of reading gives");
        }
        fits.then_some(())
    }

    fn expect_value(&self, entry: &Entry, ty: Type, literal: Literal) {
        if !types::admits(ty, literal) {
            let message = format!("{} is no value of {}", types::show_literal(literal), types::show(ty));
            let help = match (ty, literal) {
                (Type::Enum(values), Literal::String(text)) => suggest::help(text, values.iter().copied()),
                _ => "change the value or the type".to_owned(),
            };
            self.file.error(entry.value.span, message, help);
        }
    }
}

/// `none`: the language cannot spell it.
pub(crate) fn is_none(node: &Node) -> bool {
    node.tag.is_none() && node.text().is_some_and(|text| text == "none")
}

/// The record that a list has as elements.
pub(crate) fn record_of(ty: Type) -> Option<&'static str> {
    match ty {
        Type::List(Type::Record(name)) => Some(name),
        _ => None,
    }
}

/// Keys of `map` are values of the source: booleans and numbers as well as texts.
fn key_literal(key: &str) -> Literal {
    match key {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        _ if crate::reader::is_number(key) => Literal::Number(leak::text(key)),
        _ => Literal::String(leak::text(key)),
    }
}
