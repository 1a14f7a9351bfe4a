#: bridgecrewio/checkov#3517: A hook that hands over single changed files got failures for values that the other files of the folder set.
#: scan queue.tf
#: scan log.tf
#: rule sqs-encryption-at-rest
#: pass aws_sqs_queue.intake
#: rule cloudwatch-log-retention
#: fail aws_cloudwatch_log_group.intake

resource "aws_sqs_queue" "intake" {
  sqs_managed_sse_enabled = local.encrypted
}
