variable "key_arn" {
  type    = string
  default = null
}

resource "aws_cloudwatch_log_group" "this" {
  name_prefix = "clinic"
  kms_key_id  = var.key_arn
}
