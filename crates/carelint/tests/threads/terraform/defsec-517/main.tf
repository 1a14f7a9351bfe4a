#: aquasecurity/defsec#517: Encryption that a module makes of a nested map, with `try` and nested `dynamic` blocks, was not seen.
#: rule s3-encryption-cmk
#: pass module.records.aws_s3_bucket.this[0]
#: value module.records.aws_s3_bucket_server_side_encryption_configuration.this[0] rule.0.apply_server_side_encryption_by_default.0.sse_algorithm = "aws:kms"

resource "aws_kms_key" "records" {
  enable_key_rotation = true
}

module "records" {
  source = "./bucket"

  encryption = {
    rule = {
      apply_server_side_encryption_by_default = {
        kms_master_key_id = aws_kms_key.records.arn
        sse_algorithm     = "aws:kms"
      }
    }
  }
}
