//! The program: `carelint check`, `graph`, `rules`, `explain`, `completions`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
