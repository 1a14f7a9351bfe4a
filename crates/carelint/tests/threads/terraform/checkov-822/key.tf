resource "aws_kms_key" "beside" {}
