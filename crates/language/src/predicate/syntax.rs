//! Predicates as a tree: what the grammar admits of CEL, each node with the bytes that it stands for. Everything else
//! that CEL knows (messages, maps, bytes, timestamps, optional fields, other functions) is refused here.

use cel::common::ast::{CallExpr, Expr as Cel, IdedExpr, LiteralValue, SourceInfo};

use super::Fault;
use crate::ir::{Arithmetic, Literal, Macro, TextTest};
use crate::{leak, suggest};

/// Deepest nesting of a predicate.
const DEPTH: u16 = 64;
/// Longest predicate, in bytes.
const LENGTH: usize = 4096;

/// Functions, for suggestions.
const FUNCTIONS: &[&str] = &[
    "has",
    "size",
    "lookup",
    "nodes",
    "exists",
    "all",
    "filter",
    "map",
    "startsWith",
    "endsWith",
    "contains",
    "atLeast",
    "matches",
    "lowerAscii",
];

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: (u32, u32),
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprKind {
    Literal(Literal),
    List(Vec<Expr>),
    Name(String),
    Select(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Has(Box<Expr>),
    Size(Box<Expr>),
    Macro(Macro, Box<Expr>, String, Box<Expr>),
    Text(TextTest, Box<Expr>, Box<Expr>),
    Matches(Box<Expr>, &'static str),
    Lower(Box<Expr>),
    Lookup(String, Vec<Expr>),
    Nodes(String),
    Method(String, Box<Expr>, Vec<Expr>),
}

/// The comparisons; `>` and `>=` are written the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
}

/// Parses a predicate.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    if text.len() > LENGTH {
        return Err(Fault::new((0, 0), "the predicate is too long", format!("at most {LENGTH} bytes")));
    }
    let env = cel::Env::default();
    let parser = env.parser().max_recursion_depth(DEPTH);
    let (tree, places) = parser.parse_with_source_info(text).map_err(|errors| syntax_fault(text, &errors))?;
    Reader { text, places }.expr(&tree)
}

/// What the parser says, in words for people who write rules.
fn syntax_fault(text: &str, errors: &cel::ParseErrors) -> Fault {
    let (line, column) = errors.errors.first().map_or((1, 1), |error| error.pos);
    let said = errors.errors.first().map_or("", |error| error.msg.as_str());
    let line_start: usize =
        text.split_inclusive('\n').take(usize::try_from(line - 1).unwrap_or(0)).map(str::len).sum();
    let at = (line_start + usize::try_from(column - 1).unwrap_or(0)).min(text.len());
    let at = u32::try_from(at).unwrap_or(0);
    let help = if balance(text) != 0 {
        "brackets do not match; a plain YAML value ends at ` #` and at `: `, inside `{…}` also at a comma: quote it"
    } else if text.matches('"').count() % 2 == 1 {
        "a quote is open; a plain YAML value ends at ` #` and at `: `: put the predicate in single quotes"
    } else if text.contains("&&&")
        || text.contains(" and ")
        || text.contains(" or ")
        || text.contains(" not ")
    {
        "the operators are `&&`, `||` and `!`"
    } else if text.contains('\'') && text.contains("''") {
        "inside single quotes YAML writes a quote as `''`; use double quotes in predicates"
    } else if contains_single_equal(text) {
        "equality is `==`"
    } else {
        "predicates are CEL: `&& || ! == != < in ?:`, calls, `.field` and `[index]`"
    };
    let near: String = text.get(at as usize..).unwrap_or("").chars().take(20).collect();
    let reserved = said.strip_prefix("reserved identifier: ");
    let message = match reserved {
        Some(name) => format!("`{name}` is a reserved word of CEL"),
        None if near.is_empty() => "the predicate ends too early".to_owned(),
        None => format!("the predicate cannot be read at `{near}`"),
    };
    Fault::new((at, at), message, help)
}

fn contains_single_equal(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(3).any(|three| {
        matches!(three, [before, b'=', after]
        if !matches!(before, b'=' | b'!' | b'<' | b'>') && *after != b'=')
    })
}

/// Opening minus closing brackets outside of strings.
fn balance(text: &str) -> i32 {
    let mut depth = 0;
    walk_brackets(text, |_, byte| depth += if matches!(byte, b'(' | b'[' | b'{') { 1 } else { -1 });
    depth
}

/// Calls `seen` for each bracket outside of strings.
fn walk_brackets(text: &str, mut seen: impl FnMut(usize, u8)) {
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b')' | b'[' | b']' | b'{' | b'}') => seen(at, byte),
            _ => {}
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    places: SourceInfo,
}

