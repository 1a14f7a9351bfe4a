//! Kinds and traits: their attributes and records, read from model files. Spellings come after all kinds are known.

use source::Span;
use source::document::{Entry, Node, NodeKind};

use crate::error::File;
use crate::facts::{EVERY_NODE, NODE_FACTS, RECORDS, REFERENCE_FACTS};
use crate::ir::{Field, Record, Type};
use crate::reader::{is_nothing, shape};
use crate::{leak, suggest, types};

/// Keys of a spelling, which attributes cannot be called.
pub(crate) const SPELLING_KEYS: &[&str] =
    &["terraform", "cloudformation", "joins", "within", "where", "under", "default", "preferred"];
/// Names that predicates give a meaning to.
const WORDS: &[&str] = &["in", "self", "it", "params", "raw", "true", "false", "null", "has", "size"];
const KIND_KEYS: &[&str] =
    &["service", "is", "identity", "ref", "records", "attributes", "default", "spelled"];
const ATTRIBUTE_KEYS: &[&str] = &[
    "type", "required", "else", "fold", "empty", "secret", "default", "incoming", "fact", "enum", "list",
    "map",
];

/// A trait as read.
pub(crate) struct TraitDraft<'f> {
    pub(crate) name: &'f str,
    pub(crate) attributes: Vec<AttributeDraft<'f>>,
    pub(crate) records: Vec<Record>,
}

/// A kind as read.
pub(crate) struct KindDraft<'f> {
    pub(crate) file: &'f File<'f>,
    pub(crate) name: &'f str,
    pub(crate) span: Span,
    pub(crate) service: &'f str,
    pub(crate) traits: Vec<(&'f str, Span)>,
    pub(crate) identity: Option<&'f Node>,
    pub(crate) reference: Option<&'f Node>,
    pub(crate) attributes: Vec<AttributeDraft<'f>>,
    pub(crate) records: Vec<Record>,
    pub(crate) default: Option<&'f Node>,
    pub(crate) spelled: Option<&'f Node>,
}

/// An attribute as read.
#[derive(Clone)]
pub(crate) struct AttributeDraft<'f> {
    pub(crate) file: &'f File<'f>,
    pub(crate) name: &'f str,
    pub(crate) span: Span,
    pub(crate) source: SourceDraft<'f>,
    pub(crate) required: bool,
    pub(crate) fold: bool,
    pub(crate) empty_is_absent: Option<bool>,
    pub(crate) secret: bool,
    /// Paths of attributes that hold where it is absent, in order.
    pub(crate) otherwise: Vec<(&'f str, Span)>,
    pub(crate) default: Option<&'f Node>,
    /// It was taken over from a trait.
    pub(crate) inherited: bool,
}

/// Where the value of an attribute comes from, as read.
#[derive(Clone)]
pub(crate) enum SourceDraft<'f> {
    Spelled(Type),
    Incoming(Vec<(&'f str, Span)>),
    Fact(&'static str, Type),
    ReferenceFact(&'static str, Type),
}

/// Reads a file of traits.
pub(crate) fn read_traits<'f>(file: &'f File<'f>, root: &'f Node) -> Vec<TraitDraft<'f>> {
    let mut traits = Vec::new();
    for entry in file.mapping(root, "the file of traits") {
        file.name(&entry.key, entry.key_span, '-', &[]);
        let fields =
            file.fields(&entry.value, &format!("the trait `{}`", entry.key), &["attributes", "records"]);
        let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
        let records = value("records").map(|node| read_records(file, node)).unwrap_or_default();
        let attributes = value("attributes").map(|node| read_attributes(file, node)).unwrap_or_default();
        traits.push(TraitDraft { name: entry.key.as_str(), attributes, records });
    }
    traits
}

/// Reads a model file.
pub(crate) fn read_kinds<'f>(file: &'f File<'f>, root: &'f Node) -> Vec<KindDraft<'f>> {
    file.mapping(root, "the model").iter().map(|entry| read_kind(file, entry)).collect()
}

