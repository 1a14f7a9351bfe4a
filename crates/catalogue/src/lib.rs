//! rules/ compiled into the program.
