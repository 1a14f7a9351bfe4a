//! A window of a file's lines, made ready for a frame: masked, without what a terminal would obey, long lines cut
//! around what they label. Invariant: offsets of labels are offsets of the window's own text, on one line each.

use std::ops::Range;

use source::{FileId, SourceFile, Sources};

use crate::PlaceKey;
use crate::plain::{clean, obeyed};

/// Labels farther than this many lines from the first one are left to a line below the frame.
const NEAR: u32 = 6;
/// Characters shown before a label on a line that is cut.
const BEFORE: usize = 24;

/// Lines of a file with labels.
pub(super) struct Window {
    /// Path of the file.
    pub(super) path: String,
    /// The lines as shown, joined by line ends.
    pub(super) text: String,
    /// Number of the first line, from 1.
    pub(super) first_line: u32,
    /// Line and column of the first label in the file, from 1.
    pub(super) at: (u32, u32),
    /// Ranges of `text` that are labelled, each with its index in the labels that were asked for.
    pub(super) labels: Vec<(Range<usize>, usize)>,
}

/// The lines around `labels` (one line more at each end; those far from the first label are left out), at most
/// `columns` characters of each. `masked` is sorted. None without labels.
pub(super) fn window(
    sources: &Sources,
    labels: &[PlaceKey],
    masked: &[PlaceKey],
    columns: usize,
) -> Option<Window> {
    let (id, first, _) = *labels.first()?;
    let file = sources.file(FileId::new(id));
    let at = file.line_column(first);
    let line_of = |place: &PlaceKey| file.lines().line(place.1);
    let near: Vec<(usize, u32)> = labels
        .iter()
        .enumerate()
        .filter(|(_, place)| place.0 == id && line_of(place).abs_diff(at.line) <= NEAR)
        .map(|(index, place)| (index, line_of(place)))
        .collect();
    let lowest = near.iter().map(|(_, line)| *line).min()?.saturating_sub(1).max(1);
    let last = near.iter().map(|(_, line)| *line).max()?;
    let highest = last.saturating_add(1).min(last_line(&file)).max(last);
    let masked = of_file(masked, id);
    let mut shown = Window {
        path: clean(&file.path),
        text: String::new(),
        first_line: lowest,
        at: (at.line, at.column),
        labels: Vec::new(),
    };
    for line in lowest..=highest {
        let on_line = near.iter().filter(|(_, other)| *other == line).filter_map(|(index, _)| {
            labels.get(*index).map(|(_, start, end)| (*index, *start as usize..*end as usize))
        });
        shown.push(&file, line, &on_line.collect::<Vec<_>>(), masked, columns);
    }
    Some(shown)
}

/// The last line that has text: a file that ends with a line end has an empty one after it.
fn last_line(file: &SourceFile) -> u32 {
    let lines = file.lines().lines();
    if file.text.ends_with('\n') { lines.saturating_sub(1).max(1) } else { lines }
}

/// The masks of one file.
fn of_file(masked: &[PlaceKey], file: u32) -> &[PlaceKey] {
    let start = masked.partition_point(|mask| mask.0 < file);
    let end = masked.partition_point(|mask| mask.0 <= file);
    masked.get(start..end).unwrap_or_default()
}

impl Window {
    /// Adds a line with its labels.
    fn push(
        &mut self,
        file: &SourceFile,
        line: u32,
        labels: &[(usize, Range<usize>)],
        masked: &[PlaceKey],
        columns: usize,
    ) {
        let line = bytes_of_line(file, line);
        let text = file.text.get(line.clone()).unwrap_or("");
        let cut = cut(text, line.start, labels, columns);
        let masks: Vec<&PlaceKey> = masked
            .iter()
            .filter(|(_, from, to)| (*from as usize) < line.end && (*to as usize) > line.start)
            .collect();
        let mut ranges: Vec<Option<Range<usize>>> = vec![None; labels.len()];
        if cut.start > line.start {
            self.text.push('…');
        }
        let part = text.get(cut.start - line.start..cut.end - line.start).unwrap_or("");
        for (offset, c) in part.char_indices() {
            let at = cut.start + offset;
            let start = self.text.len();
            let hidden = masks.iter().any(|(_, from, to)| (*from as usize..*to as usize).contains(&at));
            self.text.push(if hidden { '*' } else { shown(c) });
            for ((_, label), range) in labels.iter().zip(&mut ranges) {
                if label.contains(&at) {
                    let first = range.as_ref().map_or(start, |range| range.start);
                    *range = Some(first..self.text.len());
                }
            }
        }
        for ((index, _), range) in labels.iter().zip(ranges) {
            // A label whose bytes are not shown (an empty span, the end of a line) points behind the line.
            let end = self.text.len();
            self.labels.push((range.unwrap_or(end..end), *index));
        }
        if cut.end < line.end {
            self.text.push('…');
        }
        self.text.push('\n');
    }
}

/// Bytes of a line, its end left out.
fn bytes_of_line(file: &SourceFile, line: u32) -> Range<usize> {
    let start = file.lines().start_of(line) as usize;
    let is_last = line >= file.lines().lines();
    let end = if is_last { file.text.len() } else { file.lines().start_of(line + 1) as usize };
    let text = file.text.get(start..end).unwrap_or("");
    start..start + text.trim_end_matches(['\r', '\n']).len()
}

