resource "aws_sqs_queue" "this" {
  name                    = "intake"
  sqs_managed_sse_enabled = false #~ fail
}
