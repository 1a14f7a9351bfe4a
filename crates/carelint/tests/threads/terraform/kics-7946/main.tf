#: Checkmarx/kics#7946: Locals that refer to each other, forward and across files, and in a circle, were open for years.
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.intake
#: unknown aws_sqs_queue.circle
#: problem terraform-cycle
#: value aws_sqs_queue.intake name = "clinic-prod-intake"

locals {
  name      = "${local.prefix}-intake"
  encrypted = !local.plain
}

resource "aws_sqs_queue" "intake" {
  name                    = local.name
  sqs_managed_sse_enabled = local.encrypted #~ fail
}

resource "aws_sqs_queue" "circle" {
  sqs_managed_sse_enabled = local.hen #~ unknown
}
