//! Frames around the source, rendered by miette on a window of lines: it scans what it is given, so it is never given
//! a whole file.

use std::collections::hash_map::Entry;
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    Severity, SourceCode, SourceSpan, SpanContents,
};

use rustc_hash::FxHashMap;
use source::Place;

use super::window::{Window, window};
use super::{Style, Tone, made, owned_elsewhere, severity_tone, subject};
use crate::plain::{line, lines, paragraphs};
use crate::{Context, PlaceKey, ProblemRow, Related, Report, ResultRow};

/// Columns of a frame that are not the source: line number, border, gutter.
const BORDER: usize = 12;
/// Places of a result that are labelled, and that are listed below its frame.
const MOST_RELATED: usize = 4;

/// The help of rules as frames show it, by rule and language: breaking it into lines costs more than all else of a
/// frame, and many results have one rule.
#[derive(Default)]
pub(super) struct Helps<'r> {
    rendered: FxHashMap<(&'r str, Option<bool>), String>,
}

impl<'r> Helps<'r> {
    /// The help for a result, as it stands below its frame.
    fn of(&mut self, result: &'r ResultRow, report: &Report, context: &Context<'_>) -> io::Result<&str> {
        match self.rendered.entry((result.rule, is_template(result))) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let help = report.rules.get(result.rule).map(|rule| help_for(result, rule.help));
                let frame = |help| Frame::new("", help, Severity::Error, None, &[]);
                let (with, without) = (rendered(&frame(help), context)?, rendered(&frame(None), context)?);
                Ok(new.insert(with.strip_prefix(&without).unwrap_or_default().to_owned()))
            }
        }
    }
}

/// Writes the frame of a failure.
pub(super) fn result<'r>(
    result: &'r ResultRow,
    report: &Report,
    helps: &mut Helps<'r>,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = Style::new(context);
    let severity = style.paint(result.severity.id(), severity_tone(result.severity));
    writeln!(out, "{severity} {}  {}", style.paint(result.rule, Tone::Strong), subject(result))?;
    let mut labels: Vec<(PlaceKey, String)> = Vec::new();
    if let Some(location) = &result.location
        && let (Some(key), Some(place)) = (location.place, location.place())
    {
        labels.push((key, observed_at(result, place, context)));
        let related =
            result.related.iter().filter_map(|related| Some((related.location.place?, &related.note)));
        labels.extend(related.take(MOST_RELATED).map(|(place, note)| (place, line(note))));
    }
    let places: Vec<PlaceKey> = labels.iter().map(|(place, _)| *place).collect();
    let window = window(context.sources, &places, &report.masked, columns(context));
    let framed: Vec<PlaceKey> = window.iter().flat_map(|window| window.places(&places)).collect();
    render(&Frame::new(&result.message, None, Severity::Error, window, &labels), context, out)?;
    out.write_all(helps.of(result, report, context)?.as_bytes())?;
    let elsewhere = |related: &&Related| related.location.place.is_none_or(|place| !framed.contains(&place));
    for related in result.related.iter().filter(elsewhere).take(MOST_RELATED) {
        let place = format!("{}:{}", line(&related.location.file), related.location.line);
        writeln!(out, "  {} {place} {}", style.paint("see", Tone::Quiet), line(&related.note))?;
    }
    if let Some((by, what)) = made(result) {
        writeln!(out, "  {} {what}", style.paint(by, Tone::Quiet))?;
    }
    if let Some(owner) = owned_elsewhere(result) {
        writeln!(out, "  {}", style.paint(&owner, Tone::Quiet))?;
    }
    for step in &result.evidence {
        writeln!(out, "  {} {}", style.paint("→", Tone::Quiet), line(step))?;
    }
    let cited: Vec<&str> = result.controls.get("hipaa").into_iter().flatten().copied().collect();
    if !cited.is_empty() {
        writeln!(out, "  {}", style.paint(&format!("HIPAA {}", cited.join(", ")), Tone::Quiet))?;
    }
    writeln!(out)
}

