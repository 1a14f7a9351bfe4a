#: bridgecrewio/checkov#7617: A policy whose `Statement` is a single object, as IAM allows, was neither passed nor failed.
#: rule iam-policy-admin
#: fail aws_iam_policy.single
#: fail aws_iam_policy.heredoc
#: pass aws_iam_policy.narrow

resource "aws_iam_policy" "single" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }
  })
}

resource "aws_iam_policy" "heredoc" {
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
    }
  POLICY
}

resource "aws_iam_policy" "narrow" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::records/*" }
  })
}
