//! Override files: blocks of `override.tf` and `*_override.tf` change the block of the same name instead of
//! declaring another one.

use crate::ast::{Block, Body};

/// Whether a file name is that of an override file.
pub(super) fn is_override(name: &str) -> bool {
    let stem = [".tf.json", ".tofu.json", ".tf", ".tofu"].iter().find_map(|end| name.strip_suffix(end));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Applies the blocks of an override file.
pub(super) fn apply(base: &mut Body, overrides: Body) {
    for block in overrides.blocks {
        let target = match block.kind.as_str() {
            "locals" => {
                override_locals(base, block);
                continue;
            }
            _ => base.blocks.iter_mut().find(|known| same(known, &block)),
        };
        match target {
            Some(target) => merge(&mut target.body, block.body),
            None => base.blocks.push(block),
        }
    }
}

fn same(a: &Block, b: &Block) -> bool {
    let alias =
        |block: &Block| block.body.attribute("alias").and_then(|alias| alias.value.literal().cloned());
    a.kind == b.kind && a.labels == b.labels && (a.kind != "provider" || alias(a) == alias(b))
}

fn override_locals(base: &mut Body, block: Block) {
    let (mut known, mut fresh) = (Vec::new(), Vec::new());
    for local in block.body.attributes {
        let declared = base.blocks("locals").any(|locals| locals.body.attribute(&local.name).is_some());
        if declared { known.push(local) } else { fresh.push(local) }
    }
    for local in known {
        let blocks = base.blocks.iter_mut().filter(|block| block.kind == "locals");
        let place = blocks.flat_map(|block| &mut block.body.attributes).find(|old| old.name == local.name);
        if let Some(old) = place {
            *old = local;
        }
    }
    if !fresh.is_empty() {
        let body = Body { attributes: fresh, blocks: Vec::new() };
        base.blocks.push(Block { body, ..block });
    }
}

/// Arguments are replaced one by one, nested blocks all of one type at once; the arguments of `lifecycle` one by one.
fn merge(base: &mut Body, overrides: Body) {
    for attribute in overrides.attributes {
        match base.attributes.iter_mut().find(|known| known.name == attribute.name) {
            Some(known) => *known = attribute,
            None => base.attributes.push(attribute),
        }
    }
    let content = |block: &Block| match block.kind.as_str() {
        "dynamic" => block.labels.first().cloned().unwrap_or_default(),
        _ => block.kind.clone(),
    };
    let (lifecycle, others): (Vec<Block>, Vec<Block>) =
        overrides.blocks.into_iter().partition(|block| block.kind == "lifecycle");
    let replaced: Vec<_> = others.iter().map(content).collect();
    base.blocks.retain(|known| !replaced.contains(&content(known)));
    base.blocks.extend(others);
    for block in lifecycle {
        match base.blocks.iter_mut().find(|known| known.kind == "lifecycle") {
            Some(known) => merge(&mut known.body, block.body),
            None => base.blocks.push(block),
        }
    }
}
