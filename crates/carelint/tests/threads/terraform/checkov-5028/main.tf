#: bridgecrewio/checkov#5028: In a plan, a block of public access that arguments of a module switch on was not brought to its bucket.
#: scan plan.json
#: rule s3-public-access-block
#: pass module.letters.aws_s3_bucket.this[0]
#: fail module.open.aws_s3_bucket.this[0]

module "letters" {
  source = "./bucket"
  block  = true
}

module "open" {
  source = "./bucket"
  block  = false
}
