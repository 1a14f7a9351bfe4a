resource "aws_cloudwatch_log_group" "intake" {
  retention_in_days = local.keep #~ fail
}
