//! `carelint check`.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use language::ir::Severity;
use report::{Context, Format, Report, Show, Status};

use super::args::{CheckArgs, ColorArg, ShowArg, parse_severity};
use super::project::{Choice, Project, open};
use super::{UsageError, delivered, say};

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 100;

/// Checks, writes the formats, and gives the exit status.
pub(crate) fn run(args: &CheckArgs) -> Result<u8, UsageError> {
    let choice = Choice { select: &args.select, ignore: &args.ignore, pillars: &args.pillar };
    let mut project = open(&args.input, &choice)?;
    let fail_on = fail_on(args, &project)?;
    project.options.date.clone_from(&args.date);
    project.options.rules.evidence = wants_evidence(args);
    let progress = progress(args);
    let mut report = carelint::check(&project.sources, &project.paths, &project.options);
    if let Some(progress) = progress {
        progress.finish_and_clear();
    }
    if let Some(least) = args.severity {
        keep_severities(&mut report, least);
    }
    write_all(args, &project, &report)?;
    let gates = Gates {
        fail_on,
        unknowns: args.fail_on_unknown || gates_unknown(&project)?,
        opaque: args.fail_on_opaque || project.config.fail_on_opaque,
    };
    Ok(exit_status(&report, &gates))
}

/// Formats that show passes show what was observed, too.
fn wants_evidence(args: &CheckArgs) -> bool {
    let formats = args.output.iter().map(|(format, _)| *format).chain([args.format]);
    let shows = matches!(args.show, ShowArg::Pass | ShowArg::All);
    shows || formats.into_iter().any(|format| matches!(format, Format::Html))
}

fn keep_severities(report: &mut Report, least: Severity) {
    report.results.retain(|result| result.severity >= least);
    report.summary = report::Summary::of(&report.results);
}

/// Mildest severity that makes the status 1; none for never.
fn fail_on(args: &CheckArgs, project: &Project) -> Result<Option<Severity>, UsageError> {
    match (&args.fail_on, &project.config.fail_on) {
        (Some(text), _) if text == "never" => Ok(None),
        (Some(text), _) => {
            let explained = |message| UsageError::Argument(format!("--fail-on: {message}, and never"));
            parse_severity(text).map(Some).map_err(explained)
        }
        (None, Some(text)) if text.get_ref() == "never" => Ok(None),
        (None, Some(text)) => parse_severity(text.get_ref()).map(Some).map_err(|message| {
            let (path, source) = &project.config_file;
            carelint::config::error_at(path, source, text.span().start, format!("{message}, and never"))
                .into()
        }),
        (None, None) => Ok(Some(Severity::Info)),
    }
}

fn gates_unknown(project: &Project) -> Result<bool, UsageError> {
    match &project.config.unknown {
        None => Ok(false),
        Some(word) => match word.get_ref().as_str() {
            "report" => Ok(false),
            "gate" => Ok(true),
            other => {
                let (path, source) = &project.config_file;
                let message = format!("unknown = \"{other}\": there are \"report\" and \"gate\"");
                Err(carelint::config::error_at(path, source, word.span().start, message).into())
            }
        },
    }
}

/// A spinner, only on a terminal, and only once the check takes longer than a moment.
fn progress(args: &CheckArgs) -> Option<indicatif::ProgressBar> {
    if args.quiet || !std::io::stderr().is_terminal() {
        return None;
    }
    let progress = indicatif::ProgressBar::new_spinner().with_message("checking");
    progress.enable_steady_tick(Duration::from_millis(400));
    Some(progress)
}

fn write_all(args: &CheckArgs, project: &Project, report: &Report) -> Result<(), UsageError> {
    let context = |color| Context { sources: &project.sources, color, width: width(), show: show(args.show) };
    for (format, path) in &args.output {
        write_file(*format, path, report, &context(false))?;
    }
    let stdout = std::io::stdout();
    let color = match args.color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => stdout.is_terminal() && !no_color(),
    };
    let mut out = std::io::BufWriter::new(stdout.lock());
    let written = report::write(args.format, report, &context(color), &mut out);
    delivered(written.and_then(|()| out.flush()))
}

fn show(show: ShowArg) -> Show {
    match show {
        ShowArg::Fail => Show::Fail,
        ShowArg::Open => Show::Open,
        ShowArg::Pass => Show::Pass,
        ShowArg::All => Show::All,
    }
}

fn write_file(format: Format, path: &Path, report: &Report, context: &Context<'_>) -> Result<(), UsageError> {
    let wrong = |why| UsageError::Output { path: path.display().to_string(), why };
    let mut bytes = Vec::new();
    report::write(format, report, context, &mut bytes).map_err(wrong)?;
    std::fs::write(path, bytes).map_err(wrong)
}

fn width() -> usize {
    env("COLUMNS").and_then(|columns| columns.parse().ok()).unwrap_or(COLUMNS).clamp(60, 200)
}

/// <https://no-color.org>: any value but an empty one switches colours off.
fn no_color() -> bool {
    env("NO_COLOR").is_some_and(|value| !value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "the environment is read at the edge")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What makes the exit status other than 0.
struct Gates {
    /// Mildest severity that makes the status 1; none for never.
    fail_on: Option<Severity>,
    /// Unknowns count like failures.
    unknowns: bool,
    /// Modules that cannot be opened count like files that cannot be read.
    opaque: bool,
}

fn exit_status(report: &Report, gates: &Gates) -> u8 {
    let unread = report.problems.iter().filter(|problem| problem.severity == "error").count();
    if unread > 0 {
        say(&format!("{unread} problem(s) with the input: not everything was checked"));
        return 3;
    }
    let opaque = &report.coverage.opaque_modules;
    if gates.opaque && !opaque.is_empty() {
        let count = opaque.len();
        say(&format!(
            "{count} module(s) could not be opened, which --fail-on-opaque does not allow: {}; install them (terraform init), or map their sources to folders under [modules] in carelint.toml",
            opaque.join(", ")
        ));
        return 3;
    }
    let counts = |status| status == Status::Fail || gates.unknowns && status == Status::Unknown;
    let found = report
        .results
        .iter()
        .any(|result| counts(result.status) && gates.fail_on.is_some_and(|least| result.severity >= least));
    u8::from(found)
}
