#: bridgecrewio/checkov#3138: A key that a module is given by reference, `known after apply` in the plan, was read as missing.
#: scan plan.json
#: rule cloudwatch-log-cmk
#: pass module.logs.aws_cloudwatch_log_group.this
#: fail module.plain.aws_cloudwatch_log_group.this

resource "aws_kms_key" "logs" {
  enable_key_rotation = true
}

module "logs" {
  source  = "./logs"
  key_arn = aws_kms_key.logs.arn
}

module "plain" {
  source = "./logs"
}
