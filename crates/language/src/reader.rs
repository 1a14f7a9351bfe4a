//! Reading of YAML nodes as the things that models and rules are made of. Wrong shapes, unknown and repeated keys and
//! tags are errors of the file; what is returned is right.

use source::Span;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle};

use crate::error::File;
use crate::ir::Literal;
use crate::{leak, suggest};

/// What to do about a tag.
const TAG_HELP: &str =
    "YAML reads a leading `!` as a tag: quote the value, or write `unless:` in place of `when: !…`";
/// What to do about a value that was cut at a comma.
pub(crate) const CUT_HELP: &str =
    "inside `{…}` YAML cuts at commas and at `: `: write the mapping in block style, or quote the predicate";

impl File<'_> {
    /// The entries of a mapping, repeated keys reported.
    pub(crate) fn mapping<'n>(&self, node: &'n Node, what: &str) -> &'n [Entry] {
        self.refuse_tag(node);
        let NodeKind::Mapping(entries) = &node.kind else {
            self.error(node.span, format!("{what} is {}", shape(node)), "write a mapping: `key: value`");
            return &[];
        };
        for (at, entry) in entries.iter().enumerate() {
            if entries.iter().take(at).any(|earlier| earlier.key == entry.key) {
                let help = "keep one of them; YAML would silently take the last";
                self.error(entry.key_span, format!("`{}` stands twice in {what}", entry.key), help);
            }
        }
        entries
    }

    /// The entries of a mapping all of whose keys are among `known`; others are reported.
    pub(crate) fn fields<'n>(&self, node: &'n Node, what: &str, known: &[&str]) -> &'n [Entry] {
        let entries = self.mapping(node, what);
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                self.unknown_key(entry, what, known.iter().copied());
            }
        }
        entries
    }

    /// Reports a key that `what` does not have.
    pub(crate) fn unknown_key<'k>(
        &self,
        entry: &Entry,
        what: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let key = entry.key.as_str();
        let cut = key.contains(['(', ')', '"', '&', '|', '=']);
        let help = if cut { CUT_HELP.to_owned() } else { suggest::help(key, known) };
        self.error(entry.key_span, format!("{what} has no `{key}`"), help);
    }

    /// The items of a sequence.
    pub(crate) fn sequence<'n>(&self, node: &'n Node, what: &str) -> &'n [Node] {
        self.refuse_tag(node);
        let NodeKind::Sequence(items) = &node.kind else {
            self.error(
                node.span,
                format!("{what} is {}", shape(node)),
                "write a list: `[a, b]` or lines with `- `",
            );
            return &[];
        };
        items
    }

    /// The text of a scalar that is not empty.
    pub(crate) fn string<'n>(&self, node: &'n Node, what: &str) -> Option<&'n str> {
        self.refuse_tag(node);
        let NodeKind::Scalar(scalar) = &node.kind else {
            self.error(node.span, format!("{what} is {}", shape(node)), "write one text");
            return None;
        };
        if scalar.text.trim().is_empty() || is_null(scalar) {
            if node.tag.is_none() {
                self.error(node.span, format!("{what} is empty"), "write its text");
            }
            return None;
        }
        Some(scalar.text.as_str())
    }

    /// One text or a list of texts, each with its place.
    pub(crate) fn strings<'n>(&self, node: &'n Node, what: &str) -> Vec<(&'n str, Span)> {
        let items: Vec<&Node> = match &node.kind {
            NodeKind::Sequence(items) => items.iter().collect(),
            _ => vec![node],
        };
        items.into_iter().filter_map(|item| Some((self.string(item, what)?, item.span))).collect()
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, node: &Node, what: &str) -> Option<bool> {
        match self.literal(node, what)? {
            Literal::Bool(value) => Some(value),
            _ => {
                self.error(node.span, format!("{what} is {}", shape(node)), "write `true` or `false`");
                None
            }
        }
    }

    /// A scalar or a list of scalars as a literal, by the rules of YAML 1.2: only `true` and `false` are booleans, only
    /// `null`, `~` and nothing are null, only plain decimal numbers are numbers.
    pub(crate) fn literal(&self, node: &Node, what: &str) -> Option<Literal> {
        self.refuse_tag(node);
        match &node.kind {
            NodeKind::Scalar(scalar) => Some(scalar_literal(scalar)),
            NodeKind::Sequence(items) => {
                let literals =
                    items.iter().map(|item| self.literal(item, what)).collect::<Option<Vec<_>>>()?;
                Some(Literal::List(leak::slice(literals)))
            }
            NodeKind::Mapping(_) => {
                self.error(
                    node.span,
                    format!("{what} is a mapping"),
                    "write a literal: text, number, bool or list",
                );
                None
            }
        }
    }

    /// A name: lower case words joined by `separator`, none of `reserved`.
    pub(crate) fn name(&self, name: &str, span: Span, separator: char, reserved: &[&str]) -> bool {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == separator;
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(letters) {
            let help = format!("names are lower case letters and digits, words joined by `{separator}`");
            self.error(span, format!("`{name}` is no name"), help);
            return false;
        }
        if reserved.contains(&name) {
            self.error(span, format!("`{name}` has a meaning of its own"), "choose another name");
            return false;
        }
        true
    }

    /// Reports an explicit tag.
    pub(crate) fn refuse_tag(&self, node: &Node) {
        if let Some(tag) = &node.tag {
            self.error(node.span, format!("`!{tag}` is a tag, which has no meaning here"), TAG_HELP);
        }
    }
}

/// Whether a scalar says that there is no value.
pub(crate) fn is_null(scalar: &Scalar) -> bool {
    match scalar.style {
        ScalarStyle::Null => true,
        ScalarStyle::Plain => matches!(scalar.text.as_str(), "" | "~" | "null"),
        _ => false,
    }
}

/// Whether a node says that there is no value.
pub(crate) fn is_nothing(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(scalar) if is_null(scalar) && node.tag.is_none())
}

fn scalar_literal(scalar: &Scalar) -> Literal {
    let text = scalar.text.as_str();
    match scalar.style {
        ScalarStyle::Quoted => Literal::String(leak::text(text)),
        _ if is_null(scalar) => Literal::Null,
        _ if text == "true" => Literal::Bool(true),
        _ if text == "false" => Literal::Bool(false),
        _ if is_number(text) => Literal::Number(leak::text(text)),
        _ => Literal::String(leak::text(text)),
    }
}

/// A plain decimal number: `35`, `-1`, `1.2`. `017` and `1e3` are text.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let decimal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    decimal(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(decimal)
}

/// What a node is, for messages.
pub(crate) fn shape(node: &Node) -> &'static str {
    match &node.kind {
        NodeKind::Sequence(_) => "a list",
        NodeKind::Mapping(_) => "a mapping",
        NodeKind::Scalar(scalar) => match scalar_literal(scalar) {
            Literal::Null => "empty",
            Literal::Bool(_) => "a boolean",
            Literal::Number(_) => "a number",
            _ => "a text",
        },
    }
}
