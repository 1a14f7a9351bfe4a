//! Reading of plans, alone and laid over a source: JSON as it comes, or out of the grammar. The first byte says which.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use carelint_fuzz::plan::Plan;
use carelint_fuzz::{invariants, small_limits};
use libfuzzer_sys::fuzz_target;
use carelint_source::Sources;
use carelint_terraform::Inputs;
use carelint_terraform::plan::{PlanFile, read};
use carelint_value::declared::Declared;

/// The source that plans are laid over.
const SOURCE: &str = r#"
variable "v0" {}
module "m0" { source = "./m" }
module "m1" {
  source = "./m"
  count  = var.v0
}
resource "aws_s3_bucket" "r0" {
  bucket = var.v0
  tags   = { a = aws_s3_bucket.r1[0].arn, b = null }
  policy = jsonencode({ Statement = [var.v0] })
  rule {
    a = var.v0
    rule { a = 1 }
  }
  dynamic "rule" {
    for_each = var.v0
    content { a = rule.value }
  }
}
resource "aws_s3_bucket" "r1" { count = 2 }
resource "aws_kms_key" "r2" { for_each = var.v0 }
"#;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let text = if first % 2 == 0 {
        std::str::from_utf8(data).ok().map(str::to_owned)
    } else {
        Plan::arbitrary(&mut Unstructured::new(data)).ok().map(|plan| plan.0)
    };
    let Some(text) = text else { return };
    if std::env::var_os("CARELINT_FUZZ_SHOW").is_some() {
        eprintln!("{text}");
    }
    let root = (first % 4 < 2).then(|| "source".to_owned());
    let module = "resource \"aws_s3_bucket\" \"r0\" {}\nresource \"aws_kms_key\" \"r2\" {}\noutput \"o0\" {\n value = 1\n}\n";
    let sources = Sources::in_memory([("plan.json", text.as_str()), ("source/main.tf", SOURCE), ("source/m/main.tf", module)]);
    let sources = sources.with_limits(small_limits());
    let mut declared = Declared::default();
    let evaluate = |folder: &str| carelint_terraform::read(&sources, &[format!("{folder}/main.tf")], &Inputs::default());
    read(&sources, &[PlanFile { path: "plan.json".to_owned(), root }], &mut declared, evaluate);
    invariants::check(&sources, &declared, false);
});
