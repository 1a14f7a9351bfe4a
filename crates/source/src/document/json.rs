//! JSON read into [`Node`]s by RFC 8259. Every key and value has its exact bytes and numbers stay as written,
//! which is why this is no serde; it accepts what serde_json accepts, and duplicate keys are kept.

use smol_str::SmolStr;

use super::remark::{RemarkKind, Remarks};
use super::{DocumentError, Entry, Node, NodeKind, Reading, Scalar, ScalarStyle, keys};
use crate::{Limits, Span};

/// Reads one JSON document.
///
/// # Errors
/// The first syntax error, or the limit that was hit, with its span.
pub fn parse(text: &str, limits: &Limits) -> Result<Node, DocumentError> {
    whole(&mut Reader { nodes: limits.document_nodes, ..Reader::at(text, 0) }, limits)
}

/// The same, each key once (the last one counts), and told which keys are repeated.
///
/// # Errors
/// As of [`parse`].
pub fn read(text: &str, limits: &Limits) -> Result<Reading, DocumentError> {
    let remarks = Some(Remarks::default());
    let mut reader = Reader { nodes: limits.document_nodes, remarks, ..Reader::at(text, 0) };
    let document = whole(&mut reader, limits)?;
    let remarks = reader.remarks.map(|remarks| remarks.told).unwrap_or_default();
    Ok(Reading { documents: vec![document], remarks })
}

fn whole(reader: &mut Reader<'_>, limits: &Limits) -> Result<Node, DocumentError> {
    let node = reader.value(limits.depth)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.unexpected("the end of the document")),
    }
}

/// Reads the value that begins at a byte; whatever follows it is left alone.
pub(super) fn parse_at(text: &str, at: usize, limits: &Limits) -> Result<Node, DocumentError> {
    Reader { nodes: limits.document_nodes, ..Reader::at(text, at) }.value(limits.depth)
}

pub(super) struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Nodes that may still be made.
    nodes: usize,
    /// Items and entries of what is open, outermost first: each collection becomes as large as it is at its end.
    items: Vec<Node>,
    entries: Vec<Entry>,
    /// What was noticed; none if nobody asks, and then repeated keys are kept.
    remarks: Option<Remarks>,
}

impl<'t> Reader<'t> {
    /// A reader at a byte, which makes no nodes yet.
    pub(super) fn at(text: &'t str, at: usize) -> Self {
        let (items, entries) = (Vec::new(), Vec::new());
        Self { text, bytes: text.as_bytes(), at, nodes: 0, items, entries, remarks: None }
    }

    /// The byte that it stands at.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes on by a byte.
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Whether it stands behind a closing bracket or a quote.
    pub(super) fn after_bracket_or_quote(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
        matches!(before, Some(b'}' | b']' | b'"'))
    }

