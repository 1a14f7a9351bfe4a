#: Checkmarx/kics#4779: The key policy that AWS itself prescribes, with the account taken from a local, was a high finding.
#: rule kms-rotation
#: pass aws_kms_key.master
#: rule iam-policy-admin
#: value aws_kms_key.master policy.Statement.0.Sid = "Enable IAM User Permissions"

data "aws_caller_identity" "current" {}

locals {
  aws = { account_id = data.aws_caller_identity.current.account_id }
}

resource "aws_kms_key" "master" {
  enable_key_rotation = true

  policy = jsonencode({
    "Version" : "2012-10-17",
    "Statement" : [
      {
        "Sid" : "Enable IAM User Permissions",
        "Effect" : "Allow",
        "Principal" : {
          "AWS" : "arn:aws:iam::${local.aws.account_id}:root"
        },
        "Action" : "kms:*",
        "Resource" : "*"
      }
    ]
  })
}
