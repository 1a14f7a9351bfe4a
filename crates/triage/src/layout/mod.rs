//! Comments of a text, and which lines a comment speaks of. Invariant: only what is a comment in its language is one,
//! not what stands in strings, heredocs and block scalars; the work is linear in the text.

mod hcl;
mod yaml;

use std::ops::Range;

/// The language of a text, by its file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Terraform and its variables.
    Hcl,
    /// Templates.
    Yaml,
}

impl Syntax {
    /// The syntax of a file that may have comments.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
        if ends(&[".tf", ".tofu", ".tfvars"]) {
            Some(Self::Hcl)
        } else if ends(&[".yaml", ".yml", ".template", ".cfn", ".cloudformation"]) {
            Some(Self::Yaml)
        } else {
            None
        }
    }
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Its bytes, marks included.
    pub(crate) bytes: Range<usize>,
    /// First and last line, from 0.
    first: usize,
    last: usize,
    /// Whether code stands before it on its first line.
    trails: bool,
}

/// A line of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Line {
    start: usize,
    /// Its end, without the line end.
    end: usize,
    code: bool,
    comment: bool,
    /// Open brackets where it starts and where it ends; in YAML its indentation, twice.
    before: u32,
    after: u32,
    /// The code closes a bracket first; in YAML it is the type of a resource.
    closes: bool,
}

/// The lines and comments of a text.
#[derive(Debug)]
pub(crate) struct Layout {
    syntax: Syntax,
    pub(crate) comments: Vec<Comment>,
    lines: Vec<Line>,
    /// Of each line the last one of the statement that starts on it.
    ends: Vec<usize>,
    /// Of each line the nearest line of code before it, and the first line from it on that is more than a comment.
    code_before: Vec<Option<usize>>,
    solid_from: Vec<Option<usize>>,
}

impl Layout {
    /// Finds lines and comments.
    pub(crate) fn new(text: &str, syntax: Syntax) -> Self {
        let (lines, comments) = match syntax {
            Syntax::Hcl => hcl::scan(text),
            Syntax::Yaml => yaml::scan(text),
        };
        let mut code_before = Vec::with_capacity(lines.len());
        let mut last = None;
        for (at, line) in lines.iter().enumerate() {
            code_before.push(last);
            last = if line.code { Some(at) } else { last };
        }
        let mut solid_from = vec![None; lines.len()];
        let mut next = None;
        for ((at, line), slot) in lines.iter().enumerate().zip(&mut solid_from).rev() {
            next = if line.code || !line.comment { Some(at) } else { next };
            *slot = next;
        }
        let ends = ends(&lines, syntax, &code_before, last);
        Self { syntax, comments, lines, ends, code_before, solid_from }
    }

    /// Whether any code stands before a comment: then it is not at the top of the file.
    pub(crate) fn is_at_top(&self, comment: &Comment) -> bool {
        !comment.trails && self.code_above(comment.first).is_none()
    }

    fn code_above(&self, line: usize) -> Option<usize> {
        self.code_before.get(line).copied().flatten()
    }

    /// The bytes that a comment speaks of: the statement on its line; where it begins a block, the block; else the
    /// statement directly below. None if nothing is there.
    pub(crate) fn covered(&self, comment: &Comment) -> Option<Range<usize>> {
        if comment.trails {
            return self.statement(comment.first);
        }
        if self.lines.get(comment.last).is_some_and(|line| line.code) {
            return self.statement(comment.last);
        }
        if let Some(block) = self.begun(comment) {
            return self.statement(block);
        }
        self.statement(self.below(comment)?)
    }

    /// The line directly below, further comments left aside.
    fn below(&self, comment: &Comment) -> Option<usize> {
        let below = self.solid_from.get(comment.last + 1).copied().flatten()?;
        let line = self.lines.get(below)?;
        let ends = self.syntax == Syntax::Hcl && line.closes;
        (line.code && !ends).then_some(below)
    }

    /// The line that opens the block in which a comment comes first.
    fn begun(&self, comment: &Comment) -> Option<usize> {
        let at = self.code_above(comment.first)?;
        let line = self.lines.get(at)?;
        let opens = match self.syntax {
            Syntax::Hcl => line.after > line.before,
            // What begins with its type is a resource; other maps have no beginning of their own.
            Syntax::Yaml => {
                self.lines.get(self.below(comment)?).is_some_and(|own| own.closes && own.before > line.before)
            }
        };
        opens.then_some(at)
    }

    /// The bytes of the statement that starts on a line, up to its last one.
    fn statement(&self, first: usize) -> Option<Range<usize>> {
        let last = self.lines.get(*self.ends.get(first)?)?;
        Some(self.lines.get(first)?.start..last.end)
    }
}

/// Of each line the last one of its statement: in HCL the first from it on that leaves no more brackets open than were
/// before it; in YAML the last line of code before one that is not indented further.
fn ends(lines: &[Line], syntax: Syntax, code_before: &[Option<usize>], last: Option<usize>) -> Vec<usize> {
    let mut ends = vec![0; lines.len()];
    // Lines behind the one at hand that are lower than all between: the nearest one is the highest.
    let mut lower: Vec<(u32, usize)> = Vec::new();
    for ((at, line), end) in lines.iter().enumerate().zip(&mut ends).rev() {
        let nearest = |lower: &[(u32, usize)]| {
            let count = lower.partition_point(|(level, _)| *level <= line.before);
            lower.get(count.checked_sub(1)?).map(|(_, at)| *at)
        };
        let add = |lower: &mut Vec<(u32, usize)>| {
            while lower.last().is_some_and(|(level, _)| *level >= line.after) {
                lower.pop();
            }
            lower.push((line.after, at));
        };
        *end = match syntax {
            Syntax::Hcl => {
                add(&mut lower);
                nearest(&lower).unwrap_or(lines.len().saturating_sub(1))
            }
            Syntax::Yaml => {
                let next = nearest(&lower);
                let end = next.map_or(last, |next| code_before.get(next).copied().flatten());
                if line.code {
                    add(&mut lower);
                }
                end.filter(|end| *end > at).unwrap_or(at)
            }
        };
    }
    ends
}

#[cfg(test)]
mod tests;
