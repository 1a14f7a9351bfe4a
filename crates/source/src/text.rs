//! From byte offsets to lines and columns.

/// A line and column, both counted from 1; columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1 << 10;

/// Offsets of the line starts of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Box<[u32]>,
    /// How many characters begin before each block of the text; empty where all lines are short. A plan is one line of
    /// many megabytes, of which thousands of columns are asked.
    counts: Box<[u32]>,
}

impl LineIndex {
    /// Finds the line starts of `text` (lines end with `\n`).
    #[must_use]
    pub fn new(text: &str) -> Self {
        let after = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(after));
        let starts: Box<[u32]> = starts.collect();
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let ends = starts.iter().skip(1).copied().chain([length]);
        let is_long = starts.iter().zip(ends).any(|(start, end)| end.saturating_sub(*start) as usize > BLOCK);
        let mut counts = Vec::new();
        if is_long {
            let mut before = 0u32;
            for block in text.as_bytes().chunks(BLOCK) {
                counts.push(before);
                before = before.saturating_add(characters(block));
            }
        }
        Self { starts, counts: counts.into() }
    }

    /// The line (from 1) that holds byte `offset`.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX).max(1)
    }

    /// Byte offset at which `line` (from 1) starts; the end of the last line for lines past it.
    #[must_use]
    pub fn start_of(&self, line: u32) -> u32 {
        let index = (line.max(1) - 1) as usize;
        self.starts.get(index).or_else(|| self.starts.last()).copied().unwrap_or(0)
    }

    /// How many lines the text has.
    #[must_use]
    pub fn lines(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// Line and column of byte `offset` in `text`, which is the text that the index was made from.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.start_of(line) as usize;
        let end = (offset as usize).min(text.len());
        let before = if self.counts.is_empty() {
            characters(text.as_bytes().get(start..end).unwrap_or_default())
        } else {
            self.before(text, end).saturating_sub(self.before(text, start))
        };
        LineColumn { line, column: before.saturating_add(1) }
    }

    /// How many characters begin before byte `offset`.
    fn before(&self, text: &str, offset: usize) -> u32 {
        let block = (offset / BLOCK).min(self.counts.len().saturating_sub(1));
        let rest = text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.counts.get(block).copied().unwrap_or(0).saturating_add(characters(rest))
    }
}

/// How many characters begin in some bytes of a text.
fn characters(bytes: &[u8]) -> u32 {
    let begins = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    u32::try_from(bytes.iter().filter(begins).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: u32, line: u32, column: u32) {
        assert_eq!(LineIndex::new(text).line_column(text, offset), LineColumn { line, column });
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        check("", 0, 1, 1);
        check("a\nbc\n", 0, 1, 1);
        check("a\nbc\n", 3, 2, 2);
        check("a\nbc\n", 5, 3, 1);
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        check("é = x", 5, 1, 5);
    }

    #[test]
    fn columns_of_long_lines_count_as_those_of_short_ones() {
        let line = "aé漢\u{1f600}".repeat(1_000);
        let text = format!("x\n{line}\ny{line}");
        let index = LineIndex::new(&text);
        assert!(!index.counts.is_empty());
        for (at, line, before) in [(2, 2, 2), (2 + line.len() + 1, 3, 2 + line.len() + 1)] {
            let end =
                text.get(before..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| before + end);
            let inside = text.get(at..end).expect("a line");
            for (column, (offset, _)) in inside.char_indices().enumerate() {
                let expected = LineColumn { line, column: column as u32 + 1 };
                assert_eq!(index.line_column(&text, (at + offset) as u32), expected);
            }
        }
        check(&"a".repeat(BLOCK * 3), (BLOCK * 3) as u32, 1, (BLOCK * 3) as u32 + 1);
        check(&"a".repeat(BLOCK * 3), u32::MAX, 1, (BLOCK * 3) as u32 + 1);
    }
}
