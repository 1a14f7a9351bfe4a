#: bridgecrewio/checkov#2327: The same configuration passed as source and failed as a plan, where the name of the bucket is known after apply.
#: scan plan.json
#: rule s3-public-access-block
#: pass aws_s3_bucket.records["images"]
#: pass aws_s3_bucket.records["letters"]

resource "aws_s3_bucket" "records" {
  for_each      = toset(["images", "letters"])
  bucket_prefix = each.key
}

resource "aws_s3_bucket_public_access_block" "records" {
  for_each                = aws_s3_bucket.records
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