impl Reader<'_> {
    fn expr(&self, tree: &IdedExpr) -> Result<Expr, Fault> {
        let anchor = self.anchor(tree.id);
        let made = |kind, span| Ok(Expr { kind, span });
        match &tree.expr {
            Cel::Literal(value) => {
                let span = self.with_sign(anchor, value);
                made(ExprKind::Literal(literal(value, span)?), span)
            }
            Cel::Ident(name) if name.starts_with('.') => {
                Err(Fault::new(anchor, format!("`{name}` starts with a dot"), "names start with a letter"))
            }
            Cel::Ident(name) => made(ExprKind::Name(name.clone()), anchor),
            Cel::List(list) => {
                if !list.optional_indices.is_empty() {
                    return Err(refused(anchor, "an optional element"));
                }
                let items =
                    list.elements.iter().map(|item| self.expr(item)).collect::<Result<Vec<_>, _>>()?;
                let span = self.around(anchor, &items);
                made(ExprKind::List(items), span)
            }
            Cel::Select(select) => {
                let operand = self.expr(&select.operand)?;
                let span = (operand.span.0, self.end_of_name(anchor.1));
                made(ExprKind::Select(Box::new(operand), select.field.clone()), span)
            }
            Cel::Call(call) => self.call(call, anchor),
            Cel::Map(_) => Err(refused(anchor, "a map")),
            Cel::Struct(_) => Err(refused(anchor, "a message")),
            Cel::Comprehension(_) | Cel::Unspecified => Err(refused(anchor, "this expression")),
        }
    }

    fn call(&self, call: &CallExpr, anchor: (u32, u32)) -> Result<Expr, Fault> {
        let name = call.func_name.as_str();
        if let Some(kind) = macro_named(name)
            && let Some(target) = &call.target
        {
            return self.macro_call(kind, target, &call.args, anchor);
        }
        let target = call.target.as_deref().map(|target| self.expr(target)).transpose()?;
        let args = call.args.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<&Expr> = target.iter().chain(&args).collect();
        let mut span = self.around(anchor, all);
        if let Some(kind) = operator(name, &args) {
            return Ok(Expr { kind: kind.map_err(|()| refused(anchor, "this operator"))?, span });
        }
        if target.is_none() {
            span.0 = self.start_of_name(span.0);
        }
        let kind = match target {
            None => self.function(name, args, span)?,
            Some(target) => method(name, target, args, span)?,
        };
        Ok(Expr { kind, span })
    }

    fn macro_call(
        &self,
        kind: Macro,
        target: &IdedExpr,
        args: &[IdedExpr],
        anchor: (u32, u32),
    ) -> Result<Expr, Fault> {
        let target = self.expr(target)?;
        let [variable, body] = args else {
            return Err(Fault::new(
                anchor,
                "a macro takes a name and a body",
                "`list.exists(x, x.field == 1)`",
            ));
        };
        let Cel::Ident(name) = &variable.expr else {
            let help = "`list.exists(x, x.field == 1)`";
            return Err(Fault::new(
                self.anchor(variable.id),
                "the first argument of a macro is a name",
                help,
            ));
        };
        let body = self.expr(body)?;
        let span = self.around(anchor, [&target, &body]);
        Ok(Expr { kind: ExprKind::Macro(kind, Box::new(target), name.clone(), Box::new(body)), span })
    }

    fn function(&self, name: &str, args: Vec<Expr>, span: (u32, u32)) -> Result<ExprKind, Fault> {
        match (name, <[Expr; 1]>::try_from(args)) {
            ("has", Ok([arg])) => match arg.kind {
                ExprKind::Select(..) => Ok(ExprKind::Has(Box::new(arg))),
                ExprKind::Index(..) => {
                    Err(Fault::new(span, "`has(m[k])` is no CEL", "write `k in m`, or `list.exists(x, …)`"))
                }
                _ => Err(Fault::new(span, "`has` takes a field", "write `has(self.attribute)`")),
            },
            ("size", Ok([arg])) => Ok(ExprKind::Size(Box::new(arg))),
            ("nodes", Ok([arg])) => match arg.kind {
                ExprKind::Literal(Literal::String(kind)) => Ok(ExprKind::Nodes(kind.to_owned())),
                _ => Err(Fault::new(span, "`nodes` takes the name of a kind", "write `nodes(\"kind\")`")),
            },
            ("lookup", Err(args)) if args.len() > 1 => {
                let mut args = args.into_iter();
                match args.next().map(|first| first.kind) {
                    Some(ExprKind::Literal(Literal::String(table))) => {
                        Ok(ExprKind::Lookup(table.to_owned(), args.collect()))
                    }
                    _ => Err(Fault::new(
                        span,
                        "the first argument is the name of a table",
                        "`lookup(\"table\", key)`",
                    )),
                }
            }
            ("has" | "size" | "nodes" | "lookup", _) => {
                let help = "`has(self.x)`, `size(list)`, `nodes(\"kind\")`, `lookup(\"table\", key…)`";
                Err(Fault::new(span, format!("wrong number of arguments of `{name}`"), help))
            }
            _ => Err(Fault::new(
                span,
                format!("there is no function `{name}`"),
                suggest::help(name, FUNCTIONS.iter().copied()),
            )),
        }
    }

    /// Byte range of the token that stands for a node.
    fn anchor(&self, id: u64) -> (u32, u32) {
        let length = u32::try_from(self.text.len()).unwrap_or(0);
        let (start, last) = self.places.offset_for(id).unwrap_or((0, 0));
        (start.min(length), last.saturating_add(1).min(length))
    }

    /// A number with its sign.
    fn with_sign(&self, anchor: (u32, u32), value: &LiteralValue) -> (u32, u32) {
        let negative = match value {
            LiteralValue::Int(value) => *value.inner() < 0,
            LiteralValue::Double(value) => *value.inner() < 0.0,
            _ => false,
        };
        let before = self.text.get(..anchor.0 as usize).unwrap_or("");
        let sign = before.ends_with('-') && negative;
        (anchor.0 - u32::from(sign), anchor.1)
    }

    /// The smallest range that holds the anchor and the operands, brackets completed.
    fn around<'e>(&self, anchor: (u32, u32), operands: impl IntoIterator<Item = &'e Expr>) -> (u32, u32) {
        let (mut start, mut end) = anchor;
        for operand in operands {
            start = start.min(operand.span.0);
            end = end.max(operand.span.1);
        }
        let (mut open, mut unopened) = (0_i32, 0_i32);
        let inside = self.text.get(start as usize..end as usize).unwrap_or("");
        walk_brackets(inside, |_, byte| match byte {
            b'(' | b'[' | b'{' => open += 1,
            _ if open > 0 => open -= 1,
            _ => unopened += 1,
        });
        for byte in self.text.bytes().skip(end as usize) {
            match byte {
                _ if open == 0 => break,
                b')' | b']' | b'}' => open -= 1,
                b' ' | b'\n' | b'\t' | b'\r' | b',' => {}
                _ => break,
            }
            end += 1;
        }
        for byte in self.text.bytes().take(start as usize).rev() {
            match byte {
                _ if unopened == 0 => break,
                b'(' | b'[' | b'{' => unopened -= 1,
                b' ' | b'\n' | b'\t' | b'\r' => {}
                _ => break,
            }
            start -= 1;
        }
        (start, end)
    }

    fn end_of_name(&self, at: u32) -> u32 {
        let rest = self.text.get(at as usize..).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        let name = rest
            .trim_start()
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        at + u32::try_from(blank + name).unwrap_or(0)
    }

    fn start_of_name(&self, at: u32) -> u32 {
        let before = self.text.get(..at as usize).unwrap_or("").trim_end();
        let name =
            before.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        u32::try_from(before.len() - name).unwrap_or(0)
    }
}