/// Writes the frame of a problem.
pub(super) fn problem(
    problem: &ProblemRow,
    report: &Report,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = Style::new(context);
    let (severity, tone) = match problem.severity {
        "error" => (Severity::Error, Tone::Fail),
        "warning" => (Severity::Warning, Tone::Unknown),
        _ => (Severity::Advice, Tone::Quiet),
    };
    writeln!(out, "{} {}", style.paint(problem.severity, tone), style.paint(problem.code, Tone::Strong))?;
    let labels: Vec<(PlaceKey, String)> =
        problem.place.map(|place| (place, String::new())).into_iter().collect();
    let message = match (problem.place, problem.file.as_str()) {
        (None, file) if !file.is_empty() && !problem.message.contains(file) => {
            format!("{file}: {}", problem.message)
        }
        _ => problem.message.clone(),
    };
    let places: Vec<PlaceKey> = problem.place.into_iter().collect();
    let window = window(context.sources, &places, &report.masked, columns(context));
    render(&Frame::new(&message, Some(line(&problem.help)), severity, window, &labels), context, out)?;
    writeln!(out)
}

/// What stands under the deciding value: what was read there, where the source does not say just that.
fn observed_at(result: &ResultRow, place: Place, context: &Context<'_>) -> String {
    let Some(observed) = result.observed.first() else { return String::new() };
    let counted = observed.value.ends_with(" entries") || observed.value.ends_with(" entries]");
    if observed.how != "written" || observed.value == "(sensitive)" || counted {
        return String::new();
    }
    let written = context.sources.slice(place);
    let says_it = written.contains(observed.value.as_str());
    if says_it { String::new() } else { line(&observed.value) }
}

/// Whether a result is about a template's resource; none for accounts and regions.
fn is_template(result: &ResultRow) -> Option<bool> {
    result.resource.as_ref().map(|resource| resource.type_name.contains("::"))
}

/// What a rule's help says of the result's language; all of it where it tells no languages apart.
fn help_for(result: &ResultRow, help: &str) -> String {
    let (own, other) = match is_template(result) {
        Some(true) => ("CloudFormation: ", "Terraform: "),
        Some(false) => ("Terraform: ", "CloudFormation: "),
        None => ("", "\0"),
    };
    let paragraphs = paragraphs(help);
    let mut kept: Vec<&str> =
        paragraphs.iter().filter(|text| !text.starts_with(other)).map(String::as_str).collect();
    if kept.is_empty() {
        kept = paragraphs.iter().map(String::as_str).collect();
    }
    let kept: Vec<&str> = kept.iter().map(|text| text.strip_prefix(own).unwrap_or(text)).collect();
    lines(&kept.join("\n"))
}

fn columns(context: &Context<'_>) -> usize {
    context.width.saturating_sub(BORDER).max(20)
}

fn render(frame: &Frame, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(rendered(frame, context)?.as_bytes())
}

fn rendered(frame: &Frame, context: &Context<'_>) -> io::Result<String> {
    let theme = if context.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(context.width)
        .with_links(false)
        .without_syntax_highlighting();
    let mut text = String::new();
    handler.render_report(&mut text, frame).map_err(io::Error::other)?;
    let mut lines = String::with_capacity(text.len());
    for line in text.trim_start_matches('\n').lines() {
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    Ok(lines)
}

/// A diagnostic for miette.
struct Frame {
    message: String,
    help: Option<String>,
    severity: Severity,
    window: Option<Window>,
    labels: Vec<LabeledSpan>,
}

impl Frame {
    fn new(
        message: &str,
        help: Option<String>,
        severity: Severity,
        window: Option<Window>,
        labels: &[(PlaceKey, String)],
    ) -> Self {
        let spans = window.iter().flat_map(|window| &window.labels);
        let label = |(range, index): &(std::ops::Range<usize>, usize)| {
            let text = labels.get(*index).map(|(_, text)| text.clone()).filter(|text| !text.is_empty());
            let span = SourceSpan::from(range.clone());
            if *index == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        };
        let labels = spans.map(label).collect();
        Self { message: line(message), help: help.filter(|help| !help.is_empty()), severity, window, labels }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|window| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.window.as_ref()?;
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl Window {
    /// Those of the places asked for that the window labels.
    fn places(&self, asked: &[PlaceKey]) -> Vec<PlaceKey> {
        self.labels.iter().filter_map(|(_, index)| asked.get(*index).copied()).collect()
    }
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked for no context, miette wants the line and column of the first label, for the frame's title; else the
        // lines to show, which are always the whole window.
        let title = before == 0 && after == 0;
        let (line, column) = if title { self.at } else { (self.first_line, 1) };
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            self.text.as_bytes(),
            SourceSpan::from(0..self.text.len()),
            line.saturating_sub(1) as usize,
            column.saturating_sub(1) as usize,
            lines,
        )))
    }
}
