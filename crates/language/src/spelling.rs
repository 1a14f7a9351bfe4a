//! How each language spells a kind: main spellings and satellites, what they read, their defaults. An attribute that a
//! main spelling leaves out has its own name there, unless a satellite of the language reads it.

use source::Span;
use source::document::{Entry, Node, NodeKind};

use crate::how::{Base, HowReader, is_none};
use crate::ir::{
    AttrId, Attribute, AttributeSource, Catalogue, Default, Filter, How, Kind, Language, Literal, Path,
    Program, Spelling, Step, TemplatePart, Type, Within,
};
use crate::model::{AttributeDraft, KindDraft, SPELLING_KEYS};
use crate::predicate::ty::Ty;
use crate::predicate::{Context, Parsed, Purpose};
use crate::{leak, path, suggest, types};

/// What `read` makes: all spellings of the kind and its attributes with their defaults.
pub(crate) struct Spelled {
    pub(crate) spellings: &'static [Spelling],
    pub(crate) attributes: &'static [Attribute],
}

/// A spelling as read: what it says of each attribute, before implied names are added.
struct Draft {
    spelling: Spelling,
    under: Vec<Step>,
    reads: Vec<(AttrId, How)>,
    /// Attributes that it cannot spell.
    without: Vec<AttrId>,
    span: Span,
}

impl Draft {
    fn mentions(&self, attribute: AttrId) -> bool {
        self.without.contains(&attribute) || self.reads.iter().any(|(read, _)| *read == attribute)
    }

    fn is_main(&self) -> bool {
        self.spelling.joins.is_empty()
    }
}

struct Reader<'r, 'f> {
    catalogue: &'r Catalogue,
    draft: &'r KindDraft<'f>,
    kind: &'r Kind,
    names: Vec<&'static str>,
}

