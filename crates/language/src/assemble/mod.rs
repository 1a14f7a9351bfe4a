//! From drafts to kinds: traits taken over, attributes typed and sorted, then spellings and defaults. Ids of kinds are
//! fixed first, so that everything else may refer to them.

mod check;
mod inherit;

use source::Span;

use check::{check_attributes, check_otherwise, refuse_ambiguous_types, refuse_repeated};
use inherit::{check_restated, inherit_built_in, make_traits};

use crate::ir::{Attribute, AttributeSource, Catalogue, Kind, KindId, Record, TemplatePart, Type};
use crate::model::{AttributeDraft, KindDraft, SourceDraft, TraitDraft};
use crate::moved::Moved;
use crate::predicate::ty::kinds_named;
use crate::spelling::{self, Spelled};
use crate::{leak, suggest};

/// A kind whose attributes are known, but not how it is spelled.
struct Prepared<'d, 'f> {
    /// What is there already, for a kind that users add to.
    base: Option<Kind>,
    draft: Option<&'d KindDraft<'f>>,
    /// Attributes that the draft and its traits add.
    added: Vec<AttributeDraft<'f>>,
    records: Vec<Record>,
}

/// Makes kinds and traits on top of those of `base`. New kinds move the ids of old ones; the rules of the catalogue that
/// is returned are still those of `base` and need the second part of the result.
pub(crate) fn assemble<'f>(
    base: &Catalogue,
    traits: &[TraitDraft<'f>],
    drafts: &[KindDraft<'f>],
) -> (Catalogue, Moved) {
    refuse_repeated(base, traits, drafts);
    let mut names: Vec<&str> =
        base.kinds.iter().map(|kind| kind.name).chain(drafts.iter().map(|draft| draft.name)).collect();
    names.sort_unstable();
    names.dedup();
    let prepared: Vec<Prepared<'_, 'f>> =
        names.iter().map(|name| prepare(base, traits, drafts, name)).collect();
    let mut catalogue = *base;
    let ids = base.kinds.iter().filter_map(|kind| id_of(&names, kind.name)).collect();
    let mut moved = Moved { ids, traits: Vec::new() };
    catalogue.traits = leak::slice(make_traits(base, traits, drafts, (&names, &moved)));
    moved.note_traits(base, &catalogue);
    catalogue.kinds = leak::slice(prepared.iter().map(|kind| bare_kind(kind, &names, &moved)).collect());
    // Attributes that others point here with need the types of all kinds.
    for kind in &prepared {
        check_attributes(&catalogue, kind);
    }
    catalogue.kinds = leak::slice(
        prepared.iter().zip(0..).map(|(kind, id)| resolve_incoming(&catalogue, kind, KindId(id))).collect(),
    );
    for kind in &prepared {
        check_otherwise(&catalogue, kind);
    }
    let spelled = prepared.iter().zip(catalogue.kinds).map(|(kind, bare)| finish(&catalogue, kind, *bare));
    catalogue.kinds = leak::slice(spelled.collect());
    refuse_ambiguous_types(&catalogue, drafts);
    (catalogue, moved)
}

fn prepare<'d, 'f>(
    base: &Catalogue,
    traits: &[TraitDraft<'f>],
    drafts: &'d [KindDraft<'f>],
    name: &str,
) -> Prepared<'d, 'f> {
    let draft = drafts.iter().find(|draft| draft.name == name);
    let old = base.kind_named(name).and_then(|id| base.kind(id)).copied();
    let mut prepared = Prepared { base: old, draft, added: Vec::new(), records: Vec::new() };
    let Some(draft) = draft else { return prepared };
    prepared.added.clone_from(&draft.attributes);
    prepared.records.clone_from(&draft.records);
    if let Some(old) = old {
        for attribute in prepared.added.extract_if(.., |added| old.attribute(added.name).is_some()) {
            let message = format!("`{name}` has an attribute `{}` already", attribute.name);
            attribute.file.error(attribute.span, message, "built-in attributes cannot be redefined");
        }
        prepared.records.retain(|record| old.record(record.name).is_none());
        prepared.records.extend(old.records);
    }
    for (of, span) in &draft.traits {
        let Some(known) = traits.iter().find(|known| known.name == *of) else {
            let built_in = inherit_built_in(base, &mut prepared, of, *span);
            if !built_in {
                let names: Vec<&str> = traits
                    .iter()
                    .map(|known| known.name)
                    .chain(base.traits.iter().map(|known| known.name))
                    .collect();
                draft.file.error(*span, format!("there is no trait `{of}`"), suggest::help(of, names));
            }
            continue;
        };
        prepared.records.extend(
            known.records.iter().filter(|record| !draft.records.iter().any(|own| own.name == record.name)),
        );
        for inherited in &known.attributes {
            match prepared.added.iter().find(|own| own.name == inherited.name) {
                Some(own) => check_restated(own, inherited, of),
                None => prepared.added.push(AttributeDraft {
                    inherited: true,
                    file: draft.file,
                    span: draft.span,
                    ..inherited.clone()
                }),
            }
        }
    }
    prepared.records.sort_by_key(|record| record.name);
    prepared.records.dedup_by_key(|record| record.name);
    prepared
}

fn id_of(names: &[&str], name: &str) -> Option<KindId> {
    names.binary_search(&name).ok().and_then(|at| u16::try_from(at).ok()).map(KindId)
}

/// The kind with its attributes and records; who points here is not known yet.
fn bare_kind(prepared: &Prepared<'_, '_>, names: &[&str], moved: &Moved) -> Kind {
    let base = prepared.base.map(|kind| kind.attributes).unwrap_or_default();
    let identity_name = prepared.draft.and_then(|draft| identity_attribute(draft));
    let mut attributes: Vec<Attribute> = base.iter().map(|attribute| moved.attribute(*attribute)).collect();
    for draft in &prepared.added {
        let (ty, source) = match &draft.source {
            SourceDraft::Spelled(ty) => (*ty, AttributeSource::Spelled),
            SourceDraft::Fact(name, ty) => (*ty, AttributeSource::Fact(name)),
            SourceDraft::ReferenceFact(name, ty) => (*ty, AttributeSource::ReferenceFact(name)),
            SourceDraft::Incoming(pointers) => incoming(pointers, names),
        };
        let by_rule = matches!(ty, Type::Ref(_)) || identity_name == Some(draft.name);
        let paths = draft.otherwise.iter().map(|(path, _)| leak::texts(&path.split('.').collect::<Vec<_>>()));
        attributes.push(Attribute {
            name: leak::text(draft.name),
            ty,
            source,
            required: draft.required,
            fold: draft.fold,
            empty_is_absent: draft.empty_is_absent.unwrap_or(by_rule),
            secret: draft.secret,
            otherwise: leak::slice(paths.collect()),
            default: None,
        });
    }
    attributes.sort_by_key(|attribute| attribute.name);
    attributes.dedup_by_key(|attribute| attribute.name);
    let attributes = leak::slice(attributes);
    match (prepared.base, prepared.draft) {
        (Some(base), None) => Kind { attributes, ..base },
        (Some(base), Some(draft)) => {
            let mut traits: Vec<&'static str> = base.traits.to_vec();
            traits.extend(draft.traits.iter().map(|(name, _)| leak::text(name)));
            traits.sort_unstable();
            traits.dedup();
            let extended = Kind {
                attributes,
                records: leak::slice(prepared.records.clone()),
                traits: leak::slice(traits),
                ..base
            };
            spelling::move_attributes(&base, extended)
        }
        (None, draft) => {
            let traits: Vec<&str> =
                draft.map(|draft| draft.traits.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
            Kind {
                name: leak::text(draft.map_or("", |draft| draft.name)),
                traits: leak::texts(&traits),
                service: leak::text(draft.map_or("", |draft| draft.service)),
                identity_name: None,
                identity_arn: &[],
                reference: None,
                attributes,
                records: leak::slice(prepared.records.clone()),
                spellings: &[],
            }
        }
    }
}

/// The name in `identity: {name: …}`.
fn identity_attribute<'f>(draft: &KindDraft<'f>) -> Option<&'f str> {
    draft.identity?.get("name")?.text().map(smol_str::SmolStr::as_str)
}

