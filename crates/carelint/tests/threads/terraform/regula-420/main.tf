#: fugue/regula#420: What `after_unknown` says of a plan never reached the rules, so the unknown and the absent were the same.
#: scan plan.json
#: rule sqs-encryption-at-rest
#: unknown aws_sqs_queue.later
#: pass aws_sqs_queue.known
#: rule cloudwatch-log-retention
#: unknown aws_cloudwatch_log_group.later

resource "terraform_data" "later" {
  input = "x"
}

resource "aws_sqs_queue" "later" {
  sqs_managed_sse_enabled = terraform_data.later.output == "x"
}

resource "aws_sqs_queue" "known" {
  sqs_managed_sse_enabled = true
}

resource "aws_cloudwatch_log_group" "later" {
  name              = "later"
  retention_in_days = length(terraform_data.later.id)
}
