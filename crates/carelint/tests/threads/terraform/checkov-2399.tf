#: bridgecrewio/checkov#2399: After provider 4 had split buckets into several resources, everything set in a satellite was missed.
#: rule s3-versioning
#: pass aws_s3_bucket.records
#: pass aws_s3_bucket.by_name
#: pass aws_s3_bucket.inline
#: rule s3-encryption-cmk
#: pass aws_s3_bucket.records
#: fail aws_s3_bucket.by_name
#: fail aws_s3_bucket.inline
#: rule s3-access-logging
#: pass aws_s3_bucket.records
#: fail aws_s3_bucket.by_name
#: fail aws_s3_bucket.inline

resource "aws_kms_key" "records" {}

resource "aws_s3_bucket" "records" {
  bucket = "clinic-records"
}

resource "aws_s3_bucket_versioning" "records" {
  bucket = aws_s3_bucket.records.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  bucket = aws_s3_bucket.records.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.records.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_logging" "records" {
  bucket        = aws_s3_bucket.records.id
  target_bucket = "central-logs"
  target_prefix = "records/"
}

# Joined by the literal name alone.
resource "aws_s3_bucket" "by_name" {
  bucket = "clinic-letters"
}

resource "aws_s3_bucket_versioning" "by_name" {
  bucket = "clinic-letters"

  versioning_configuration {
    status = "Enabled"
  }
}

# As provider 3 has it.
resource "aws_s3_bucket" "inline" {
  versioning {
    enabled = true
  }
}
