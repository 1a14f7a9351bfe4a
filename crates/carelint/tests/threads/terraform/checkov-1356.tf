#: bridgecrewio/checkov#1356: The statements of a queue's policy could not be read through the document that makes it.
#: rule policy-public-principal
#: fail aws_kinesis_resource_policy.vitals
#: fail aws_sqs_queue.intake
#: pass aws_sqs_queue.billing
#: value aws_sqs_queue_policy.intake policy.Statement.0.Resource = "*"
#: value aws_sqs_queue_policy.intake policy.Statement.0.Principal = {"AWS": "*"}
#: value aws_sqs_queue_policy.billing policy.Statement.0.Resource = {"$ref": "aws_sqs_queue.billing.arn"}

resource "aws_sqs_queue" "intake" {}

resource "aws_sqs_queue" "billing" {}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "anyone" {
  statement {
    effect    = "Allow"
    actions   = ["SQS:SendMessage"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["SQS:SendMessage"]
    resources = [aws_sqs_queue.billing.arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_sqs_queue_policy" "intake" {
  queue_url = aws_sqs_queue.intake.id
  policy    = data.aws_iam_policy_document.anyone.json
}

resource "aws_sqs_queue_policy" "billing" {
  queue_url = aws_sqs_queue.billing.id
  policy    = data.aws_iam_policy_document.own.json
}

resource "aws_kinesis_resource_policy" "vitals" {
  resource_arn = "arn:aws:kinesis:us-east-1:111122223333:stream/vitals"
  policy       = data.aws_iam_policy_document.anyone.json
}
