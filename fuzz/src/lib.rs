//! What the fuzz targets share: configurations, plans and templates of a small grammar, and what always holds of the
//! outcome.

pub mod configuration;
pub mod document;
pub mod expression;
pub mod invariants;
pub mod plan;
pub mod stacks;
pub mod template;

use carelint_source::Limits;

/// Bounds that even a short input can reach.
pub fn small_limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        depth: 64,
        document_nodes: 50_000,
        steps: 100_000,
        instances: 300,
        string_bytes: 1 << 16,
        ..Limits::default()
    }
}
