//! Bounds on hostile input. They are counted in bytes, nodes and steps, never in time, so that a verdict
//! does not depend on the load of the machine.

/// Bounds of one scan. A limit that is hit is a [`crate::Problem`], never silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is read, in bytes.
    pub file_bytes: u64,
    /// Largest plan that is read, in bytes: plans are read one resource at a time.
    pub plan_bytes: u64,
    /// Most files of one scan.
    pub files: usize,
    /// Deepest nesting of a document, an expression or a value.
    pub depth: usize,
    /// Most nodes (scalars, sequences, mappings) of one document, aliases expanded.
    pub document_nodes: usize,
    /// Most evaluation steps of one root module or template.
    pub steps: u64,
    /// Most resource instances of one root module or template.
    pub instances: usize,
    /// Most bytes of one string that evaluation produces.
    pub string_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            plan_bytes: 512 << 20,
            files: 200_000,
            depth: 128,
            document_nodes: 8_000_000,
            steps: 50_000_000,
            instances: 50_000,
            string_bytes: 4 << 20,
        }
    }
}
