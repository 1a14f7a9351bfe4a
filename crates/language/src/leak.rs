//! Turns what was compiled into `'static` data. A catalogue is made once per run (or by a build script), so what is
//! leaked here lives exactly as long as the program.

/// A text for ever.
pub(crate) fn text(text: &str) -> &'static str {
    if text.is_empty() { "" } else { Box::leak(Box::<str>::from(text)) }
}

/// A value for ever.
pub(crate) fn value<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// A slice for ever.
pub(crate) fn slice<T>(items: Vec<T>) -> &'static [T] {
    if items.is_empty() { &[] } else { Box::leak(items.into_boxed_slice()) }
}

/// Texts for ever.
pub(crate) fn texts<S: AsRef<str>>(items: &[S]) -> &'static [&'static str] {
    slice(items.iter().map(|item| text(item.as_ref())).collect())
}