/// Reads the spellings and defaults of a kind.
pub(crate) fn read(
    catalogue: &Catalogue,
    draft: &KindDraft<'_>,
    added: &[AttributeDraft<'_>],
    kind: &Kind,
) -> Spelled {
    let names = kind.traits.iter().copied().chain([kind.name]).collect();
    let reader = Reader { catalogue, draft, kind, names };
    let mut attributes = kind.attributes.to_vec();
    for own in added {
        if let Some(node) = own.default
            && let Some(attribute) = attributes.iter_mut().find(|attribute| attribute.name == own.name)
        {
            attribute.default = reader.default(node, attribute);
        }
    }
    for entry in draft.default.map(|node| draft.file.mapping(node, "`default`")).unwrap_or_default() {
        if let Some((at, attribute)) = reader.attribute(entry) {
            let default = reader.default(&entry.value, attribute);
            if let Some(own) = attributes.get_mut(at.0 as usize) {
                own.default = default;
            }
        }
    }
    let mut drafts: Vec<Draft> = Vec::new();
    let items = draft.spelled.map(|node| draft.file.sequence(node, "`spelled`")).unwrap_or_default();
    for item in items {
        drafts.extend(reader.spelling(item));
    }
    if draft.spelled.is_none() && kind.spellings.is_empty() {
        let help = "write `spelled:` with one entry for each resource type";
        draft.file.error(draft.span, format!("no language spells `{}`", draft.name), help);
    }
    reader.imply(&mut drafts);
    let mut spellings = kind.spellings.to_vec();
    spellings.extend(drafts.into_iter().map(|mut draft| {
        draft.reads.sort_by_key(|(attribute, _)| *attribute);
        Spelling { reads: leak::slice(draft.reads), ..draft.spelling }
    }));
    Spelled { spellings: leak::slice(spellings), attributes: leak::slice(attributes) }
}

impl Reader<'_, '_> {
    fn spelling(&self, node: &Node) -> Option<Draft> {
        let file = self.draft.file;
        let entries = file.mapping(node, "a spelling");
        let value = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        let (language, types) = match (value("terraform"), value("cloudformation")) {
            (Some(types), None) => (Language::Terraform, types),
            (None, Some(types)) => (Language::CloudFormation, types),
            _ => {
                let help = "write `- terraform: aws_x` or `- cloudformation: \"AWS::X::Y\"`";
                file.error(node.span, "a spelling names one language", help);
                return None;
            }
        };
        let types: Vec<&str> = file
            .strings(types, "a resource type")
            .into_iter()
            .filter(|(name, span)| self.check_type(language, name, *span))
            .map(|(name, _)| name)
            .collect();
        let under = value("under").and_then(|node| self.path(node)).unwrap_or(&[]);
        let joins = value("joins").and_then(|node| self.path(node)).unwrap_or(&[]);
        let within = value("within").map(|node| self.within(node, !joins.is_empty()));
        let mut draft = Draft {
            spelling: Spelling {
                language,
                types: leak::texts(&types),
                joins,
                within: within.unwrap_or(Within::Stack),
                filter: value("where").map(|node| self.filters(node)).unwrap_or_default(),
                under: &[],
                defaults: value("default").map(|node| self.defaults(node)).unwrap_or_default(),
                preferred: value("preferred").map(|node| self.preferred(node)).unwrap_or_default(),
                reads: &[],
            },
            under: under.to_vec(),
            reads: Vec::new(),
            without: Vec::new(),
            span: node.span,
        };
        for entry in entries.iter().filter(|entry| !SPELLING_KEYS.contains(&entry.key.as_str())) {
            self.read_attribute(entry, &mut draft);
        }
        Some(draft)
    }

    fn read_attribute(&self, entry: &Entry, draft: &mut Draft) {
        let Some((at, attribute)) = self.attribute(entry) else { return };
        if !matches!(attribute.source, AttributeSource::Spelled) {
            let message = format!("`{}` is computed, no spelling gives it", attribute.name);
            self.draft.file.error(entry.key_span, message, "leave it out");
            return;
        }
        if is_none(&entry.value) {
            draft.without.push(at);
            return;
        }
        let base = Base { under: &draft.under, rooted: true, depth: 0 };
        if let Some(how) = self.hows(draft.spelling.language).read(&entry.value, attribute.ty, base) {
            draft.reads.push((at, how));
        }
    }

    fn hows(&self, language: Language) -> HowReader<'_> {
        HowReader { file: self.draft.file, language, records: self.kind.records, names: &self.names }
    }

    /// Adds the reads that main spellings leave unsaid.
    fn imply(&self, drafts: &mut [Draft]) {
        for (at, attribute) in self.kind.attributes.iter().enumerate() {
            let Ok(id) = u16::try_from(at).map(AttrId) else { continue };
            if !matches!(attribute.source, AttributeSource::Spelled) {
                continue;
            }
            for index in 0..drafts.len() {
                let Some(draft) = drafts.get(index) else { continue };
                let language = draft.spelling.language;
                let same_language = |other: &Draft| other.spelling.language == language;
                let same_type =
                    |other: &Draft| other.spelling.types.iter().any(|ty| draft.spelling.types.contains(ty));
                let elsewhere = drafts.iter().enumerate().any(|(other_index, other)| {
                    other_index != index
                        && same_language(other)
                        && (other.mentions(id) && (!other.is_main() || same_type(other)))
                });
                // A satellite that users add to a built-in kind, or one that was there before.
                let built_in = self.kind.spellings.iter().any(|other| {
                    other.language == language && other.reads.iter().any(|(read, _)| *read == id)
                });
                if !draft.is_main() || draft.mentions(id) || elsewhere || built_in {
                    continue;
                }
                let how = self.hows(language).own(attribute.name, attribute.ty, &draft.under, draft.span);
                if let (Some(draft), Some(how)) = (drafts.get_mut(index), how) {
                    draft.reads.push((id, how));
                }
            }
        }
    }

    fn check_type(&self, language: Language, name: &str, span: Span) -> bool {
        let fits = match language {
            Language::Terraform => {
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            }
            Language::CloudFormation => name.contains("::"),
        };
        if !fits {
            let help =
                "Terraform types are like `aws_s3_bucket`, CloudFormation types like `\"AWS::S3::Bucket\"`";
            self.draft.file.error(span, format!("`{name}` is no resource type of this language"), help);
        }
        fits
    }

    fn within(&self, node: &Node, satellite: bool) -> Within {
        let file = self.draft.file;
        if !satellite {
            file.error(node.span, "`within` without `joins`", "only satellites have a subject to be near to");
        }
        match file.string(node, "`within`") {
            Some("account") => Within::Account,
            Some("stack") | None => Within::Stack,
            Some(other) => {
                file.error(
                    node.span,
                    format!("`within: {other}` has no meaning"),
                    "write `stack` or `account`",
                );
                Within::Stack
            }
        }
    }

    fn path(&self, node: &Node) -> Option<Path> {
        let text = self.draft.file.string(node, "a path")?;
        match path::parse(text) {
            Ok(written) if !written.from_root && !written.steps.is_empty() => {
                Some(leak::slice(written.steps))
            }
            Ok(_) => {
                self.draft.file.error(
                    node.span,
                    format!("`{text}` cannot stand here"),
                    "this path starts at the resource: leave out `^` and `.`",
                );
                None
            }
            Err(message) => {
                self.draft.file.error(
                    node.span,
                    message,
                    "paths are `block.attribute`, `list[0]`, `list[Key=text].Value`",
                );
                None
            }
        }
    }

    fn parse_filter_path(&self, text: &str, span: Span) -> Option<Path> {
        match path::parse(text) {
            Ok(written) => Some(leak::slice(written.steps)),
            Err(message) => {
                self.draft.file.error(
                    span,
                    message,
                    "paths are `block.attribute`, `list[0]`, `list[Key=text].Value`",
                );
                None
            }
        }
    }

    fn filters(&self, node: &Node) -> &'static [Filter] {
        let file = self.draft.file;
        let mut filters = Vec::new();
        for entry in file.mapping(node, "`where`") {
            if matches!(entry.key.as_str(), "present" | "absent") {
                for (text, span) in file.strings(&entry.value, "a path") {
                    let made = if entry.key == "present" { Filter::Present } else { Filter::Absent };
                    filters.extend(self.parse_filter_path(text, span).map(made));
                }
                continue;
            }
            let Some(path) = self.parse_filter_path(&entry.key, entry.key_span) else { continue };
            let (node, differs) = match &entry.value.kind {
                NodeKind::Mapping(_) => {
                    let parts = file.fields(&entry.value, "a filter", &["not"]);
                    let Some(part) = parts.first() else { continue };
                    (&part.value, true)
                }
                _ => (&entry.value, false),
            };
            let literals: Vec<&Node> = if differs && matches!(node.kind, NodeKind::Sequence(_)) {
                node.items().iter().collect()
            } else {
                vec![node]
            };
            for node in literals {
                match file.literal(node, "a filter") {
                    Some(Literal::List(_)) => {
                        let help = "write one spelling for each value, or `{not: […]}` for all others";
                        file.error(node.span, "a filter compares with one value", help);
                    }
                    Some(literal) if differs => filters.push(Filter::Differs(path, literal)),
                    Some(literal) => filters.push(Filter::Equals(path, literal)),
                    None => {}
                }
            }
        }
        leak::slice(filters)
    }

    fn defaults(&self, node: &Node) -> &'static [(AttrId, Default)] {
        let mut defaults = Vec::new();
        for entry in self.draft.file.mapping(node, "`default`") {
            if let Some((at, attribute)) = self.attribute(entry)
                && let Some(default) = self.default(&entry.value, attribute)
            {
                defaults.push((at, default));
            }
        }
        defaults.sort_by_key(|(at, _)| *at);
        leak::slice(defaults)
    }

    fn preferred(&self, node: &Node) -> &'static [AttrId] {
        let strings = self.draft.file.strings(node, "an attribute");
        leak::slice(
            strings.into_iter().filter_map(|(name, span)| self.named(name, span)).map(|(at, _)| at).collect(),
        )
    }

    fn attribute(&self, entry: &Entry) -> Option<(AttrId, &'static Attribute)> {
        self.named(&entry.key, entry.key_span)
    }

    fn named(&self, name: &str, span: Span) -> Option<(AttrId, &'static Attribute)> {
        let found = self.kind.attribute(name);
        if found.is_none() {
            let names: Vec<&str> = self
                .kind
                .attributes
                .iter()
                .map(|attribute| attribute.name)
                .chain(SPELLING_KEYS.iter().copied())
                .collect();
            self.draft.file.error(
                span,
                format!("`{}` has no attribute `{name}`", self.draft.name),
                suggest::help(name, names),
            );
        }
        found
    }

    fn default(&self, node: &Node, attribute: &Attribute) -> Option<Default> {
        let file = self.draft.file;
        match &node.kind {
            NodeKind::Mapping(_) => {
                let parts = file.fields(node, "a default", &["unknown"]);
                let reason = file.string(&parts.first()?.value, "the reason")?;
                Some(Default::Unknown(leak::text(reason)))
            }
            NodeKind::Sequence(items)
                if items.iter().any(|item| matches!(item.kind, NodeKind::Mapping(_))) =>
            {
                let cases: Vec<(Program, Literal)> =
                    items.iter().filter_map(|item| self.case(item, attribute)).collect();
                Some(Default::Cases(leak::slice(cases)))
            }
            _ => {
                let literal = file.literal(node, "a default")?;
                self.check_literal(node, literal, attribute.ty);
                Some(Default::Literal(literal))
            }
        }
    }

    /// `{if: CEL, value: literal}`; without `if`, always.
    fn case(&self, node: &Node, attribute: &Attribute) -> Option<(Program, Literal)> {
        let file = self.draft.file;
        let parts = file.fields(node, "a conditional default", &["if", "value"]);
        let value = |key: &str| parts.iter().find(|part| part.key == key).map(|part| &part.value);
        let Some(literal_node) = value("value") else {
            file.error(
                node.span,
                "a conditional default lacks `value`",
                "write `- {if: 'has(self.x)', value: literal}`",
            );
            return None;
        };
        let literal = file.literal(literal_node, "a default")?;
        self.check_literal(literal_node, literal, attribute.ty);
        let condition = value("if");
        let text = match condition {
            Some(condition) => file.string(condition, "`if`")?,
            None => "true",
        };
        let id = self.catalogue.kind_named(self.kind.name)?;
        let subject = Some(Ty::Node(vec![id]));
        let context =
            Context { catalogue: self.catalogue, subject, it: None, params: &[], spelled_only: true };
        match Parsed::new(text).and_then(|parsed| parsed.lower(&context, Purpose::Case, &[])) {
            Ok((program, _)) => Some((program, literal)),
            Err(fault) => {
                let at = condition.map_or(node.span.start, |node| file.offset_in(node, fault.span.0));
                file.error(Span { start: at, end: at }, fault.message, fault.help);
                None
            }
        }
    }

    fn check_literal(&self, node: &Node, literal: Literal, ty: Type) {
        if literal != Literal::Null && !types::admits(ty, literal) {
            let message = format!("{} is no value of {}", types::show_literal(literal), types::show(ty));
            let help = match (ty, literal) {
                (Type::Enum(values), Literal::String(text)) => suggest::help(text, values.iter().copied()),
                (Type::String | Type::Enum(_), _) => "quote it".to_owned(),
                _ => "change the value or the type".to_owned(),
            };
            self.draft.file.error(node.span, message, help);
        }
    }
}

/// The kind with more attributes than `before`: ids of attributes are moved to their new places.
pub(crate) fn move_attributes(before: &Kind, after: Kind) -> Kind {
    let moved = |id: AttrId| {
        let name = before.attributes.get(id.0 as usize).map_or("", |attribute| attribute.name);
        after.attribute(name).map_or(id, |(at, _)| at)
    };
    let spellings = before.spellings.iter().map(|spelling| Spelling {
        defaults: leak::slice(spelling.defaults.iter().map(|(id, default)| (moved(*id), *default)).collect()),
        preferred: leak::slice(spelling.preferred.iter().map(|id| moved(*id)).collect()),
        reads: leak::slice(spelling.reads.iter().map(|(id, how)| (moved(*id), *how)).collect()),
        ..*spelling
    });
    let arn = before.identity_arn.iter().map(|part| match part {
        TemplatePart::Attribute(id) => TemplatePart::Attribute(moved(*id)),
        other => *other,
    });
    Kind {
        identity_name: before.identity_name.map(moved),
        identity_arn: leak::slice(arn.collect()),
        reference: before.reference.map(moved),
        spellings: leak::slice(spellings.collect()),
        ..after
    }
}
