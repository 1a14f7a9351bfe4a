//! Users' own models, tables and rules on top of a catalogue.

use crate::compile::{RuleSource, compile_onto};
use crate::error::CompileError;
use crate::ir::Catalogue;
use crate::leak;

/// Compiles users' own files on top of `base`. They may add traits, kinds, tables, frameworks and rules, and attributes,
/// records and spellings to kinds that exist; they never redefine anything. Their rules need not cite a framework.
/// Ids of kinds may differ from those of `base`.
///
/// # Errors
/// Everything that is wrong with the files, sorted by file and line.
pub fn extend(
    base: &'static Catalogue,
    files: &[RuleSource<'_>],
) -> Result<&'static Catalogue, Vec<CompileError>> {
    if files.is_empty() {
        return Ok(base);
    }
    Ok(leak::value(compile_onto(base, files, false)?))
}
