#: bridgecrewio/checkov#7269: A condition that is not known failed the check although each of its branches is acceptable.
#: rule cloudwatch-log-retention
#: pass aws_cloudwatch_log_group.either
#: unknown aws_cloudwatch_log_group.one
#: fail aws_cloudwatch_log_group.neither

variable "production" {
  type = bool
}

resource "aws_cloudwatch_log_group" "either" {
  retention_in_days = var.production ? 365 : 30
}

resource "aws_cloudwatch_log_group" "one" {
  retention_in_days = var.production ? 365 : 0 #~ unknown
}

resource "aws_cloudwatch_log_group" "neither" {
  retention_in_days = var.production ? 0 : null #~ fail
}
