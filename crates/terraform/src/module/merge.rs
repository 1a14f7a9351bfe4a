//! Override files: blocks of `override.tf` and `*_override.tf` change the block of the same name instead of
//! declaring another one. The rules are Terraform's; what it refuses is a problem, and still read.

use source::{Place, Problem, ProblemSeverity, Problems};

use super::described;
use crate::ast::{Attribute, Block, Body};

/// Whether a file name is that of an override file.
pub(super) fn is_override(name: &str) -> bool {
    let stem = [".tf.json", ".tofu.json", ".tf", ".tofu"].iter().find_map(|end| name.strip_suffix(end));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Applies the blocks of an override file.
pub(super) fn apply(base: &mut Body, overrides: Body, problems: &mut Problems) {
    for block in overrides.blocks {
        match block.kind.as_str() {
            "locals" => override_locals(base, block, problems),
            "terraform" => override_settings(base, block),
            "moved" | "import" | "check" => {
                let message = format!("`{}` blocks cannot stand in an override file", block.kind);
                problems.push(refused(block.header, message, "move it to another file"));
            }
            _ => override_block(base, block, problems),
        }
    }
}

fn override_block(base: &mut Body, block: Block, problems: &mut Problems) {
    let Some(target) = base.blocks.iter_mut().find(|known| same(known, &block)) else {
        // A provider without alias is there by default, and `removed` and `ephemeral` are taken as they come.
        let implied = match block.kind.as_str() {
            "provider" => block.body.attribute("alias").is_none(),
            kind => !matches!(kind, "resource" | "data" | "module" | "variable" | "output"),
        };
        if !implied {
            problems.push(without_base(block.header, &described(&block)));
        }
        base.blocks.push(block);
        return;
    };
    let mut body = block.body;
    if matches!(block.kind.as_str(), "resource" | "data" | "module") {
        let refused_argument = |argument: &Attribute| {
            argument.name == "depends_on"
                && !matches!(&argument.value.kind, crate::ast::ExprKind::List(items) if items.is_empty())
        };
        if let Some(argument) = body.attributes.iter().find(|argument| refused_argument(argument)) {
            let message = "`depends_on` cannot be overridden".to_owned();
            problems.push(refused(argument.place, message, "set it where the block is declared"));
        }
        body.attributes.retain(|argument| argument.name != "depends_on");
    }
    merge(&mut target.body, body);
}

fn same(a: &Block, b: &Block) -> bool {
    let alias =
        |block: &Block| block.body.attribute("alias").and_then(|alias| alias.value.literal().cloned());
    a.kind == b.kind && a.labels == b.labels && (a.kind != "provider" || alias(a) == alias(b))
}

fn override_locals(base: &mut Body, block: Block, problems: &mut Problems) {
    let mut fresh = Vec::new();
    for local in block.body.attributes {
        let blocks = base.blocks.iter_mut().filter(|block| block.kind == "locals");
        let place = blocks.flat_map(|block| &mut block.body.attributes).find(|old| old.name == local.name);
        match place {
            Some(old) => *old = local,
            None => {
                problems.push(without_base(local.place, &format!("local value \"{}\"", local.name)));
                fresh.push(local);
            }
        }
    }
    if !fresh.is_empty() {
        let body = Body { attributes: fresh, ..Body::default() };
        base.blocks.push(Block { body, ..block });
    }
}

/// A `backend` or `cloud` block takes the place of either; what else there is is replaced by name.
fn override_settings(base: &mut Body, block: Block) {
    let is_state = |block: &Block| matches!(block.kind.as_str(), "backend" | "cloud");
    let state = block.body.blocks.iter().any(is_state);
    let mut settings = base.blocks.iter_mut().filter(|block| block.kind == "terraform");
    if state {
        settings.by_ref().for_each(|block| block.body.blocks.retain(|inner| !is_state(inner)));
    }
    base.blocks.push(block);
}

/// Arguments are replaced one by one, nested blocks all of one type at once; the arguments of `lifecycle` one by one.
fn merge(base: &mut Body, overrides: Body) {
    base.incomplete |= overrides.incomplete;
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

fn without_base(place: Place, what: &str) -> Problem {
    let message = format!("{what} is overridden but not declared in this module");
    refused(place, message, "declare it in a file that is no override file; it was read as if it were")
}

fn refused(place: Place, message: String, help: &str) -> Problem {
    Problem::at(ProblemSeverity::Error, "terraform-override", place, message, help)
}
