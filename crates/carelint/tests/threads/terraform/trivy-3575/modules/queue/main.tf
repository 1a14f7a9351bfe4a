variable "plain" {
  type = bool
}

resource "aws_sqs_queue" "this" {
  sqs_managed_sse_enabled = !var.plain #~ fail
}
