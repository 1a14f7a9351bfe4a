//! `rules/` compiled into the program by the build script. Invariant: nothing of it is parsed at start.

mod built {
    use language::ir::*;

    include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

    pub(crate) static ALL_FILES: &[(&str, &str)] = FILES;
}

pub use built::CATALOGUE;

/// Path (relative to `rules/`) and text of each built-in rule file, in order of the rules' ids.
#[must_use]
pub fn files() -> &'static [(&'static str, &'static str)] {
    built::ALL_FILES
}
