//! The program: `carelint check`, `graph`, `rules`, `explain`, `completions`.

mod cli;

/// Threads that each build large trees of small values: the system's allocator asks the kernel for their memory page by
/// page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
