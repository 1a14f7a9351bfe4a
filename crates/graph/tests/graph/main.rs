//! The graph on declared resources made by hand.

#[cfg(test)]
mod joining;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worlds;
