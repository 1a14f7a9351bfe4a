#: tenable/terrascan#1022: A bucket module was reported without versions, though its call switches them on, when the folder was scanned rather than the file.
#: rule s3-versioning
#: pass module.assets.aws_s3_bucket.this
#: fail module.drafts.aws_s3_bucket.this
#: opaque terraform-aws-modules/vpc/aws

module "assets" {
  source     = "./bucket"
  versioning = { enabled = true }
}

module "drafts" {
  source = "./bucket"
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