/// The bytes of a line that are shown: all of it, or `columns` characters from shortly before the first label.
fn cut(text: &str, start: usize, labels: &[(usize, Range<usize>)], columns: usize) -> Range<usize> {
    // Lines may have megabytes, so only what is shown of them is counted.
    let whole = start..start + text.len();
    if text.char_indices().nth(columns).is_none() {
        return whole;
    }
    let first = labels.iter().map(|(_, label)| label.start.max(start) - start).min().unwrap_or(0);
    let before = text.get(..first).unwrap_or("");
    let shown_before = BEFORE.min(columns / 4);
    let from = match before.char_indices().rev().nth(columns / 2) {
        None => 0,
        Some(_) => before.char_indices().rev().take(shown_before).last().map_or(first, |(at, _)| at),
    };
    let shown = text.get(from..).unwrap_or("");
    let end = shown.char_indices().nth(columns).map_or(text.len(), |(at, _)| from + at);
    start + from..start + end
}

/// A character of the source as shown. Tabs are left to the frame, which aligns them.
fn shown(c: char) -> char {
    if c != '\t' && obeyed(c) { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window around `<<…>>` of `text`, labels as `[…]`, cut at 40 characters; `masked` is a part of the text.
    #[track_caller]
    fn check(text: &str, masked: &str, expect: &str) {
        let start = text.find("<<").unwrap();
        let text = text.replacen("<<", "", 1);
        let end = text.find(">>").unwrap();
        let text = text.replacen(">>", "", 1);
        let sources = Sources::in_memory([("main.tf", text.as_str())]);
        let place = |range: Range<usize>| (0, range.start as u32, range.end as u32);
        let masks: Vec<PlaceKey> = text
            .match_indices(masked)
            .filter(|_| !masked.is_empty())
            .map(|(at, found)| place(at..at + found.len()))
            .collect();
        let shown = window(&sources, &[place(start..end)], &masks, 40).unwrap();
        let mut text = shown.text.clone();
        let (range, _) = shown.labels.first().unwrap().clone();
        text.insert(range.end, ']');
        text.insert(range.start, '[');
        assert_eq!(format!("{}:{}:{}\n{text}", shown.first_line, shown.at.0, shown.at.1), expect);
    }

    #[test]
    fn a_line_more_is_shown_at_each_end() {
        check("a\nb\n  c = <<1>>\nd\ne\n", "", "2:3:7\nb\n  c = [1]\nd\n");
        check("<<a>>\n", "", "1:1:1\n[a]\n");
        check("a\n<<b>>", "", "1:2:1\na\n[b]\n");
    }

    #[test]
    fn the_end_of_a_file_can_be_shown() {
        check("a {\n<<>>", "", "1:2:1\na {\n[]\n");
    }

    #[test]
    fn a_span_of_many_lines_is_labelled_on_its_first() {
        check("x {<<\n a\n}>>\ny\n", "", "1:1:4\nx {[]\n a\n");
        check("<<x {\n a\n}>>\ny\n", "", "1:1:1\n[x {]\n a\n");
    }

    #[test]
    fn carriage_returns_are_no_part_of_a_line() {
        check("a\r\n<<b = 1>>\r\nc\r\n", "", "1:2:1\na\n[b = 1]\nc\n");
    }

    #[test]
    fn masked_bytes_are_stars_by_character() {
        check("a\np = <<\"hünter2\">>\nb\n", "hünter2", "1:2:5\na\np = [\"*******\"]\nb\n");
        check("p = <<a>>\nq = \"hunter2\"\n", "hunter2", "1:1:5\np = [a]\nq = \"*******\"\n");
    }

    #[test]
    fn what_a_terminal_obeys_is_replaced() {
        check("<<a\u{1b}[31m>>\n", "", "1:1:1\n[a\u{fffd}[31m]\n");
        check("<<a\rb\u{202e}>>\n", "", "1:1:1\n[a\u{fffd}b\u{fffd}]\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let long = format!("{}<<x>>{}\n", "a".repeat(200), "b".repeat(200));
        check(&long, "", &format!("1:1:201\n…{}[x]{}…\n", "a".repeat(10), "b".repeat(29)));
        let long = format!("<<x>>{}\n", "é".repeat(200));
        check(&long, "", &format!("1:1:1\n[x]{}…\n", "é".repeat(39)));
    }

    #[test]
    fn a_label_longer_than_the_line_ends_with_it() {
        let long = format!("<<{}>>\n", "x".repeat(100));
        check(&long, "", &format!("1:1:1\n[{}]…\n", "x".repeat(40)));
    }

    #[test]
    fn places_outside_their_file_show_nothing_wrong() {
        let sources = Sources::in_memory([("main.tf", "a\n")]);
        let shown = window(&sources, &[(0, 900, 2)], &[], 40).unwrap();
        assert_eq!((shown.text.as_str(), shown.labels), ("a\n\n", vec![(2..2, 0)]));
        assert!(window(&sources, &[(7, 1, 2)], &[], 40).is_some());
    }
}
