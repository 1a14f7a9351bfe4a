#: bridgecrewio/checkov#6135: A registry module that sets a setting by its arguments was reported as if it did not.
#: module registry.example/clinic/bucket/aws = vendor/bucket
#: rule s3-public-access-block
#: pass module.records.aws_s3_bucket.this[0]
#: rule s3-versioning
#: pass module.records.aws_s3_bucket.this[0]
#: value module.records.aws_s3_bucket.this[0] bucket = "clinic-records"

module "records" {
  source  = "registry.example/clinic/bucket/aws"
  version = "3.0.0"

  bucket     = "clinic-records"
  versioning = { enabled = "true" }
}
