#: aquasecurity/tfsec#797: The default policy of a key, written as a document, raised the alarm meant for policies of identities.
#: rule iam-policy-admin
#: fail aws_iam_role_policy.same_words
#: value aws_kms_key.records policy.Statement.0.Action = "kms:*"

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Enable IAM User Permissions"
    effect    = "Allow"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "records" {
  policy = data.aws_iam_policy_document.key.json
}

data "aws_iam_policy_document" "admin" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "same_words" {
  role   = "operator"
  policy = data.aws_iam_policy_document.admin.json
}
