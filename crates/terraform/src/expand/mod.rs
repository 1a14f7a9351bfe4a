//! From blocks to declared things: repetition, nested blocks, module calls, providers.

mod block;
mod call;
mod emit;
mod instances;
pub(crate) mod provider;
