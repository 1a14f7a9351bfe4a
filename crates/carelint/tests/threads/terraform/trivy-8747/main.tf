resource "aws_kms_key" "shadowed_by_main_tofu" {}