fn read_kind<'f>(file: &'f File<'f>, entry: &'f Entry) -> KindDraft<'f> {
    file.name(&entry.key, entry.key_span, '-', &[]);
    let fields = file.fields(&entry.value, &format!("the kind `{}`", entry.key), KIND_KEYS);
    let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
    KindDraft {
        file,
        name: entry.key.as_str(),
        span: entry.key_span,
        service: value("service").and_then(|node| file.string(node, "`service`")).unwrap_or(""),
        traits: value("is").map(|node| file.strings(node, "a trait")).unwrap_or_default(),
        identity: value("identity"),
        reference: value("ref"),
        attributes: value("attributes").map(|node| read_attributes(file, node)).unwrap_or_default(),
        records: value("records").map(|node| read_records(file, node)).unwrap_or_default(),
        default: value("default"),
        spelled: value("spelled"),
    }
}

fn read_attributes<'f>(file: &'f File<'f>, node: &'f Node) -> Vec<AttributeDraft<'f>> {
    file.mapping(node, "`attributes`").iter().filter_map(|entry| read_attribute(file, entry)).collect()
}

fn read_attribute<'f>(file: &'f File<'f>, entry: &'f Entry) -> Option<AttributeDraft<'f>> {
    let name = entry.key.as_str();
    let of_all: Vec<&str> = EVERY_NODE.iter().map(|known| known.name).collect();
    if of_all.contains(&name) {
        let help = "rules may ask it already; call an attribute of the service differently";
        file.error(entry.key_span, format!("every resource has the attribute `{name}`"), help);
        return None;
    }
    file.name(name, entry.key_span, '_', &[SPELLING_KEYS, WORDS].concat());
    let mut draft = AttributeDraft {
        file,
        name,
        span: entry.key_span,
        source: SourceDraft::Spelled(Type::Any),
        required: false,
        fold: false,
        empty_is_absent: None,
        secret: false,
        otherwise: Vec::new(),
        default: None,
        inherited: false,
    };
    let is_options = |key: &str| !matches!(key, "enum" | "list" | "map");
    let options = entry.value.entries().iter().any(|option| is_options(&option.key));
    if !matches!(entry.value.kind, NodeKind::Mapping(_)) || !options {
        if is_nothing(&entry.value) {
            let help =
                "write a type: bool, number, string, {enum: […]}, cidr, policy, ref KIND, list<…>, map<…>";
            file.error(entry.key_span, format!("`{name}` has no type"), help);
            return Some(draft);
        }
        draft.source = SourceDraft::Spelled(types::read(file, &entry.value).unwrap_or(Type::Any));
        return Some(draft);
    }
    // What is wrong was reported; the attribute stays, so that nobody misses it.
    let _ = read_options(file, entry, &mut draft);
    Some(draft)
}

fn read_options<'f>(file: &'f File<'f>, entry: &'f Entry, draft: &mut AttributeDraft<'f>) -> Option<()> {
    let options = file.fields(&entry.value, &format!("the attribute `{}`", entry.key), ATTRIBUTE_KEYS);
    let mut typed = false;
    for option in options {
        let (node, key) = (&option.value, option.key.as_str());
        match key {
            "type" => {
                draft.source = SourceDraft::Spelled(types::read(file, node)?);
                typed = true;
            }
            "enum" | "list" | "map" => {
                let help = format!("write `{{type: {{{key}: …}}, …}}`");
                file.error(option.key_span, format!("`{key}` stands beside other keys"), help);
                return None;
            }
            "incoming" => {
                draft.source = SourceDraft::Incoming(file.strings(node, "`kind.attribute`"));
                typed = true;
            }
            "fact" => {
                draft.source = read_fact(file, node)?;
                typed = true;
            }
            "required" => draft.required = file.boolean(node, "`required`")?,
            "fold" => draft.fold = file.boolean(node, "`fold`")?,
            "secret" => draft.secret = file.boolean(node, "`secret`")?,
            "empty" => draft.empty_is_absent = Some(read_empty(file, node)?),
            "else" => draft.otherwise = file.strings(node, "a path of `else`"),
            "default" => draft.default = Some(node),
            // An unknown key, reported already.
            _ => {}
        }
    }
    if !typed {
        file.error(entry.key_span, format!("`{}` has no type", entry.key), "write `{type: …}`");
        return None;
    }
    if !matches!(draft.source, SourceDraft::Spelled(_)) && options.len() > 1 {
        let message = format!("`{}` is computed and takes no options", entry.key);
        file.error(entry.key_span, message, "write only `{incoming: […]}` or `{fact: name}`");
    }
    Some(())
}

