//! Verdict to status: selection, suppressions, nothing vanishes.
