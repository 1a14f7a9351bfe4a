//! Tests of the Terraform front end through its public interface, as tables of configuration and what it means.

mod expressions;
mod hostile;
mod modules;
mod policies;
mod resources;
mod support;
mod unknowns;
mod variables;
