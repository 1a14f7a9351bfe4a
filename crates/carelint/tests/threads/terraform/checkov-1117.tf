#: bridgecrewio/checkov#1117: Every failure of a check showed the lines of the first one.
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.first
#: fail aws_sqs_queue.second
#: fail aws_sqs_queue.third["a"]
#: fail aws_sqs_queue.third["b"]

resource "aws_sqs_queue" "first" {
  sqs_managed_sse_enabled = false #~ fail
}

resource "aws_sqs_queue" "second" {
  name                    = "second"
  sqs_managed_sse_enabled = false #~ fail
}

resource "aws_sqs_queue" "third" {
  for_each = toset(["a", "b"])

  name                    = each.key
  sqs_managed_sse_enabled = false #~ fail
}
