#: bridgecrewio/checkov#3847: The satellites of a bucket were lost when the calling module had `count`; without it the same code passed.
#: rule s3-versioning
#: pass module.counted[0].aws_s3_bucket.this
#: pass module.plain.aws_s3_bucket.this
#: rule s3-encryption-cmk
#: pass module.counted[0].aws_s3_bucket.this
#: pass module.plain.aws_s3_bucket.this

module "counted" {
  count  = 1
  source = "./bucket"
}

module "plain" {
  source = "./bucket"
}
