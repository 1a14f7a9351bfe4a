resource "aws_sqs_queue" "beside" {
  sqs_managed_sse_enabled = false
}
