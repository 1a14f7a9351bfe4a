//! Every output format, each a pure function from report to bytes.