    /// Passes over the string whose opening quote stands here; what is in it is not looked at.
    pub(super) fn pass_string(&mut self) -> Result<(), DocumentError> {
        let open = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.error(open, "a string is not closed")),
            }
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, DocumentError> {
        self.skip_space();
        let start = self.at;
        if depth == 0 {
            return Err(self.error(start, "the document is nested too deeply").limit());
        }
        self.nodes = self
            .nodes
            .checked_sub(1)
            .ok_or_else(|| self.error(start, "the document has too many nodes").limit())?;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => scalar(self.string()?, ScalarStyle::Quoted),
            Some(b't') => self.word("true", ScalarStyle::Bool)?,
            Some(b'f') => self.word("false", ScalarStyle::Bool)?,
            Some(b'n') => self.word("null", ScalarStyle::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node { kind, tag: None, span: Span::new(start, self.at) })
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind, DocumentError> {
        self.at += 1;
        let before = self.entries.len();
        if self.eat(b'}') {
            return Ok(NodeKind::Mapping(Vec::new()));
        }
        loop {
            self.skip_space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in quotes"));
            }
            let key = self.string()?;
            let key_span = Span::new(start, self.at);
            if !self.eat(b':') {
                return Err(self.unexpected("`:`"));
            }
            let value = self.value(depth - 1)?;
            self.entries.push(Entry { key, key_span, value });
            if self.eat(b'}') {
                let mut entries: Vec<Entry> = self.entries.drain(before..).collect();
                if let Some(remarks) = &mut self.remarks {
                    keys::unique(&mut entries, |key, span| {
                        remarks.tell(RemarkKind::RepeatedKey(key.clone()), span);
                    });
                }
                return Ok(NodeKind::Mapping(entries));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind, DocumentError> {
        self.at += 1;
        let before = self.items.len();
        if self.eat(b']') {
            return Ok(NodeKind::Sequence(Vec::new()));
        }
        loop {
            let item = self.value(depth - 1)?;
            self.items.push(item);
            if self.eat(b']') {
                return Ok(NodeKind::Sequence(self.items.drain(before..).collect()));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn word(&mut self, word: &'static str, style: ScalarStyle) -> Result<NodeKind, DocumentError> {
        let end = self.at + word.len();
        if self.text.get(self.at..end) != Some(word) {
            return Err(self.unexpected("a value"));
        }
        self.at = end;
        Ok(scalar(SmolStr::new_static(word), style))
    }

    fn number(&mut self) -> Result<NodeKind, DocumentError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(scalar(SmolStr::new(text), ScalarStyle::Number))
    }

    fn digits(&mut self) -> Result<(), DocumentError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    /// The string whose opening quote stands here.
    pub(super) fn string(&mut self) -> Result<SmolStr, DocumentError> {
        let open = self.at;
        self.at += 1;
        let mut run = self.at;
        let mut decoded = String::new();
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    decoded.push_str(self.text.get(run..self.at).unwrap_or_default());
                    decoded.push(self.escape()?);
                    run = self.at;
                }
                Some(0..=0x1f) => {
                    return Err(self.error(self.at, "a string has an unescaped control character"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.error(open, "a string is not closed")),
            }
        }
        let rest = self.text.get(run..self.at).unwrap_or_default();
        self.at += 1;
        if decoded.is_empty() {
            return Ok(SmolStr::new(rest));
        }
        decoded.push_str(rest);
        Ok(SmolStr::from(decoded))
    }

    fn escape(&mut self) -> Result<char, DocumentError> {
        let start = self.at;
        let letter = self.bytes.get(start + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => return Err(self.error(start, "a string has an unknown escape")),
        })
    }

    /// What follows `\u` at `start`, with the second half of a surrogate pair.
    fn code_point(&mut self, start: usize) -> Result<char, DocumentError> {
        let first = self.four_digits(start)?;
        let code = if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..self.at + 2) == Some("\\u")
        {
            self.at += 2;
            let second = self.four_digits(start)?;
            let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
            low.map(|low| 0x1_0000 + ((first - 0xd800) << 10) + low)
        } else {
            Some(first)
        };
        code.and_then(char::from_u32).ok_or_else(|| self.error(start, "a string has half a surrogate pair"))
    }

    fn four_digits(&mut self, start: usize) -> Result<u32, DocumentError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| !digits.starts_with('+'));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        code.ok_or_else(|| self.error(start, "`\\u` takes four hexadecimal digits"))
    }

    fn error(&self, at: usize, message: impl Into<String>) -> DocumentError {
        let at = at.min(self.text.len());
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        DocumentError::new(message, Span::new(at, at + width))
    }

    pub(super) fn unexpected(&self, wanted: &str) -> DocumentError {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the document ends".to_owned(),
            Some(found) => format!("`{}` stands", found.escape_default()),
        };
        self.error(self.at, format!("{found} where {wanted} is expected"))
    }
}

