//! Where something stands: a file and a byte range in it.

use std::num::NonZeroU32;

/// A file of the scan. Ids are handed out in order of loading, so they are neither sorted by nor printed.
///
/// Counted from one inside, so that a place that may be missing takes no more memory than one that is there: there is one
/// in every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId(NonZeroU32);

impl FileId {
    /// The file that was loaded after as many others.
    #[must_use]
    pub fn new(index: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index))
    }

    /// How many files were loaded before it.
    #[must_use]
    pub fn index(self) -> u32 {
        self.0.get() - 1
    }
}

/// A byte range of a file, end exclusive. Offsets are into the file's text as stored (after a byte-order mark
/// was taken off, see [`crate::SourceFile`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`; offsets beyond 4 GiB cannot occur because of [`crate::Limits::file_bytes`].
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range of byte indices.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A span of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

impl Place {
    /// A place in `file`.
    #[must_use]
    pub fn new(file: FileId, span: impl Into<Span>) -> Self {
        Self { file, span: span.into() }
    }
}