/// Pointers as far as their kinds exist; the types are looked up when all kinds are there.
fn incoming(pointers: &[(&str, Span)], names: &[&str]) -> (Type, AttributeSource) {
    let mut pairs = Vec::new();
    for (pointer, _) in pointers {
        if let Some((kind, attribute)) = pointer.split_once('.')
            && let Some(id) = id_of(names, kind)
        {
            pairs.push((id, leak::text(attribute)));
        }
    }
    let mut kinds: Vec<&str> =
        pointers.iter().filter_map(|(pointer, _)| Some(pointer.split_once('.')?.0)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    (Type::List(leak::value(Type::Ref(leak::texts(&kinds)))), AttributeSource::Incoming(leak::slice(pairs)))
}

/// Expands traits among the pointers of incoming attributes.
fn resolve_incoming(catalogue: &Catalogue, prepared: &Prepared<'_, '_>, id: KindId) -> Kind {
    let Some(bare) = catalogue.kind(id).copied() else { return EMPTY_KIND };
    if prepared.draft.is_none() {
        return bare;
    }
    let mut attributes = bare.attributes.to_vec();
    for draft in &prepared.added {
        let SourceDraft::Incoming(pointers) = &draft.source else { continue };
        let mut pairs: Vec<(KindId, &'static str)> = Vec::new();
        for (pointer, _) in pointers {
            let Some((kind, attribute)) = pointer.split_once('.') else { continue };
            pairs.extend(
                kinds_named(catalogue, &[kind]).into_iter().map(|kind| (kind, leak::text(attribute))),
            );
        }
        if let Some(attribute) = attributes.iter_mut().find(|attribute| attribute.name == draft.name) {
            attribute.source = AttributeSource::Incoming(leak::slice(pairs));
        }
    }
    Kind { attributes: leak::slice(attributes), ..bare }
}

const EMPTY_KIND: Kind = Kind {
    name: "",
    traits: &[],
    service: "",
    identity_name: None,
    identity_arn: &[],
    reference: None,
    attributes: &[],
    records: &[],
    spellings: &[],
};

/// Adds identity, spellings and defaults.
fn finish(catalogue: &Catalogue, prepared: &Prepared<'_, '_>, bare: Kind) -> Kind {
    let Some(draft) = prepared.draft else { return bare };
    let mut kind = bare;
    if prepared.base.is_none() {
        read_identity(draft, &mut kind);
        if let Some(node) = draft.reference
            && let Some(name) = draft.file.string(node, "`ref`")
        {
            kind.reference = known_attribute(draft, &kind, name, node.span);
        }
    }
    let Spelled { spellings, attributes } = spelling::read(catalogue, draft, &prepared.added, &kind);
    Kind { spellings, attributes, ..kind }
}

fn read_identity(draft: &KindDraft<'_>, kind: &mut Kind) {
    let Some(node) = draft.identity else { return };
    for entry in draft.file.fields(node, "`identity`", &["name", "arn"]) {
        let Some(text) = draft.file.string(&entry.value, "an identity") else { continue };
        if entry.key == "name" {
            kind.identity_name = known_attribute(draft, kind, text, entry.value.span);
            continue;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                draft.file.error(
                    entry.value.span,
                    "the template lacks a `}`",
                    "write `arn:{partition}:s3:::{name}`",
                );
                return;
            };
            if !before.is_empty() {
                parts.push(TemplatePart::Text(leak::text(before)));
            }
            match name {
                "partition" | "region" | "account" => parts.push(TemplatePart::Place(leak::text(name))),
                _ => parts.extend(
                    known_attribute(draft, kind, name, entry.value.span).map(TemplatePart::Attribute),
                ),
            }
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(leak::text(rest)));
        }
        kind.identity_arn = leak::slice(parts);
    }
}

fn known_attribute(draft: &KindDraft<'_>, kind: &Kind, name: &str, span: Span) -> Option<crate::ir::AttrId> {
    let found = kind.attribute(name).map(|(at, _)| at);
    if found.is_none() {
        let help = suggest::help(name, kind.attributes.iter().map(|attribute| attribute.name));
        draft.file.error(span, format!("`{}` has no attribute `{name}`", draft.name), help);
    }
    found
}
