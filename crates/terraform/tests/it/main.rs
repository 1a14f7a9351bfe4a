//! Tests of the Terraform front end through its public interface, as tables of configuration and what it means.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod blocks;
#[cfg(test)]
mod data_sources;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod modules;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod plan_parts;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod repetition;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod structures;
#[cfg(test)]
mod support;
#[cfg(test)]
mod unknowns;
#[cfg(test)]
mod variables;
