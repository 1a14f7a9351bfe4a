#: Checkmarx/kics#2226: Variables of Terraform were not taken into account.
#: rule cloudwatch-log-retention
#: pass aws_cloudwatch_log_group.default
#: pass aws_cloudwatch_log_group.automatic
#: fail aws_cloudwatch_log_group.file
#: unknown aws_cloudwatch_log_group.unset
#: value aws_cloudwatch_log_group.automatic retention_in_days = 30

variable "by_default" {
  default = 90
}

variable "by_file" {
  type    = number
  default = 365
}

variable "by_automatic_file" {
  type = object({ days = number })
}

variable "unset" {
  type = number
}

resource "aws_cloudwatch_log_group" "default" {
  retention_in_days = var.by_default
}

resource "aws_cloudwatch_log_group" "file" {
  retention_in_days = var.by_file #~ fail
}

resource "aws_cloudwatch_log_group" "automatic" {
  retention_in_days = var.by_automatic_file.days
}

resource "aws_cloudwatch_log_group" "unset" {
  retention_in_days = var.unset #~ unknown
}
