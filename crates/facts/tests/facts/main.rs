//! Facts of whole templates and modules under the models of the repository.

mod attachment;
mod network;
mod placement;
mod policies;
mod purpose;
mod support;
