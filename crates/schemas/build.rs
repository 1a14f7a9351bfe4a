//! Writes the extract of CloudFormation's resource schemas as tables of fixed-size records to `OUT_DIR`. A line of the
//! extract that is not understood fails the build.

#![expect(clippy::disallowed_methods, reason = "a build script reads files")]

#[path = "build/extract.rs"]
mod extract;
#[path = "build/tables.rs"]
mod tables;

use std::path::PathBuf;

/// The extract, beside the one of Terraform's provider.
const EXTRACT: &str = "../catalogue/schemas/cloudformation-2026-10.txt";

fn main() {
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let path = folder.join(EXTRACT);
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-changed=build");
    if let Err(error) = write(&path) {
        println!("cargo::error={}: {error}", path.display());
    }
}

fn write(path: &std::path::Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    for (name, bytes) in tables::of(&extract::read(&text)?)? {
        std::fs::write(out.join(name), bytes).map_err(|error| format!("cannot write {name}: {error}"))?;
    }
    Ok(())
}
