#: bridgecrewio/checkov#2004: What a `dynamic` block sets from the default of a variable was taken for missing.
#: rule s3-versioning
#: pass aws_s3_bucket.records

variable "versioning" {
  type = map(string)
  default = {
    enabled = true
  }
}

resource "aws_s3_bucket" "records" {
  dynamic "versioning" {
    for_each = length(keys(var.versioning)) == 0 ? [] : [var.versioning]

    content {
      enabled    = lookup(versioning.value, "enabled", null)
      mfa_delete = lookup(versioning.value, "mfa_delete", null)
    }
  }
}
