//! Plans as JSON out of a small grammar: the parts of a plan that carelint reads, values and `after_unknown` and
//! expressions that do and do not fit each other.

use arbitrary::{Arbitrary, Result, Unstructured};

/// The text of a plan.
#[derive(Debug)]
pub struct Plan(pub String);

const ADDRESSES: &[&str] = &[
    "aws_s3_bucket.r0", "aws_s3_bucket.r1[0]", "aws_s3_bucket.r1[1]", "aws_kms_key.r2[\\\"a\\\"]",
    "module.m0.aws_s3_bucket.r0", "module.m1[0].aws_s3_bucket.r0", "module.m1[\\\"a\\\"].module.m0.aws_kms_key.r2",
    "data.aws_iam_policy_document.d0", "module.m0.data.aws_iam_policy_document.d0[0]", "x", "", "a[", "a[\\\"",
];

const REFERENCES: &[&str] = &[
    "aws_s3_bucket.r0.arn", "aws_s3_bucket.r0", "aws_kms_key.r2[\\\"a\\\"].arn", "aws_s3_bucket.r1[count.index].id",
    "aws_s3_bucket.r1", "each.key", "each.value.id", "each.value", "count.index", "var.v0", "var.v0.a", "local.l0",
    "module.m0.o0", "module.m0", "module.m1[0].o0", "data.aws_iam_policy_document.d0.json",
    "data.aws_iam_policy_document.d0", "path.module", "self.x", "",
];

const KEYS: &[&str] = &["bucket", "policy", "rule", "tags", "statement", "arn", "a", "value_wo", "principals", "identifiers", ""];

const SCALARS: &[&str] = &[
    "null", "true", "false", "0", "1", "-1.5e3", "1e999", "\"\"", "\"a\"", "\"arn:aws:s3:::x\"", "\"{\\\"Statement\\\": []}\"",
    "\"\\u0000\"", "{}", "[]",
];

impl<'a> Arbitrary<'a> for Plan {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut out = String::from("{\"format_version\": \"1.2\", \"terraform_version\": \"1.11.4\", \"planned_values\": {}");
        if u.ratio(1, 6)? {
            out.push_str(", \"errored\": true");
        }
        out.push_str(", \"resource_changes\": [");
        for at in 0..u.int_in_range(1..=4)? {
            if at > 0 {
                out.push(',');
            }
            change(u, &mut out)?;
        }
        out.push_str("], \"configuration\": {\"root_module\": ");
        module(u, 3, &mut out)?;
        out.push_str("}, \"variables\": {\"v0\": {\"value\": ");
        json(u, 2, &mut out)?;
        out.push_str("}}}");
        Ok(Self(out))
    }
}

fn json(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    match if depth == 0 { 0 } else { u.int_in_range(0u8..=3)? } {
        1 => {
            out.push('[');
            for at in 0..u.int_in_range(0..=3)? {
                out.push_str(if at > 0 { "," } else { "" });
                json(u, depth - 1, out)?;
            }
            out.push(']');
        }
        2 | 3 => object(u, depth, out)?,
        _ => out.push_str(u.choose(SCALARS)?),
    }
    Ok(())
}

fn object(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('{');
    for at in 0..u.int_in_range(0..=4)? {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(&format!("\"{}\":", u.choose(KEYS)?));
        json(u, depth.saturating_sub(1), out)?;
    }
    out.push('}');
    Ok(())
}

fn change(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let address = u.choose(ADDRESSES)?;
    let module = address.rsplit_once(".aws_").or_else(|| address.rsplit_once(".data.")).map(|(module, _)| module);
    let mode = u.choose(&["managed", "managed", "data", "odd"])?;
    let type_name = u.choose(&["aws_s3_bucket", "aws_kms_key", "aws_iam_policy_document"])?;
    out.push_str(&format!("{{\"address\":\"{address}\",\"mode\":\"{mode}\",\"type\":\"{type_name}\",\"name\":\"r\""));
    if let Some(module) = module.filter(|module| module.starts_with("module.")) {
        out.push_str(&format!(",\"module_address\":\"{module}\""));
    }
    if u.ratio(1, 3)? {
        out.push_str(&format!(",\"index\":{}", u.choose(&["0", "1", "\"a\"", "null", "{}"])?));
    }
    let actions = u.choose(&["\"create\"", "\"update\"", "\"no-op\"", "\"delete\"", "\"delete\",\"create\"", "\"read\"", "\"forget\"", ""])?;
    out.push_str(&format!(",\"change\":{{\"actions\":[{actions}]"));
    for part in ["before", "after", "after_unknown", "after_sensitive"] {
        out.push_str(&format!(",\"{part}\":"));
        if u.ratio(3, 4)? { object(u, 4, out)? } else { json(u, 2, out)? }
    }
    out.push_str("}}");
    Ok(())
}

fn expressions(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('{');
    for at in 0..u.int_in_range(0..=4)? {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(&format!("\"{}\":", u.choose(KEYS)?));
        expression(u, depth, out)?;
    }
    out.push('}');
    Ok(())
}

fn expression(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    match if depth == 0 { 0 } else { u.int_in_range(0u8..=3)? } {
        0 | 1 => {
            out.push_str("{\"references\":[");
            for at in 0..u.int_in_range(0..=3)? {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&format!("\"{}\"", u.choose(REFERENCES)?));
            }
            out.push_str("]}");
        }
        2 => {
            out.push_str("{\"constant_value\":");
            json(u, 2, out)?;
            out.push('}');
        }
        _ => {
            out.push('[');
            for at in 0..u.int_in_range(0..=2)? {
                out.push_str(if at > 0 { "," } else { "" });
                expressions(u, depth - 1, out)?;
            }
            out.push(']');
        }
    }
    Ok(())
}

fn module(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push_str("{\"resources\":[");
    for at in 0..u.int_in_range(0..=3)? {
        out.push_str(if at > 0 { "," } else { "" });
        let address = u.choose(&["aws_s3_bucket.r0", "aws_s3_bucket.r1", "aws_kms_key.r2", "data.aws_iam_policy_document.d0"])?;
        let mode = if address.starts_with("data") { "data" } else { "managed" };
        let type_name = address.trim_start_matches("data.").split('.').next().unwrap_or_default();
        out.push_str(&format!("{{\"address\":\"{address}\",\"mode\":\"{mode}\",\"type\":\"{type_name}\",\"name\":\"r\",\"expressions\":"));
        expressions(u, 3, out)?;
        if u.ratio(1, 3)? {
            out.push_str(",\"for_each_expression\":");
            expression(u, 0, out)?;
        }
        out.push('}');
    }
    out.push_str("],\"outputs\":{\"o0\":{\"expression\":");
    expression(u, 0, out)?;
    out.push_str("}},\"variables\":{\"v0\":{\"default\":");
    json(u, 2, out)?;
    out.push_str("}},\"module_calls\":{");
    if depth > 0 {
        for (at, name) in ["m0", "m1"].iter().enumerate().take(u.int_in_range(0..=2)?) {
            out.push_str(if at > 0 { "," } else { "" });
            out.push_str(&format!("\"{name}\":{{\"source\":\"./m\",\"expressions\":"));
            expressions(u, 1, out)?;
            out.push_str(",\"module\":");
            module(u, depth - 1, out)?;
            out.push('}');
        }
    }
    out.push_str("}}");
    Ok(())
}
