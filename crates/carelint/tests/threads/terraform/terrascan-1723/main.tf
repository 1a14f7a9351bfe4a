#: tenable/terrascan#1723: Access logging that a module writes as a `dynamic` block was taken for missing.
#: rule s3-access-logging
#: pass module.site.aws_s3_bucket.this
#: fail module.quiet.aws_s3_bucket.this
#: value module.site.aws_s3_bucket.this logging.0.target_prefix = "site/"

resource "aws_s3_bucket" "logs" {}

module "site" {
  source = "./site"
  logging = {
    bucket = aws_s3_bucket.logs.id
    prefix = "site/"
  }
}

module "quiet" {
  source = "./site"
}
