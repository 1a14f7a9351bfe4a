#: bridgecrewio/checkov#5148: A document that is the policy of a key was judged as a policy of IAM, for which `*` would mean all resources.
#: rule iam-policy-admin
#: rule kms-rotation
#: pass aws_kms_key.records
#: value aws_kms_key.records policy.Statement.0.Resource = "*"
#: value aws_kms_key.records policy.Statement.0.Principal = {"Service": "cloudwatch.amazonaws.com"}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudwatch:us-east-1:${data.aws_caller_identity.current.account_id}:alarm:late"]
    }
  }
}

resource "aws_kms_key" "records" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
