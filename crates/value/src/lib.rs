//! The value that all front ends produce, and the resources they declare. Invariant: absent, null, unknown,
//! default and known are five different things, and every value knows where it was written and how it came.

mod condition;
mod containers;
pub mod declared;
mod float;
mod number;
mod operations;
mod origin;
mod truth;
mod types;
mod value;
pub mod version;

pub use condition::{Condition, Literal, Presence, World, worlds};
pub use containers::{Format, List, ListShape, Map, MapShape};
pub use number::Number;
pub use operations::{Blind, Interval, References, equal, less_than, over_choices, size, text_parts};
pub use origin::{How, Origin, Step, StepKind};
pub use truth::{Cause, Truth};
pub use types::Type;
pub use value::{Alternatives, Identity, Item, Kind, MapEntry, Part, Reference, Template, Unknown, Value};
