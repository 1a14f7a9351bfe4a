//! Expressions of HCL, most of them well-formed: a small grammar over the names that [`crate::configuration`] declares.

use arbitrary::{Result, Unstructured};

/// Functions, arguments of any number and type.
const FUNCTIONS: &[&str] = &[
    "abs", "alltrue", "anytrue", "base64decode", "base64encode", "basename", "can", "ceil", "chunklist", "cidrhost",
    "cidrnetmask", "cidrsubnet", "cidrsubnets", "coalesce", "coalescelist", "compact", "concat", "contains",
    "csvdecode", "dirname", "distinct", "element", "endswith", "file", "fileexists", "fileset", "flatten", "floor",
    "format", "formatdate", "formatlist", "indent", "index", "join", "jsondecode", "jsonencode", "keys", "length",
    "log", "lookup", "lower", "map", "matchkeys", "max", "md5", "merge", "min", "nonsensitive", "one", "parseint",
    "pow", "range", "regex", "regexall", "replace", "reverse", "sensitive", "setintersection", "setproduct",
    "setsubtract", "setunion", "sha256", "signum", "slice", "sort", "split", "startswith", "strcontains",
    "strrev", "substr", "sum", "templatefile", "templatestring", "textencodebase64", "timeadd", "timestamp", "title",
    "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "transpose", "trim", "trimprefix", "trimspace",
    "trimsuffix", "try", "type", "upper", "urlencode", "uuid", "values", "yamldecode", "yamlencode", "zipmap",
    "provider::aws::arn_parse",
];

/// Names that mean something in a configuration.
const NAMES: &[&str] = &[
    "var.v0", "var.v1", "var.v2", "var.v3", "local.l0", "local.l1", "local.l2", "local.l3", "local.l4", "local.l5",
    "module.m0.o0", "module.m1.o1", "module.m0", "module.m1[0].o0", "module.m1[*].o0", "aws_s3_bucket.r0",
    "aws_s3_bucket.r0.id", "aws_s3_bucket.r1[0].arn", "aws_s3_bucket.r1[*].id", "aws_kms_key.r2[each.key].arn",
    "data.aws_iam_policy_document.d0.json", "data.aws_caller_identity.d1.account_id", "each.key", "each.value",
    "count.index", "path.module", "terraform.workspace", "self.id", "i0", "i1", "i2", "block.value", "block.key",
];

const LITERALS: &[&str] = &[
    "null", "true", "false", "0", "1", "2", "-1", "3.5", "1e3", "1e400", "\"\"", "\"a\"", "\"b\"", "\"10.0.0.0/16\"",
    "\"2026-01-02T03:04:05Z\"", "\"%s-%d\"", "\"a,b,c\"", "\"[a-z]+\"", "\"é\\u00e9\\n\"", "\"$${x}%%{y}\"", "[]", "{}",
    "\"{\\\"a\\\": [1, null]}\"", "99999999999999999999",
];

const BINARY: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];

