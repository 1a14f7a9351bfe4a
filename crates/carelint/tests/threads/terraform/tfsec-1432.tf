#: aquasecurity/tfsec#1432: A bucket whose name another module computes lost its block of public access once it was indexed.
#: rule s3-public-access-block
#: pass aws_s3_bucket.this[0]
#: opaque cloudposse/label/null

variable "enabled" {
  type    = bool
  default = true
}

module "label" {
  source  = "cloudposse/label/null"
  version = "0.25.0"
  enabled = var.enabled
  name    = "records"
}

resource "aws_s3_bucket" "this" {
  count  = var.enabled ? 1 : 0
  bucket = module.label.id
}

resource "aws_s3_bucket_public_access_block" "this" {
  count  = var.enabled ? 1 : 0
  bucket = join("", aws_s3_bucket.this.*.id)

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
