#: Checkmarx/kics#6844: The statement that AWS writes into every key, for the root of the account, was called vulnerable.
#: rule iam-policy-admin
#: value aws_kms_key_policy.records policy.Statement.0.Action = "kms:*"
#: value aws_kms_key_policy.shared policy.Statement.0.Principal = {"AWS": "*"}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

resource "aws_kms_key" "records" {}

resource "aws_kms_key_policy" "records" {
  key_id = aws_kms_key.records.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Enable IAM User Permissions"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_key" "shared" {}

resource "aws_kms_key_policy" "shared" {
  key_id = aws_kms_key.shared.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
