variable "block" {
  type    = bool
  default = false
}

resource "aws_s3_bucket" "this" {
  count = 1
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = var.block || var.block ? 1 : 0
  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = var.block
  block_public_policy     = var.block
  ignore_public_acls      = var.block
  restrict_public_buckets = var.block
}
