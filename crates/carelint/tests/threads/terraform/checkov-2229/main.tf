#: bridgecrewio/checkov#2229: In a plan, the key of a bucket is a reference that is not known yet, and the bucket seemed to have none.
#: scan plan.json
#: rule s3-encryption-cmk
#: pass aws_s3_bucket.records

resource "aws_kms_key" "records" {}

resource "aws_s3_bucket" "records" {}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  bucket = aws_s3_bucket.records.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.records.key_id
      sse_algorithm     = "aws:kms"
    }
  }
}
