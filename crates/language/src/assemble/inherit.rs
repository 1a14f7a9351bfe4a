//! What kinds take over from the traits that they declare.

use source::Span;

use super::{Prepared, id_of};
use crate::ir::{AttributeSource, Catalogue, KindId, Trait, Type};
use crate::model::{AttributeDraft, KindDraft, SourceDraft, TraitDraft};
use crate::moved::Moved;
use crate::{leak, types};

/// Takes over the attributes of a built-in trait for a user's kind.
pub(super) fn inherit_built_in<'f>(
    base: &Catalogue,
    prepared: &mut Prepared<'_, 'f>,
    name: &str,
    span: Span,
) -> bool {
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
            otherwise: Vec::new(),
            default: None,
            inherited: true,
        });
    }
    prepared.records.extend(example.map(|kind| kind.records).unwrap_or_default());
    true
}

pub(super) fn check_restated(own: &AttributeDraft<'_>, inherited: &AttributeDraft<'_>, of: &str) {
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

pub(super) fn make_traits(
    base: &Catalogue,
    traits: &[TraitDraft<'_>],
    drafts: &[KindDraft<'_>],
    (names, moved): (&[&str], &Moved),
) -> Vec<Trait> {
    let members = |of: &str, old: &[KindId]| {
        let mut kinds: Vec<KindId> = old.iter().map(|id| moved.id(*id)).collect();
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
