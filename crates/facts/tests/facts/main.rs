//! Facts of whole templates and modules under the models of the repository.

#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod attachment;
mod backups;
mod contract;
mod copies;
mod network;
mod placement;
mod policies;
mod properties;
mod protects;
mod purpose;
mod scale;
mod scope;
mod support;
mod terraform;