fn refused(span: (u32, u32), what: &str) -> Fault {
    Fault::new(
        span,
        format!("{what} is not admitted"),
        "predicates are a part of CEL; docs/rule-grammar.md lists it",
    )
}

fn macro_named(name: &str) -> Option<Macro> {
    match name {
        "exists" => Some(Macro::Exists),
        "all" => Some(Macro::All),
        "filter" => Some(Macro::Filter),
        "map" => Some(Macro::Map),
        _ => None,
    }
}

fn literal(value: &LiteralValue, span: (u32, u32)) -> Result<Literal, Fault> {
    match value {
        LiteralValue::Boolean(value) => Ok(Literal::Bool(*value.inner())),
        LiteralValue::Int(value) => Ok(Literal::Number(leak::text(&value.inner().to_string()))),
        LiteralValue::UInt(value) => Ok(Literal::Number(leak::text(&value.inner().to_string()))),
        LiteralValue::Double(value) => Ok(Literal::Number(leak::text(&value.inner().to_string()))),
        LiteralValue::String(value) => Ok(Literal::String(leak::text(value.inner()))),
        LiteralValue::Null => Ok(Literal::Null),
        LiteralValue::Bytes(_) => Err(refused(span, "a bytes literal")),
    }
}

/// An operator: none if the name is no operator, an error if it is one that is not admitted.
fn operator(name: &str, args: &[Expr]) -> Option<Result<ExprKind, ()>> {
    let boxed = |at: usize| args.get(at).cloned().map(Box::new).ok_or(());
    let compare = |op, left: usize, right: usize| Ok(ExprKind::Compare(op, boxed(left)?, boxed(right)?));
    let arithmetic = |op| Ok(ExprKind::Arithmetic(op, boxed(0)?, boxed(1)?));
    let made = match name {
        "_&&_" => Ok(ExprKind::And(flatten(args, |kind| matches!(kind, ExprKind::And(_))))),
        "_||_" => Ok(ExprKind::Or(flatten(args, |kind| matches!(kind, ExprKind::Or(_))))),
        "!_" => boxed(0).map(ExprKind::Not),
        "_==_" => compare(Comparison::Equal, 0, 1),
        "_!=_" => compare(Comparison::NotEqual, 0, 1),
        "_<_" => compare(Comparison::Less, 0, 1),
        "_<=_" => compare(Comparison::LessOrEqual, 0, 1),
        "_>_" => compare(Comparison::Less, 1, 0),
        "_>=_" => compare(Comparison::LessOrEqual, 1, 0),
        "@in" | "_in_" => boxed(0).and_then(|left| Ok(ExprKind::In(left, boxed(1)?))),
        "_+_" => arithmetic(Arithmetic::Add),
        "_-_" => arithmetic(Arithmetic::Subtract),
        "_*_" => arithmetic(Arithmetic::Multiply),
        "_?_:_" => boxed(0).and_then(|condition| Ok(ExprKind::Conditional(condition, boxed(1)?, boxed(2)?))),
        "_[_]" => boxed(0).and_then(|operand| Ok(ExprKind::Index(operand, boxed(1)?))),
        "-_" | "_/_" | "_%_" | "_[?_]" | "_?._" => Err(()),
        _ => return None,
    };
    Some(made)
}

