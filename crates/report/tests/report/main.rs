//! Every format on one small report.

mod fixture;
mod formats;
mod sarif;
