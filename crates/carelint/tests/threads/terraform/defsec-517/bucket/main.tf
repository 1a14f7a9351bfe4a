variable "create" {
  type    = bool
  default = true
}

variable "encryption" {
  type    = any
  default = {}
}

resource "aws_s3_bucket" "this" {
  count = var.create ? 1 : 0
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = var.create && length(keys(var.encryption)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  dynamic "rule" {
    for_each = try(flatten([var.encryption["rule"]]), [])

    content {
      bucket_key_enabled = try(rule.value.bucket_key_enabled, null)

      dynamic "apply_server_side_encryption_by_default" {
        for_each = try([rule.value.apply_server_side_encryption_by_default], [])

        content {
          sse_algorithm     = apply_server_side_encryption_by_default.value.sse_algorithm
          kms_master_key_id = try(apply_server_side_encryption_by_default.value.kms_master_key_id, null)
        }
      }
    }
  }
}
