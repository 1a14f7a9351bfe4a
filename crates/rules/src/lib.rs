//! Evaluation of the compiled rules over the graph in parallel, to verdicts with the attributes that decided.
//! Invariant: the order of verdicts does not depend on the number of threads, and an unknown is never a pass or a
//! failure.

mod decide;
mod evaluate;
mod judge;
mod message;
mod point;
mod settle;
mod verdict;

pub use decide::decide;
pub use judge::explain;
pub use message::shown;
pub use verdict::{Decided, Element, Outcome, Settings, Subject, Verdict};
