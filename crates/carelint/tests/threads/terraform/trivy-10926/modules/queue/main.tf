variable "managed_sse" {
  type    = bool
  default = false
}

resource "aws_sqs_queue" "this" {
  sqs_managed_sse_enabled = var.managed_sse
}
