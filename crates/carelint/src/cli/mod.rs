//! The command line: arguments, configuration, output, exit statuses.

mod args;
mod check;
mod explain;
mod graph;
mod inputs;
mod project;
mod rules;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};

/// Why a command could not do its work: bad usage or configuration, exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] carelint::config::ConfigError),
    /// An argument is wrong.
    #[error("{0}")]
    Argument(String),
    /// Something could not be written.
    #[error("{path} cannot be written: {why}")]
    Output {
        /// Where to.
        path: String,
        /// The system's words.
        why: std::io::Error,
    },
}

/// Runs the program. Exit statuses: 0 nothing at or above `--fail-on`; 1 findings; 2 bad usage or configuration;
/// 3 some input could not be read (3 wins over 1).
pub(crate) fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no errors: clap says which stream and which status.
            let status = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let done = match args.command {
        Command::Check(args) => check::run(&args),
        Command::Graph(args) => graph::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "carelint", &mut std::io::stdout());
            Ok(0)
        }
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Chatter goes to standard error, so that machine output on standard output stays whole.
#[expect(clippy::print_stderr, reason = "this is where the program talks")]
pub(crate) fn say(line: &str) {
    // Paths and names of the input may be part of what is said.
    line.lines().for_each(|line| eprintln!("{}", report::clean(line)));
}

/// Writes what a command answers to standard output.
pub(crate) fn print(text: &str) -> Result<(), UsageError> {
    delivered(std::io::stdout().lock().write_all(text.as_bytes()))
}

/// Whether standard output took what it was given. A reader that closed its end early (`| head`) has what it wanted.
pub(crate) fn delivered(written: std::io::Result<()>) -> Result<(), UsageError> {
    match written {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(UsageError::Output { path: "standard output".to_owned(), why })
        }
        _ => Ok(()),
    }
}
