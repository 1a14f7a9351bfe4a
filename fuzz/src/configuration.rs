//! Configurations of Terraform out of a small grammar: blocks of every kind that know of each other, in two modules.

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::expression::expression;

/// Deepest expressions.
const DEPTH: usize = 4;

const TYPES: &[&str] = &[
    "string", "number", "bool", "any", "list(any)", "list(string)", "set(string)", "map(number)", "map(any)",
    "object({a = string, b = optional(number, 3)})", "list(object({a = optional(list(string), [\"x\"])}))",
    "tuple([string, number])", "map(object({enabled = optional(bool)}))", "optional(string)", "nonsense(",
];

/// Files of a configuration, by path.
#[derive(Debug)]
pub struct Configuration(pub Vec<(&'static str, String)>);

impl<'a> Arbitrary<'a> for Configuration {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut inner = String::from("variable \"v0\" {}\noutput \"o0\" {\n  value = var.v0\n}\n");
        blocks(u, &mut inner, 4)?;
        let mut main = String::new();
        blocks(u, &mut main, 10)?;
        let mut files = vec![("main.tf", main), ("m/main.tf", inner)];
        if u.arbitrary()? {
            let mut given = String::new();
            for name in ["v0", "v1", "unknown"] {
                argument(u, name, &mut given)?;
            }
            files.push(("terraform.tfvars", given));
        }
        if u.ratio(1, 8)? {
            let mut more = String::new();
            blocks(u, &mut more, 3)?;
            files.push(("x_override.tf", more));
        }
        if u.ratio(1, 8)? {
            files.push(("t.tpl", u.choose(&["${v0}", "%{ for i0 in v0 ~}\n${i0}\n%{ endfor ~}", "${", "${templatefile(\"t.tpl\", {})}"])?.to_string()));
        }
        Ok(Self(files))
    }
}

fn argument(u: &mut Unstructured<'_>, name: &str, out: &mut String) -> Result<()> {
    out.push_str(&format!("  {name} = "));
    expression(u, DEPTH, out)?;
    out.push('\n');
    Ok(())
}

fn repetition(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    match u.int_in_range(0u8..=5)? {
        0 => argument(u, "count", out),
        1 => argument(u, "for_each", out),
        2 => {
            out.push_str("  for_each = toset([\"a\", \"b\"])\n");
            Ok(())
        }
        3 => {
            out.push_str("  count = var.v0 ? 2 : 0\n");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn blocks(u: &mut Unstructured<'_>, out: &mut String, most: usize) -> Result<()> {
    for _ in 0..u.int_in_range(1..=most)? {
        match u.int_in_range(0u8..=11)? {
            0..=1 => variable(u, out)?,
            2..=3 => locals(u, out)?,
            4..=6 => resource(u, out)?,
            7 => module(u, out)?,
            8 => output(u, out)?,
            9 => data(u, out)?,
            10 => provider(u, out)?,
            _ => other(u, out)?,
        }
    }
    Ok(())
}

fn variable(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push_str(&format!("variable \"v{}\" {{\n", u.int_in_range(0..=3)?));
    if u.arbitrary()? {
        out.push_str(&format!("  type = {}\n", u.choose(TYPES)?));
    }
    if u.arbitrary()? {
        argument(u, "default", out)?;
    }
    if u.ratio(1, 5)? {
        out.push_str(u.choose(&["  nullable = false\n", "  sensitive = true\n", "  ephemeral = true\n"])?);
    }
    out.push_str("}\n");
    Ok(())
}

fn locals(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push_str("locals {\n");
    for _ in 0..u.int_in_range(1..=3)? {
        let name = format!("l{}", u.int_in_range(0..=5)?);
        argument(u, &name, out)?;
    }
    out.push_str("}\n");
    Ok(())
}

fn resource(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let (type_name, name) = *u.choose(&[("aws_s3_bucket", "r0"), ("aws_s3_bucket", "r1"), ("aws_kms_key", "r2")])?;
    out.push_str(&format!("resource \"{type_name}\" \"{name}\" {{\n"));
    repetition(u, out)?;
    for name in ["bucket", "tags", "policy"] {
        if u.arbitrary()? {
            argument(u, name, out)?;
        }
    }
    for _ in 0..u.int_in_range(0..=2)? {
        nested(u, out, 2)?;
    }
    if u.ratio(1, 5)? {
        out.push_str("  lifecycle {\n    ignore_changes = [tags]\n    prevent_destroy = true\n  }\n");
    }
    out.push_str("}\n");
    Ok(())
}

/// A block, written or dynamic.
fn nested(u: &mut Unstructured<'_>, out: &mut String, depth: usize) -> Result<()> {
    if u.arbitrary()? {
        out.push_str("  dynamic \"block\" {\n");
        argument(u, "for_each", out)?;
        if u.ratio(1, 4)? {
            out.push_str("  iterator = i0\n");
        }
        out.push_str("  content {\n");
    } else {
        out.push_str("  block {\n  ");
        out.push_str(" # static\n");
    }
    let dynamic = !out.ends_with("static\n");
    argument(u, "a", out)?;
    if depth > 0 && u.ratio(1, 3)? {
        nested(u, out, depth - 1)?;
    }
    out.push_str(if dynamic { "  }\n  }\n" } else { "  }\n" });
    Ok(())
}

fn module(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let name = u.choose(&["m0", "m1"])?;
    let source = u.choose(&["./m", "./m", "./m", ".", "..", "./nowhere", "a/b/c", "./"])?;
    out.push_str(&format!("module \"{name}\" {{\n  source = \"{source}\"\n"));
    repetition(u, out)?;
    for name in ["v0", "v1"] {
        if u.arbitrary()? {
            argument(u, name, out)?;
        }
    }
    if u.ratio(1, 6)? {
        out.push_str("  providers = { aws = aws.west }\n");
    }
    out.push_str("}\n");
    Ok(())
}

fn output(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push_str(&format!("output \"o{}\" {{\n", u.int_in_range(0..=1)?));
    argument(u, "value", out)?;
    out.push_str("}\n");
    Ok(())
}

fn data(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let kinds = ["aws_iam_policy_document", "aws_caller_identity", "aws_availability_zones", "aws_partition", "template_file"];
    out.push_str(&format!("data \"{}\" \"d{}\" {{\n", u.choose(&kinds)?, u.int_in_range(0..=1)?));
    repetition(u, out)?;
    for name in ["source_policy_documents", "override_policy_documents", "template", "vars"] {
        if u.ratio(1, 4)? {
            argument(u, name, out)?;
        }
    }
    for _ in 0..u.int_in_range(0..=2)? {
        out.push_str("  statement {\n");
        for name in ["sid", "effect", "actions", "not_actions", "resources"] {
            if u.arbitrary()? {
                argument(u, name, out)?;
            }
        }
        if u.arbitrary()? {
            out.push_str("  principals {\n");
            argument(u, "type", out)?;
            argument(u, "identifiers", out)?;
            out.push_str("  }\n");
        }
        if u.ratio(1, 3)? {
            out.push_str("  condition {\n");
            for name in ["test", "variable", "values"] {
                argument(u, name, out)?;
            }
            out.push_str("  }\n");
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    Ok(())
}

fn provider(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push_str("provider \"aws\" {\n");
    if u.arbitrary()? {
        out.push_str("  alias = \"west\"\n");
    }
    argument(u, "region", out)?;
    if u.arbitrary()? {
        out.push_str("  default_tags {\n");
        argument(u, "tags", out)?;
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    Ok(())
}

fn other(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let kind = u.choose(&["moved", "removed", "import", "check \"c\"", "ephemeral \"a\" \"b\"", "terraform", "tomorrow"])?;
    out.push_str(&format!("{kind} {{\n"));
    argument(u, "to", out)?;
    out.push_str("}\n");
    Ok(())
}
