#: aquasecurity/tfsec#1797: Blocks of public access made with `for_each = aws_s3_bucket.x` were not matched.
#: rule s3-public-access-block
#: pass aws_s3_bucket.store["images"]
#: pass aws_s3_bucket.store["letters"]
#: pass aws_s3_bucket.by_input[*]

variable "more" {
  type = set(string)
}

resource "aws_s3_bucket" "store" {
  for_each = toset(["images", "letters"])
  bucket   = each.key
}

resource "aws_s3_bucket_public_access_block" "store" {
  for_each = aws_s3_bucket.store
  bucket   = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket" "by_input" {
  for_each = var.more
  bucket   = each.key
}

resource "aws_s3_bucket_public_access_block" "by_input" {
  for_each = aws_s3_bucket.by_input
  bucket   = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
