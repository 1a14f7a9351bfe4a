#: aquasecurity/tfsec#1864: With a second bucket, or a prefix in its name, the block of the first one was no longer matched.
#: rule s3-public-access-block
#: pass aws_s3_bucket.first
#: pass aws_s3_bucket.second
#: fail aws_s3_bucket.third

variable "prefix" {
  type = string
}

resource "aws_s3_bucket" "first" {
  bucket = "com.clinic.records"
}

resource "aws_s3_bucket" "second" {
  bucket = "${var.prefix}-letters"
}

resource "aws_s3_bucket" "third" { #~ fail
  bucket_prefix = "letters-"
}

resource "aws_s3_bucket_public_access_block" "first" {
  bucket = aws_s3_bucket.first.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_public_access_block" "second" {
  bucket = aws_s3_bucket.second.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
