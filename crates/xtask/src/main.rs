//! Tasks of carelint's developers: `cargo xtask TASK`. A task that finds something wrong says what and where, one
//! line each, and ends with status 1; bad usage ends with status 2.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer's tool works on the repository and starts itself"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool answers at the terminal")]

mod answers;
mod bench;
mod generate;
mod index;
mod mutate;
mod new_rule;
mod page;
mod plan_parity;
mod repository;
mod sam_parity;
mod tidy;

use std::process::ExitCode;

/// That of the program, so that benchmarks measure what users have.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the tasks are called with.
const USAGE: &str = "\
cargo xtask generate [--check]  write docs/rules from the catalogue, or say what is out of date
cargo xtask tidy                hold the repository to its conventions
cargo xtask new-rule ID [FOLDER]  write the skeleton of a rule file under rules/
cargo xtask new-rule --from CATALOGUE.jsonl ID...  the same with what the entries of a catalogue say
cargo xtask terraform-answers [NAME]  ask Terraform for the answers that the evaluator is held to
cargo xtask mutate [WORD...]    take hardening out of the compliant fixtures (`lake terraform`), and see what fails
cargo xtask plan-parity [--refresh [CASE...]]  compare Terraform's plans with what is evaluated
cargo xtask sam-parity DIR [WORD...]  compare with the outputs in a checkout of the SAM transform
cargo run --release -p xtask -- bench [plan|rules|templates]   measure checks beside the bare parsers, or of what is large";

/// What a task found wrong, a line each.
pub(crate) type Complaints = Vec<String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let complaints = match arguments.as_slice() {
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["tidy"] => tidy::check(),
        ["terraform-answers"] => answers::run(""),
        ["terraform-answers", name] => answers::run(name),
        ["bench"] => bench::run(),
        ["bench", "plan"] => bench::plan(),
        ["bench", "rules"] => bench::rules(),
        ["bench", "templates"] => bench::templates(),
        ["bench-child", what, folder] => bench::child(what, folder),
        ["mutate", words @ ..] => mutate::run(words),
        ["plan-parity"] => plan_parity::run(),
        ["plan-parity", "--refresh", cases @ ..] => plan_parity::refresh(cases),
        ["sam-parity", folder, words @ ..] => sam_parity::run(folder, words),
        ["new-rule", "--from", path, ids @ ..] if !ids.is_empty() => new_rule::import(path, ids),
        ["new-rule", id] => new_rule::write(id, None),
        ["new-rule", id, folder] => new_rule::write(id, Some(folder)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
