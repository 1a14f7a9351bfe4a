#: bridgecrewio/checkov#1078: A resource with `count = 0` by the default of a module's variable was reported.
#: rule kms-rotation
#: fail module.asked.aws_kms_key.this[0]

module "unasked" {
  source = "./key"
}

module "asked" {
  source = "./key"
  manage = true
}
