//! Frames around the source, rendered by miette on a window of lines: it scans what it is given, so it is never given
//! a whole file. Masked bytes (secrets) are replaced before it sees them.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents,
};
use source::{FileId, SourceFile};

use super::{Style, severity_tone, subject};
use crate::{Context, PlaceKey, ProblemRow, Report, ResultRow};

/// Longest line that a frame shows, in bytes: minified JSON has lines of megabytes.
const LONGEST_LINE: usize = 400;

/// Writes the frame of a failure.
pub(super) fn result(
    result: &ResultRow,
    report: &Report,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = Style { color: context.color };
    let severity = style.paint(result.severity.id(), severity_tone(result.severity));
    writeln!(out, "{severity} {} {}", result.rule, subject(result))?;
    let place = result.location.as_ref().and_then(|location| location.place);
    let help = report.rules.get(result.rule).map(|rule| rule.help.trim().to_owned());
    let mut labels = Vec::new();
    if let Some(place) = place {
        labels.push((place, label(result)));
        let own_file = |related: &&crate::Related| related.location.place.is_some_and(|other| other.0 == place.0);
        for related in result.related.iter().filter(own_file).take(3) {
            labels.extend(related.location.place.map(|place| (place, related.note.clone())));
        }
    }
    let frame = Frame {
        message: result.message.clone(),
        help,
        severity: Severity::Error,
        window: window(context, report, &labels),
    };
    render(&frame, context, out)?;
    let elsewhere = |related: &&crate::Related| {
        related.location.place.is_none_or(|other| place.is_none_or(|place| other.0 != place.0))
    };
    for related in result.related.iter().filter(elsewhere).take(4) {
        writeln!(out, "  see: {}:{} {}", related.location.file, related.location.line, related.note)?;
    }
    for line in &result.evidence {
        writeln!(out, "  → {line}")?;
    }
    let cited: Vec<&str> = result.controls.get("hipaa").into_iter().flatten().copied().collect();
    if !cited.is_empty() {
        writeln!(out, "  {}", style.paint(&format!("HIPAA {}", cited.join(", ")), super::Tone::Quiet))?;
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
    let style = Style { color: context.color };
    let (severity, tone) = match problem.severity {
        "error" => (Severity::Error, super::Tone::Fail),
        "warning" => (Severity::Warning, super::Tone::Unknown),
        _ => (Severity::Advice, super::Tone::Quiet),
    };
    writeln!(out, "{} {}", style.paint(problem.severity, tone), problem.code)?;
    let labels: Vec<(PlaceKey, String)> = problem.place.map(|place| (place, String::new())).into_iter().collect();
    let message = match (problem.place, problem.file.as_str()) {
        (None, file) if !file.is_empty() && !problem.message.contains(file) => format!("{file}: {}", problem.message),
        _ => problem.message.clone(),
    };
    let frame =
        Frame { message, help: Some(problem.help.clone()), severity, window: window(context, report, &labels) };
    render(&frame, context, out)?;
    writeln!(out)
}

/// What stands under the deciding value: what was read there.
fn label(result: &ResultRow) -> String {
    result
        .observed
        .first()
        .filter(|observed| observed.how != "absent" && observed.value != "(sensitive)")
        .map(|observed| observed.value.clone())
        .unwrap_or_default()
}

fn render(frame: &Frame, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let theme = if context.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(context.width).with_links(false);
    let mut text = String::new();
    handler.render_report(&mut text, frame).map_err(io::Error::other)?;
    out.write_all(text.trim_start_matches('\n').as_bytes())
}

/// A diagnostic for miette.
struct Frame {
    message: String,
    help: Option<String>,
    severity: Severity,
    window: Option<Window>,
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
        let window = self.window.as_ref()?;
        Some(Box::new(window.labels.iter().cloned()))
    }
}

/// A file that shows a window of its lines.
struct Window {
    file: Arc<SourceFile>,
    labels: Vec<LabeledSpan>,
    masked: Vec<(usize, usize)>,
    /// The masked text of a window, made once: miette asks for it by reference.
    text: String,
    start: usize,
    line: usize,
}

/// The lines around the labels (a line before and after the first, the others only where they are near).
fn window(context: &Context<'_>, report: &Report, labels: &[(PlaceKey, String)]) -> Option<Window> {
    let ((file, first, _), _) = labels.first()?;
    let file = context.sources.file(FileId(*file));
    let index = file.lines();
    let main = index.line(*first);
    let near: Vec<&(PlaceKey, String)> =
        labels.iter().filter(|((_, start, _), _)| index.line(*start).abs_diff(main) <= 8).collect();
    let lines = near.iter().map(|((_, start, _), _)| index.line(*start));
    let (low, high) = lines.fold((main, main), |(low, high), line| (low.min(line), high.max(line)));
    let start = index.start_of(low.saturating_sub(1).max(1)) as usize;
    let end = match high.saturating_add(2) {
        line if line > index.lines() => file.text.len(),
        line => index.start_of(line) as usize,
    };
    if end.saturating_sub(start) > LONGEST_LINE * 12 {
        return None;
    }
    let masked: Vec<(usize, usize)> = report
        .masked
        .iter()
        .filter(|(masked, ..)| *masked == file.id.0)
        .map(|(_, start, end)| (*start as usize, *end as usize))
        .collect();
    let text = masked_text(file.text.get(start..end)?, start, &masked);
    // A span that goes on over many lines is shown by its first line.
    let span = |(_, from, to): PlaceKey| {
        let line_end = file.text.get(from as usize..).and_then(|rest| rest.find('\n')).map_or(file.text.len(), |at| from as usize + at);
        SourceSpan::from(from as usize..(to as usize).min(line_end).max(from as usize + 1).min(file.text.len().max(from as usize)))
    };
    let labels = near
        .iter()
        .enumerate()
        .map(|(at, (place, text))| {
            let text = (!text.is_empty()).then(|| text.clone());
            if at == 0 { LabeledSpan::new_primary_with_span(text, span(*place)) } else { LabeledSpan::new_with_span(text, span(*place)) }
        })
        .collect();
    let line = (low.saturating_sub(1).max(1) - 1) as usize;
    Some(Window { file: file.clone(), labels, masked, text, start, line })
}

/// Text with masked bytes as `*` and control characters (but tab and line ends) as a replacement, lengths kept.
fn masked_text(text: &str, start: usize, masked: &[(usize, usize)]) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let at = at + start;
        let hidden = masked.iter().any(|(from, to)| (*from..*to).contains(&at)) && c != '\n';
        let control = c.is_control() && !matches!(c, '\n' | '\t' | '\r');
        if hidden || control {
            (0..c.len_utf8()).for_each(|_| shown.push('*'));
        } else {
            shown.push(c);
        }
    }
    shown
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inside = span.offset() >= self.start && span.offset() <= self.start + self.text.len();
        if !inside {
            return Err(MietteError::OutOfBounds);
        }
        let whole = SourceSpan::from(self.start..self.start + self.text.len());
        let lines = self.text.lines().count();
        let contents = MietteSpanContents::new_named(
            self.file.path.clone(),
            self.text.as_bytes(),
            whole,
            self.line,
            0,
            lines,
        );
        debug_assert!(self.masked.iter().all(|(from, to)| from <= to), "masks are spans");
        Ok(Box::new(contents))
    }
}
