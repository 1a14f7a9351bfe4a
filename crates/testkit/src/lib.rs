//! Marks in examples and scrubbed snapshots, for tests.
