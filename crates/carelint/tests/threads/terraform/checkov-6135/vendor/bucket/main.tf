variable "create" {
  type    = bool
  default = true
}

variable "bucket" {
  type    = string
  default = null
}

variable "versioning" {
  type    = map(string)
  default = {}
}

variable "block_public" {
  type    = bool
  default = true
}

locals {
  create = var.create && trimspace("yes") == "yes"
}

resource "aws_s3_bucket" "this" {
  count  = local.create ? 1 : 0
  bucket = var.bucket
}

resource "aws_s3_bucket_versioning" "this" {
  count  = local.create && length(keys(var.versioning)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = try(var.versioning["enabled"] ? "Enabled" : "Suspended", tobool(var.versioning["enabled"]) ? "Enabled" : "Suspended")
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count  = local.create ? 1 : 0
  bucket = try(aws_s3_bucket_versioning.this[0].bucket, aws_s3_bucket.this[0].id)

  block_public_acls       = var.block_public
  block_public_policy     = var.block_public
  ignore_public_acls      = var.block_public
  restrict_public_buckets = var.block_public
}
