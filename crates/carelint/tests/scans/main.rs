//! What surrounds the evaluation of Terraform, as a user of the program meets it: environments, modules, suppressions,
//! single files, plans, the graph.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world, or finds nothing to look at, says so and stops"
)]

mod cdk;
mod environments;
mod files;
mod graph;
mod modules;
mod parameters;
mod phi;
mod plans;
mod satellites;
mod support;
mod suppressions;
