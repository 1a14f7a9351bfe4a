#: aquasecurity/trivy#5414: One private module that could not be fetched hid the findings of resources that have nothing to do with it.
#: opaque git@git.example.com:clinic/private.git?ref=v1
#: opaque git::ssh://git@git.example.com/clinic/other.git
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.beside
#: unknown aws_sqs_queue.fed
#: rule cloudwatch-log-cmk
#: pass aws_cloudwatch_log_group.keyed

module "private" {
  source = "git@git.example.com:clinic/private.git?ref=v1"
}

module "other" {
  source = "git::ssh://git@git.example.com/clinic/other.git"
  count  = 2
  name   = module.private.name
}

resource "aws_sqs_queue" "beside" {
  sqs_managed_sse_enabled = false #~ fail
}

resource "aws_sqs_queue" "fed" {
  sqs_managed_sse_enabled = module.private.encrypted #~ unknown
}

resource "aws_kms_key" "logs" {}

resource "aws_cloudwatch_log_group" "keyed" {
  name       = module.other[0].name
  kms_key_id = aws_kms_key.logs.arn
}
