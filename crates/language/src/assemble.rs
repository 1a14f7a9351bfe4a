//! From drafts to kinds: traits taken over, attributes typed and sorted, then spellings and defaults. Ids of kinds are
//! fixed first, so that everything else may refer to them.

use source::Span;

use crate::error::File;
use crate::facts::RECORDS;
use crate::ir::{Attribute, AttributeSource, Catalogue, Kind, KindId, Record, TemplatePart, Trait, Type};
use crate::model::{AttributeDraft, KindDraft, SourceDraft, TraitDraft};
use crate::predicate::ty::{Ty, attribute, kinds_named};
use crate::spelling::{self, Spelled};
use crate::{leak, suggest, types};

/// A kind whose attributes are known, but not how it is spelled.
struct Prepared<'d, 'f> {
    /// What is there already, for a kind that users add to.
    base: Option<Kind>,
    draft: Option<&'d KindDraft<'f>>,
    /// Attributes that the draft and its traits add.
    added: Vec<AttributeDraft<'f>>,
    records: Vec<Record>,
}

/// Makes kinds and traits. `base` holds what users add to; its kinds have their new ids already.
pub(crate) fn assemble<'f>(
    base: &Catalogue,
    traits: &[TraitDraft<'f>],
    drafts: &[KindDraft<'f>],
) -> Catalogue {
    refuse_repeated(base, traits, drafts);
    let mut names: Vec<&str> =
        base.kinds.iter().map(|kind| kind.name).chain(drafts.iter().map(|draft| draft.name)).collect();
    names.sort_unstable();
    names.dedup();
    let prepared: Vec<Prepared<'_, 'f>> =
        names.iter().map(|name| prepare(base, traits, drafts, name)).collect();
    let mut catalogue = *base;
    catalogue.traits = leak::slice(make_traits(base, traits, drafts, &names));
    catalogue.kinds = leak::slice(prepared.iter().map(|kind| bare_kind(kind, &names)).collect());
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
    catalogue
}

fn refuse_repeated(base: &Catalogue, traits: &[TraitDraft<'_>], drafts: &[KindDraft<'_>]) {
    for (at, draft) in drafts.iter().enumerate() {
        let (file, name) = (draft.file, draft.name);
        if let Some(other) = drafts.iter().take(at).find(|other| other.name == name) {
            let message = format!("the kind `{name}` is described in {} too", other.file.path);
            file.error(draft.span, message, "keep one description");
        }
        if traits.iter().any(|known| known.name == name) || base.trait_named(name).is_some() {
            file.error(
                draft.span,
                format!("`{name}` is the name of a trait"),
                "kinds and traits need different names",
            );
        }
        let known = base.kind_named(name).is_some();
        if known && !(draft.service.is_empty() && draft.identity.is_none() && draft.reference.is_none()) {
            let help = "add attributes, records and spellings; leave out service, identity and ref";
            file.error(draft.span, format!("the kind `{name}` is built in"), help);
        }
        if !known && draft.service.is_empty() {
            file.error(
                draft.span,
                format!("the kind `{name}` has no `service`"),
                "write AWS's name of the service: `service: Amazon S3`",
            );
        }
    }
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

/// Takes over the attributes of a built-in trait for a user's kind.
fn inherit_built_in<'f>(base: &Catalogue, prepared: &mut Prepared<'_, 'f>, name: &str, span: Span) -> bool {
    let (Some(known), Some(draft)) = (base.trait_named(name), prepared.draft) else { return false };
    let example = known.kinds.first().and_then(|id| base.kind(*id));
    for (attribute, ty) in known.attributes {
        if prepared.added.iter().any(|own| own.name == *attribute) {
            continue;
        }
        let source =
            example.and_then(|kind| kind.attribute(attribute)).map(|(_, attribute)| attribute.source);
        let source = match source {
            Some(AttributeSource::Fact(fact)) => SourceDraft::Fact(fact, *ty),
            Some(AttributeSource::ReferenceFact(fact)) => SourceDraft::ReferenceFact(fact, *ty),
            _ => SourceDraft::Spelled(*ty),
        };
        prepared.added.push(AttributeDraft {
            file: draft.file,
            name: attribute,
            span,
            source,
            required: false,
            fold: false,
            empty_is_absent: None,
            secret: false,
            otherwise: None,
            default: None,
            inherited: true,
        });
    }
    prepared.records.extend(example.map(|kind| kind.records).unwrap_or_default());
    true
}

fn check_restated(own: &AttributeDraft<'_>, inherited: &AttributeDraft<'_>, of: &str) {
    let (SourceDraft::Spelled(wanted) | SourceDraft::Fact(_, wanted) | SourceDraft::ReferenceFact(_, wanted)) =
        &inherited.source
    else {
        return;
    };
    let (SourceDraft::Spelled(given) | SourceDraft::Fact(_, given) | SourceDraft::ReferenceFact(_, given)) =
        &own.source
    else {
        return;
    };
    let narrower = match (given, wanted) {
        (Type::Enum(_), Type::String) => true,
        (Type::Ref(some), Type::Ref(all)) => all.is_empty() || some.iter().all(|name| all.contains(name)),
        _ => given == wanted,
    };
    if !narrower {
        let message = format!(
            "`{}` is {} here and {} in the trait `{of}`",
            own.name,
            types::show(*given),
            types::show(*wanted)
        );
        own.file.error(
            own.span,
            message,
            "rules ask all kinds of a trait alike: give it the type of the trait",
        );
    }
}

fn make_traits(
    base: &Catalogue,
    traits: &[TraitDraft<'_>],
    drafts: &[KindDraft<'_>],
    names: &[&str],
) -> Vec<Trait> {
    let members = |of: &str, old: &[KindId]| {
        let mut kinds: Vec<KindId> = old.to_vec();
        let declared = drafts.iter().filter(|draft| draft.traits.iter().any(|(name, _)| *name == of));
        kinds.extend(declared.filter_map(|draft| id_of(names, draft.name)));
        kinds.sort_unstable();
        kinds.dedup();
        leak::slice(kinds)
    };
    let mut all: Vec<Trait> =
        base.traits.iter().map(|known| Trait { kinds: members(known.name, known.kinds), ..*known }).collect();
    for known in traits {
        let attributes: Vec<(&'static str, Type)> = known
            .attributes
            .iter()
            .map(|attribute| {
                let ty = match &attribute.source {
                    SourceDraft::Spelled(ty)
                    | SourceDraft::Fact(_, ty)
                    | SourceDraft::ReferenceFact(_, ty) => *ty,
                    SourceDraft::Incoming(_) => Type::List(&Type::Ref(&[])),
                };
                (leak::text(attribute.name), ty)
            })
            .collect();
        all.push(Trait {
            name: leak::text(known.name),
            attributes: leak::slice(attributes),
            kinds: members(known.name, &[]),
        });
    }
    all.sort_by_key(|known| known.name);
    all
}

fn id_of(names: &[&str], name: &str) -> Option<KindId> {
    names.binary_search(&name).ok().and_then(|at| u16::try_from(at).ok()).map(KindId)
}

/// The kind with its attributes and records; who points here is not known yet.
fn bare_kind(prepared: &Prepared<'_, '_>, names: &[&str]) -> Kind {
    let base = prepared.base.map(|kind| kind.attributes).unwrap_or_default();
    let identity_name = prepared.draft.and_then(|draft| identity_attribute(draft));
    let mut attributes: Vec<Attribute> = base.to_vec();
    for draft in &prepared.added {
        let (ty, source) = match &draft.source {
            SourceDraft::Spelled(ty) => (*ty, AttributeSource::Spelled),
            SourceDraft::Fact(name, ty) => (*ty, AttributeSource::Fact(name)),
            SourceDraft::ReferenceFact(name, ty) => (*ty, AttributeSource::ReferenceFact(name)),
            SourceDraft::Incoming(pointers) => incoming(pointers, names),
        };
        let by_rule = matches!(ty, Type::Ref(_)) || identity_name == Some(draft.name);
        let path = draft.otherwise.map(|(path, _)| path.split('.').collect::<Vec<_>>()).unwrap_or_default();
        attributes.push(Attribute {
            name: leak::text(draft.name),
            ty,
            source,
            required: draft.required,
            fold: draft.fold,
            empty_is_absent: draft.empty_is_absent.unwrap_or(by_rule),
            secret: draft.secret,
            otherwise: leak::texts(&path),
            default: None,
        });
    }
    attributes.sort_by_key(|attribute| attribute.name);
    attributes.dedup_by_key(|attribute| attribute.name);
    let attributes = leak::slice(attributes);
    match (prepared.base, prepared.draft) {
        (Some(base), None) => base,
        (Some(base), Some(draft)) => {
            let mut traits: Vec<&'static str> = base.traits.to_vec();
            traits.extend(draft.traits.iter().map(|(name, _)| leak::text(name)));
            traits.sort_unstable();
            traits.dedup();
            let moved = Kind {
                attributes,
                records: leak::slice(prepared.records.clone()),
                traits: leak::slice(traits),
                ..base
            };
            spelling::move_attributes(&base, moved)
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

fn check_attributes(catalogue: &Catalogue, prepared: &Prepared<'_, '_>) {
    let Some(draft) = prepared.draft else { return };
    for (at, attribute) in prepared.added.iter().enumerate() {
        if prepared
            .added
            .iter()
            .take(at)
            .any(|other| other.name == attribute.name && other.inherited && attribute.inherited)
        {
            let message = format!("two traits of `{}` have an attribute `{}`", draft.name, attribute.name);
            attribute.file.error(
                attribute.span,
                message,
                "state it in the kind itself, with the type of both",
            );
        }
        let (file, span) = (attribute.file, attribute.span);
        match &attribute.source {
            SourceDraft::Spelled(ty) => {
                check_type(catalogue, file, span, *ty, &prepared.records);
                check_fold(attribute, *ty);
            }
            SourceDraft::Incoming(pointers) => check_pointers(catalogue, file, draft.name, pointers),
            SourceDraft::Fact(..) | SourceDraft::ReferenceFact(..) => {}
        }
    }
    for record in &draft.records {
        for field in record.fields {
            check_type(catalogue, draft.file, draft.span, field.ty, &prepared.records);
        }
    }
}

fn check_fold(attribute: &AttributeDraft<'_>, ty: Type) {
    let texts = matches!(
        ty,
        Type::String | Type::Enum(_) | Type::List(Type::String | Type::Enum(_)) | Type::Map(Type::String)
    );
    if attribute.fold && !texts {
        attribute.file.error(
            attribute.span,
            format!("`{}` is no text and cannot be folded", attribute.name),
            "leave out `fold`",
        );
    }
    if let (true, Type::Enum(values)) = (attribute.fold, ty)
        && let Some(value) = values.iter().find(|value| value.chars().any(char::is_uppercase))
    {
        let help = "folded values are lower case; write the enum in lower case";
        attribute.file.error(
            attribute.span,
            format!("`{value}` has capitals, `{}` is folded", attribute.name),
            help,
        );
    }
}

/// Reports names of kinds and records in a type that do not exist.
fn check_type(catalogue: &Catalogue, file: &File<'_>, span: Span, ty: Type, records: &[Record]) {
    match ty {
        Type::List(inner) | Type::Map(inner) => check_type(catalogue, file, span, *inner, records),
        Type::Ref(names) => {
            for name in names {
                check_kind(catalogue, file, span, name);
            }
        }
        Type::Record(name) => {
            let known = records.iter().chain(RECORDS).map(|record| record.name);
            if !known.clone().any(|record| record == name) {
                let types = ["bool", "number", "string", "cidr", "policy", "any"];
                let names: Vec<&str> = known.chain(types).collect();
                file.error(
                    span,
                    format!("`{name}` is neither a type nor a record of the kind"),
                    suggest::help(name, names),
                );
            }
        }
        _ => {}
    }
}

fn check_kind(catalogue: &Catalogue, file: &File<'_>, span: Span, name: &str) {
    if catalogue.kind_named(name).is_none() && catalogue.trait_named(name).is_none() {
        let names: Vec<&str> = catalogue
            .kinds
            .iter()
            .map(|kind| kind.name)
            .chain(catalogue.traits.iter().map(|known| known.name))
            .collect();
        file.error(span, format!("there is no kind `{name}`"), suggest::help(name, names));
    }
}

fn check_pointers(catalogue: &Catalogue, file: &File<'_>, own: &str, pointers: &[(&str, Span)]) {
    for (pointer, span) in pointers {
        let Some((kind, name)) = pointer.split_once('.') else {
            file.error(
                *span,
                format!("`{pointer}` is no pointer"),
                "write `kind.attribute`: the attribute that points here",
            );
            continue;
        };
        check_kind(catalogue, file, *span, kind);
        let kinds = kinds_named(catalogue, &[kind]);
        if kinds.is_empty() {
            continue;
        }
        match attribute(catalogue, &kinds, name) {
            Err((message, help)) => file.error(*span, message, help),
            Ok(info) => {
                let targets = match info.ty {
                    Ty::Ref(targets) => Some(targets),
                    Ty::List(inner) => {
                        if let Ty::Ref(targets) = *inner {
                            Some(targets)
                        } else {
                            None
                        }
                    }
                    _ => None,
                };
                let here = catalogue.kind_named(own);
                let fits = targets.is_some_and(|targets| {
                    targets.is_empty() || here.is_some_and(|here| targets.contains(&here))
                });
                if !fits {
                    let message = format!("`{pointer}` does not point to `{own}`");
                    file.error(*span, message, format!("give it the type `ref {own}` or `list<ref {own}>`"));
                }
            }
        }
    }
}

/// Checks `else: cluster.engine`: references all the way, a value of the same type at the end.
fn check_otherwise(catalogue: &Catalogue, prepared: &Prepared<'_, '_>) {
    let Some(draft) = prepared.draft else { return };
    let Some(own) = catalogue.kind_named(draft.name) else { return };
    for added in &prepared.added {
        let Some((path, span)) = added.otherwise else { continue };
        let mut ty = Ty::Node(vec![own]);
        for name in path.split('.') {
            let (Ty::Node(kinds) | Ty::Ref(kinds)) = &ty else {
                added.file.error(
                    span,
                    format!("`{path}`: `{name}` is asked of {}", ty.show(catalogue)),
                    "only references can be followed",
                );
                return;
            };
            match attribute(catalogue, kinds, name) {
                Ok(info) => ty = info.ty,
                Err((message, help)) => {
                    added.file.error(span, message, help);
                    return;
                }
            }
        }
        let wanted = attribute(catalogue, &[own], added.name).map(|info| info.ty);
        if let Ok(wanted) = wanted
            && wanted.unite(&ty).is_none()
        {
            let message =
                format!("`{path}` is {}, `{}` is {}", ty.show(catalogue), added.name, wanted.show(catalogue));
            added.file.error(span, message, "both need one type");
        }
    }
}

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

/// A resource type that is the subject of two kinds must be told apart by `where`.
fn refuse_ambiguous_types(catalogue: &Catalogue, drafts: &[KindDraft<'_>]) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for kind in catalogue.kinds {
        for spelling in
            kind.spellings.iter().filter(|spelling| spelling.joins.is_empty() && spelling.filter.is_empty())
        {
            for ty in spelling.types {
                seen.push((ty, kind.name));
            }
        }
    }
    seen.sort_unstable();
    seen.dedup();
    for pair in seen.windows(2) {
        let [(ty, first), (other, second)] = pair else { continue };
        if ty == other
            && let Some(draft) =
                drafts.iter().rev().find(|draft| draft.name == *first || draft.name == *second)
        {
            let message = format!("`{ty}` is the subject of both `{first}` and `{second}`");
            draft.file.error(
                draft.span,
                message,
                "tell them apart with `where` in both, or make it one kind",
            );
        }
    }
}
