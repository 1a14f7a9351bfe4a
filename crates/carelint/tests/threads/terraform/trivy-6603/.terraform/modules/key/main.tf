resource "aws_kms_key" "this" {}

module "inner" {
  source = "./modules/inner"
}
