#: aquasecurity/trivy#5121: A module whose source is "." made the scan hang past its own time limit.
#: problem terraform-module-cycle
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.beside

module "itself" {
  source = "."
}

resource "aws_sqs_queue" "beside" {
  sqs_managed_sse_enabled = false #~ fail
}
