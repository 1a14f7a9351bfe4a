#: Checkmarx/kics#6070: A bucket and its encryption that both have `count` were not brought together.
#: rule s3-encryption-cmk
#: pass aws_s3_bucket.records[0]
#: fail aws_s3_bucket.drafts[0]

resource "aws_kms_key" "records" {}

resource "aws_s3_bucket" "records" {
  count  = 1
  bucket = "records"
}

resource "aws_s3_bucket" "drafts" { #~ fail
  count  = 1
  bucket = "drafts"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  count  = 1
  bucket = aws_s3_bucket.records[count.index].bucket

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.records.arn
      sse_algorithm     = "aws:kms"
    }
  }
}
