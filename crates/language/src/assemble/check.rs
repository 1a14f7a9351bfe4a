//! What attributes, kinds and traits must keep to, once all of them are known.

use source::Span;

use super::Prepared;
use crate::error::File;
use crate::facts::RECORDS;
use crate::ir::{Catalogue, KindId, Record, Type};
use crate::model::{AttributeDraft, KindDraft, SourceDraft, TraitDraft};
use crate::predicate::ty::{Ty, attribute, kinds_named};
use crate::suggest;

pub(super) fn refuse_repeated(base: &Catalogue, traits: &[TraitDraft<'_>], drafts: &[KindDraft<'_>]) {
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

pub(super) fn check_attributes(catalogue: &Catalogue, prepared: &Prepared<'_, '_>) {
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
pub(super) fn check_otherwise(catalogue: &Catalogue, prepared: &Prepared<'_, '_>) {
    let Some(draft) = prepared.draft else { return };
    let Some(own) = catalogue.kind_named(draft.name) else { return };
    for added in &prepared.added {
        for (path, span) in &added.otherwise {
            if let Err((message, help)) = otherwise(catalogue, own, added.name, path) {
                added.file.error(*span, message, help);
            }
        }
    }
}

/// What is wrong with a path of `else`, and what to do.
fn otherwise(catalogue: &Catalogue, own: KindId, name: &str, path: &str) -> Result<(), (String, String)> {
    let mut ty = Ty::Node(vec![own]);
    for step in path.split('.') {
        let (Ty::Node(kinds) | Ty::Ref(kinds)) = &ty else {
            let message = format!("`{path}`: `{step}` is asked of {}", ty.show(catalogue));
            return Err((message, "only references can be followed".into()));
        };
        ty = attribute(catalogue, kinds, step)?.ty;
    }
    match attribute(catalogue, &[own], name) {
        Ok(info) if info.ty.unite(&ty).is_none() => {
            let message =
                format!("`{path}` is {}, `{name}` is {}", ty.show(catalogue), info.ty.show(catalogue));
            Err((message, "both need one type".into()))
        }
        _ => Ok(()),
    }
}

/// A resource type that is the subject of two kinds must be told apart by `where`.
pub(super) fn refuse_ambiguous_types(catalogue: &Catalogue, drafts: &[KindDraft<'_>]) {
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
