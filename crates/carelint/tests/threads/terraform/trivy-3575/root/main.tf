#: aquasecurity/trivy#3575: A module reached by `../` was skipped in silence when the folder of the root was scanned.
#: scan root
#: rule sqs-encryption-at-rest
#: fail module.child.aws_sqs_queue.this
#: fail aws_sqs_queue.own

module "child" {
  source = "../modules/queue"
  plain  = true
}

resource "aws_sqs_queue" "own" {
  sqs_managed_sse_enabled = false #~ fail
}
