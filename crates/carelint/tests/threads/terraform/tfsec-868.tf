#: aquasecurity/tfsec#868: Resources that count to nothing gave findings.
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.there[0]

locals {
  regions = []
}

resource "aws_sqs_queue" "never" {
  count                   = 0
  sqs_managed_sse_enabled = false
}

resource "aws_sqs_queue" "nowhere" {
  for_each                = toset(local.regions)
  sqs_managed_sse_enabled = false
}

resource "aws_sqs_queue" "there" {
  count                   = 1 - length(local.regions)
  sqs_managed_sse_enabled = false #~ fail
}