fn flatten(args: &[Expr], same: impl Fn(&ExprKind) -> bool) -> Vec<Expr> {
    let mut flat = Vec::new();
    for arg in args {
        match &arg.kind {
            ExprKind::And(inner) | ExprKind::Or(inner) if same(&arg.kind) => {
                flat.extend(inner.iter().cloned());
            }
            _ => flat.push(arg.clone()),
        }
    }
    flat
}

fn method(name: &str, target: Expr, args: Vec<Expr>, span: (u32, u32)) -> Result<ExprKind, Fault> {
    let target = Box::new(target);
    let test = match name {
        "startsWith" => Some(TextTest::StartsWith),
        "endsWith" => Some(TextTest::EndsWith),
        "contains" => Some(TextTest::Contains),
        "atLeast" => Some(TextTest::AtLeast),
        _ => None,
    };
    match (test, name, args.len()) {
        (Some(test), _, 1) => {
            let arg = args.into_iter().next().ok_or_else(|| refused(span, "this call"))?;
            Ok(ExprKind::Text(test, target, Box::new(arg)))
        }
        (_, "matches", 1) => match args.first().map(|arg| &arg.kind) {
            Some(ExprKind::Literal(Literal::String(pattern))) => Ok(ExprKind::Matches(target, pattern)),
            _ => Err(Fault::new(span, "`matches` takes a literal", "write the regular expression as a text")),
        },
        (_, "lowerAscii", 0) => Ok(ExprKind::Lower(target)),
        (Some(_), ..) | (_, "matches" | "lowerAscii", _) => Err(Fault::new(
            span,
            format!("wrong number of arguments of `{name}`"),
            "`x.startsWith(\"a\")`, `x.lowerAscii()`",
        )),
        (_, "size", 0) => Ok(ExprKind::Size(target)),
        _ => Ok(ExprKind::Method(name.to_owned(), target, args)),
    }
}

impl Expr {
    /// A text that is the same for expressions that read the same thing; none for those that read nothing.
    pub(super) fn key(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Select(operand, field) => Some(format!("{}.{field}", operand.key()?)),
            ExprKind::Index(operand, index) => Some(format!("{}[{}]", operand.key()?, index.key()?)),
            ExprKind::Literal(literal) => Some(crate::types::show_literal(*literal)),
            ExprKind::Lookup(table, keys) => {
                let keys = keys.iter().map(Self::key).collect::<Option<Vec<_>>>()?;
                Some(format!("lookup({table},{})", keys.join(",")))
            }
            ExprKind::Lower(operand) => operand.key(),
            _ => None,
        }
    }
}