fn pick<'t>(u: &mut Unstructured<'_>, from: &[&'t str]) -> Result<&'t str> {
    u.choose(from).copied()
}

fn separated(u: &mut Unstructured<'_>, depth: usize, out: &mut String, most: usize) -> Result<()> {
    for at in 0..u.int_in_range(0..=most)? {
        if at > 0 {
            out.push_str(", ");
        }
        expression(u, depth, out)?;
    }
    Ok(())
}

/// Writes an expression of at most `depth` levels.
pub fn expression(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    if depth == 0 || u.is_empty() {
        let literal = if u.arbitrary()? { pick(u, LITERALS)? } else { pick(u, NAMES)? };
        out.push_str(literal);
        return Ok(());
    }
    let depth = depth - 1;
    match u.int_in_range(0u8..=15)? {
        0..=1 => out.push_str(pick(u, LITERALS)?),
        2..=3 => out.push_str(pick(u, NAMES)?),
        4 => list(u, depth, out)?,
        5 => object(u, depth, out)?,
        6..=7 => call(u, depth, out)?,
        8 => {
            expression(u, depth, out)?;
            out.push_str(&format!(" {} ", pick(u, BINARY)?));
            expression(u, depth, out)?;
        }
        9 => {
            out.push('(');
            expression(u, depth, out)?;
            out.push_str(" ? ");
            expression(u, depth, out)?;
            out.push_str(" : ");
            expression(u, depth, out)?;
            out.push(')');
        }
        10 => for_expression(u, depth, out)?,
        11 => quoted(u, depth, out)?,
        12 => selected(u, depth, out)?,
        13 => {
            out.push_str(pick(u, &["!", "-"])?);
            expression(u, depth, out)?;
        }
        14 => heredoc(u, depth, out)?,
        _ => {
            out.push('(');
            expression(u, depth, out)?;
            out.push(')');
        }
    }
    Ok(())
}

fn list(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('[');
    separated(u, depth, out, 4)?;
    out.push(']');
    Ok(())
}

fn object(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('{');
    for _ in 0..u.int_in_range(0..=3)? {
        match u.int_in_range(0u8..=3)? {
            0 => {
                out.push('(');
                expression(u, depth.min(2), out)?;
                out.push(')');
            }
            _ => out.push_str(pick(u, &["a", "b", "c", "\"d e\"", "1", "enabled"])?),
        }
        out.push_str(pick(u, &[" = ", ": "])?);
        expression(u, depth, out)?;
        out.push_str(pick(u, &[", ", "\n"])?);
    }
    out.push('}');
    Ok(())
}

fn call(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push_str(pick(u, FUNCTIONS)?);
    out.push('(');
    separated(u, depth, out, 4)?;
    if u.ratio(1, 12)? {
        out.push_str("...");
    }
    out.push(')');
    Ok(())
}

fn for_expression(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    let map = u.arbitrary()?;
    out.push_str(if map { "{for " } else { "[for " });
    out.push_str(pick(u, &["i0", "i1", "i0, i1", "i1, i2"])?);
    out.push_str(" in ");
    expression(u, depth, out)?;
    out.push_str(" : ");
    if map {
        expression(u, depth.min(2), out)?;
        out.push_str(" => ");
    }
    expression(u, depth, out)?;
    if map && u.arbitrary()? {
        out.push_str("...");
    }
    if u.arbitrary()? {
        out.push_str(" if ");
        expression(u, depth, out)?;
    }
    out.push(if map { '}' } else { ']' });
    Ok(())
}

fn template(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    for _ in 0..u.int_in_range(0..=3)? {
        let (open, close) = if u.ratio(1, 4)? { ("~", "~") } else { ("", "") };
        match u.int_in_range(0u8..=4)? {
            0..=1 => out.push_str(pick(u, &["text", " ", "arn:aws:s3:::", "/*", "-", "$${", "é"])?),
            2 => {
                out.push_str(&format!("${{{open} "));
                expression(u, depth, out)?;
                out.push_str(&format!(" {close}}}"));
            }
            3 => {
                out.push_str(&format!("%{{{open} if "));
                expression(u, depth, out)?;
                out.push_str(&format!(" {close}}}yes%{{ else }}no%{{ endif }}"));
            }
            _ => {
                out.push_str("%{ for i0 in ");
                expression(u, depth, out)?;
                out.push_str(&format!(" {close}}}<${{i0}}>%{{ endfor {close}}}"));
            }
        }
    }
    Ok(())
}

fn quoted(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('"');
    template(u, depth, out)?;
    out.push('"');
    Ok(())
}

fn heredoc(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push_str(pick(u, &["(<<E\n", "(<<-E\n  "])?);
    template(u, depth, out)?;
    out.push_str("\nE\n)");
    Ok(())
}

fn selected(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('(');
    expression(u, depth, out)?;
    out.push(')');
    match u.int_in_range(0u8..=3)? {
        0 => out.push_str(pick(u, &[".a", ".b", ".0", ".id", ".*.a", "[*].a", "[*]"])?),
        1 => out.push_str(pick(u, &["[0]", "[-1]", "[\"a\"]", "[1.5]", "[null]"])?),
        _ => {
            out.push('[');
            expression(u, depth, out)?;
            out.push(']');
        }
    }
    Ok(())
}