fn scalar(text: SmolStr, style: ScalarStyle) -> NodeKind {
    NodeKind::Scalar(Scalar { text, style })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document printed without spaces, every scalar as the bytes of its span.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match parse(text, &Limits::default()) {
            Ok(node) => shown(text, &node),
            Err(error) => format!("{}..{} {}", error.span.start, error.span.end, error.message),
        };
        assert_eq!(found, expected);
        let accepted = serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(parse(text, &Limits::default()).is_ok(), accepted, "serde_json disagrees on {text}");
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.range()).expect("a span of whole characters")
    }

    fn shown(text: &str, node: &Node) -> String {
        match &node.kind {
            NodeKind::Scalar(_) => slice(text, node.span).to_owned(),
            NodeKind::Sequence(items) => {
                format!("[{}]", items.iter().map(|item| shown(text, item)).collect::<Vec<_>>().join(","))
            }
            NodeKind::Mapping(entries) => {
                let entry =
                    |entry: &Entry| format!("{}:{}", slice(text, entry.key_span), shown(text, &entry.value));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[track_caller]
    fn check_text(text: &str, expected: &str) {
        let node = parse(text, &Limits::default()).expect("it parses");
        assert_eq!(node.text().map(SmolStr::as_str), Some(expected));
        assert_eq!(serde_json::from_str::<String>(text).expect("serde_json parses it"), expected);
    }

    #[test]
    fn every_key_and_value_has_its_bytes() {
        check(
            r#" { "é" : [ 1.50 , -0e+7 , "a\"b" ] , "b" : { } , "b" : null } "#,
            r#"{"é":[1.50,-0e+7,"a\"b"],"b":{},"b":null}"#,
        );
        check("[true,false,[]]", "[true,false,[]]");
        let node = parse(" {\"a\": [1]} ", &Limits::default()).expect("it parses");
        assert_eq!((node.span.start, node.span.end), (1, 11));
    }

    #[test]
    fn an_error_says_where_and_what_is_expected() {
        check("", "0..0 the document ends where a value is expected");
        check("{\"a\" 1}", "5..6 `1` stands where `:` is expected");
        check("[1,]", "3..4 `]` stands where a value is expected");
        check("{\"a\":1,}", "7..8 `}` stands where a key in quotes is expected");
        check("[1 2]", "3..4 `2` stands where `,` or `]` is expected");
        check("01", "1..2 `1` stands where the end of the document is expected");
        check("[1.]", "3..4 `]` stands where a digit is expected");
        check("[-]", "2..3 `]` stands where a digit is expected");
        check("\"a", "0..1 a string is not closed");
        check("\"a\nb\"", "2..3 a string has an unescaped control character");
        check("\"\\x\"", "1..2 a string has an unknown escape");
        check("\"\\u12g4\"", "1..2 `\\u` takes four hexadecimal digits");
        check("\"\\u+123\"", "1..2 `\\u` takes four hexadecimal digits");
        check("\"\\ud800 \"", "1..2 a string has half a surrogate pair");
        check("\"\\ud800\\u0041\"", "1..2 a string has half a surrogate pair");
        check("nul", "0..1 `n` stands where a value is expected");
        check("'a'", "0..1 `\\'` stands where a value is expected");
    }

    #[test]
    fn repeated_keys_are_told_and_the_last_counts() {
        let text = r#"{"a": 1, "b": {"c": 1, "\u0063": 2}, "a": 3}"#;
        let reading = read(text, &Limits::default()).expect("it parses");
        assert_eq!(shown(text, &reading.documents[0]), r#"{"a":3,"b":{"\u0063":2}}"#);
        let told: Vec<_> = reading.remarks.iter().map(|remark| slice(text, remark.span)).collect();
        assert_eq!(told, [r#""\u0063""#, r#""a""#]);
    }

    #[test]
    fn strings_are_unescaped() {
        check_text(r#""plain""#, "plain");
        check_text(r#""\u00e9\ud83d\ude00\n\/\\""#, "é😀\n/\\");
        check_text(r#""tail\"""#, "tail\"");
        check_text("\"\"", "");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "[".repeat(100_000);
        let error = parse(&deep, &Limits::default()).expect_err("too deep");
        assert_eq!((error.message.as_str(), error.span.start), ("the document is nested too deeply", 128));
        let few = Limits { document_nodes: 3, ..Limits::default() };
        assert!(parse("[1,2]", &few).is_ok());
        assert!(parse("[1,2,3]", &few).is_err());
    }
}
