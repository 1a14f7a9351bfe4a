#: bridgecrewio/checkov#6943: A finding in a plan was shown in the source at the terminal, but at the plan in other formats.
#: scan plan.json
#: plan plan.json = .
#: rule cloudwatch-log-retention
#: fail aws_cloudwatch_log_group.own
#: rule sqs-encryption-at-rest
#: fail module.queue.aws_sqs_queue.this

variable "days" {
  type    = number
  default = 0
}

module "queue" {
  source = "./queue"
}

resource "aws_cloudwatch_log_group" "own" {
  name              = "own"
  retention_in_days = var.days #~ fail
}