fn read_empty(file: &File<'_>, node: &Node) -> Option<bool> {
    match file.string(node, "`empty`")? {
        "absent" => Some(true),
        "given" => Some(false),
        _ => {
            file.error(
                node.span,
                "`empty` is `absent` or `given`",
                "`empty: absent`: an empty text counts as not written",
            );
            None
        }
    }
}

fn read_fact(file: &File<'_>, node: &Node) -> Option<SourceDraft<'static>> {
    let name = file.string(node, "`fact`")?;
    if let Some(fact) = NODE_FACTS.iter().find(|fact| fact.name == name) {
        return Some(SourceDraft::Fact(fact.name, fact.ty));
    }
    if let Some(fact) = REFERENCE_FACTS.iter().find(|fact| fact.name == name) {
        return Some(SourceDraft::ReferenceFact(fact.name, fact.ty));
    }
    let names: Vec<&str> = NODE_FACTS.iter().chain(REFERENCE_FACTS).map(|fact| fact.name).collect();
    file.error(node.span, format!("there is no fact `{name}`"), suggest::help(name, names));
    None
}

fn read_records(file: &File<'_>, node: &Node) -> Vec<Record> {
    let mut records = Vec::new();
    for entry in file.mapping(node, "`records`") {
        file.name(&entry.key, entry.key_span, '-', &[]);
        if RECORDS.iter().any(|record| record.name == entry.key.as_str()) {
            let message = format!("`{}` is a record of the facts", entry.key);
            file.error(entry.key_span, message, "choose another name");
        }
        let what = format!("the record `{}`", entry.key);
        let parts = file.fields(&entry.value, &what, &["key", "fields"]);
        let value = |key: &str| parts.iter().find(|part| part.key == key).map(|part| &part.value);
        let Some(fields) = value("fields") else {
            file.error(
                entry.key_span,
                format!("{what} has no `fields`"),
                "write `{key: […], fields: {name: type}}`",
            );
            continue;
        };
        let mut fields: Vec<Field> =
            file.mapping(fields, "`fields`").iter().filter_map(|field| read_field(file, field)).collect();
        fields.sort_by_key(|field| field.name);
        let mut key = Vec::new();
        for (name, span) in value("key").map(|node| file.strings(node, "`key`")).unwrap_or_default() {
            if !fields.iter().any(|field| field.name == name) {
                let help = suggest::help(name, fields.iter().map(|field| field.name));
                file.error(span, format!("{what} has no field `{name}`"), help);
            }
            key.push(leak::text(name));
        }
        records.push(Record {
            name: leak::text(&entry.key),
            key: leak::slice(key),
            fields: leak::slice(fields),
        });
    }
    records
}

fn read_field(file: &File<'_>, entry: &Entry) -> Option<Field> {
    file.name(&entry.key, entry.key_span, '_', &[WORDS, &["each", "through"]].concat());
    let mut field = Field { name: leak::text(&entry.key), ty: Type::Any, default: None, secret: false };
    let options = entry.value.entries().iter().any(|option| option.key == "type");
    if !options {
        if is_nothing(&entry.value) {
            file.error(entry.key_span, format!("the field `{}` has no type", entry.key), "write a type");
            return None;
        }
        field.ty = types::read(file, &entry.value)?;
        return Some(field);
    }
    let mut default = None;
    for option in
        file.fields(&entry.value, &format!("the field `{}`", entry.key), &["type", "default", "secret"])
    {
        match option.key.as_str() {
            "type" => field.ty = types::read(file, &option.value)?,
            "secret" => field.secret = file.boolean(&option.value, "`secret`")?,
            _ => default = Some(&option.value),
        }
    }
    if let Some(node) = default {
        let literal = file.literal(node, "`default`")?;
        if !types::admits(field.ty, literal) {
            let message = format!("the default is {}, the type {}", shape(node), types::show(field.ty));
            file.error(node.span, message, "give a value of the type");
        }
        field.default = Some(literal);
    }
    Some(field)
}
