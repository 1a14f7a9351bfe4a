#: bridgecrewio/checkov#6982: In a plan, the block of public access of a bucket in a module is still taken for missing.
#: scan plan.json
#: rule s3-public-access-block
#: pass module.example.aws_s3_bucket.example
#: rule s3-encryption-cmk
#: fail module.example.aws_s3_bucket.example

module "example" {
  source = "./bucket"
}
