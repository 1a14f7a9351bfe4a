#: bridgecrewio/checkov#5751: A bucket policy that a module joins from several policy documents gave neither a pass nor a failure.
#: value module.letters.aws_s3_bucket_policy.this[0] policy.Statement.0.Sid = "denyPlainTransport"
#: value module.letters.aws_s3_bucket_policy.this[0] policy.Statement.1.Principal = {"AWS": "*"}
#: rule s3-tls-only
#: pass module.letters.aws_s3_bucket.this

module "letters" {
  source = "./bucket"
  public = true
}
