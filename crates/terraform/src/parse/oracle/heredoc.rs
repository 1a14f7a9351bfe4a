//! Heredocs that take indentation away (`<<-`), as HCL does: what all lines have in common goes, in directives too,
//! and nothing where a line starts at the margin. The text is taken from the source, for hcl-edit dedents each part
//! of it alone.

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, Template};

/// A heredoc's template with its indentation taken away. `text` is the source that its spans are of.
pub(super) fn dedented(template: &Template, text: &str) -> Template {
    let mut template = template.clone();
    let mut least: Option<usize> = None;
    lines(&mut template, &mut true, &mut |part| match part {
        Part::Text(literal, starts_line) => {
            if let Some(raw) = literal.span().and_then(|span| text.get(span)) {
                *literal.as_mut() = raw.replace("$${", "${").replace("%%{", "%{");
            }
            for indent in indents(literal, starts_line) {
                least = Some(least.map_or(indent, |least| least.min(indent)));
            }
        }
        Part::Margin => least = Some(0),
    });
    let least = least.unwrap_or(0);
    lines(&mut template, &mut true, &mut |part| {
        if let Part::Text(literal, starts_line) = part
            && least > 0
        {
            *literal.as_mut() = without(literal, least, starts_line);
        }
    });
    template
}

enum Part<'t> {
    /// A text, and whether it starts a line.
    Text(&'t mut hcl_edit::Spanned<String>, bool),
    /// An interpolation or a directive that starts a line.
    Margin,
}

/// Visits the parts of a template that lines start with, in their order.
fn lines(template: &mut Template, starts_line: &mut bool, visit: &mut dyn FnMut(Part<'_>)) {
    for element in template {
        if let Element::Literal(literal) = element {
            visit(Part::Text(literal, *starts_line));
            *starts_line = literal.ends_with('\n');
            continue;
        }
        margin(starts_line, visit);
        let Element::Directive(directive) = element else { continue };
        match &mut **directive {
            Directive::If(inner) => {
                lines(&mut inner.if_expr.template, starts_line, visit);
                if let Some(other) = &mut inner.else_expr {
                    margin(starts_line, visit);
                    lines(&mut other.template, starts_line, visit);
                }
            }
            Directive::For(inner) => lines(&mut inner.for_expr.template, starts_line, visit),
        }
        margin(starts_line, visit);
    }
}

fn margin(starts_line: &mut bool, visit: &mut dyn FnMut(Part<'_>)) {
    if std::mem::take(starts_line) {
        visit(Part::Margin);
    }
}

/// White space at the start of the lines of a text; lines of nothing else do not count.
fn indents(text: &str, starts_line: bool) -> impl Iterator<Item = usize> {
    let lines = text.split_inclusive('\n').skip(usize::from(!starts_line));
    lines
        .filter(|line| !line.ends_with('\n') || !line.trim().is_empty())
        .map(|line| line.chars().take_while(|c| c.is_whitespace()).count())
}

fn without(text: &str, indent: usize, starts_line: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let body = line.trim_end_matches(['\r', '\n']);
        let (body, end) = line.split_at_checked(body.len()).unwrap_or((line, ""));
        match at == 0 && !starts_line {
            true => out.push_str(body),
            false => out.extend(body.chars().skip(indent)),
        }
        out.push_str(end);
    }
    out
}
