terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
provider "aws" {
  region = "us-east-1"
}
variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2-hunter2"
}
variable "token" {
  type    = string
  default = "tok-tok-tok-1"
}
variable "given" {
  type      = string
  sensitive = true
}
variable "create" { default = false }
resource "aws_s3_bucket" "logs" { bucket = "plan-logs" }
resource "aws_s3_bucket" "many" {
  for_each = toset(["2024", "b"])
  bucket   = "plan-many-${each.key}"
}
resource "aws_s3_bucket_versioning" "many" {
  for_each = aws_s3_bucket.many
  bucket   = each.value.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_public_access_block" "many" {
  for_each = aws_s3_bucket.many
  bucket   = aws_s3_bucket.many[each.key].id
}
resource "aws_s3_bucket_logging" "logs" {
  bucket        = aws_s3_bucket.logs.id
  target_bucket = module.keys.bucket
  target_prefix = "x"
}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Base"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn]
  }
}
data "aws_iam_policy_document" "tls" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
resource "aws_s3_bucket_policy" "tls" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.tls.json
}
resource "aws_kms_key" "key" {
  description = "x"
}
resource "aws_sqs_queue" "queue" {
  name              = "q"
  kms_master_key_id = var.create ? aws_kms_key.key.id : null
  tags              = { Key = aws_kms_key.key.id, Name = "q" }
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/x"
  handler       = "x"
  runtime       = "python3.12"
  s3_bucket     = "b"
  s3_key        = "k"
  environment {
    variables = { QUEUE = aws_sqs_queue.queue.url, TOKEN = var.token, FIX = "abc" }
  }
  vpc_config {
    subnet_ids         = [aws_subnet.a.id, aws_subnet.b.id]
    security_group_ids = [aws_security_group.g.id]
  }
}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.0.0/24"
}
resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  dynamic "ingress" {
    for_each = toset([443, 22])
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [aws_vpc.v.cidr_block]
    }
  }
  dynamic "egress" {
    for_each = toset([aws_s3_bucket.logs.arn])
    content {
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      cidr_blocks = ["0.0.0.0/0"]
      description = egress.value
    }
  }
}
resource "aws_db_instance" "a" {
  identifier        = "a"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  username          = "u"
  password          = var.password
  allocated_storage = 20
}
resource "aws_db_instance" "b" {
  identifier        = "b"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  username          = "u"
  password          = module.keys.password
  allocated_storage = 20
}
resource "aws_db_instance" "c" {
  identifier        = "c"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  username          = "u"
  password          = "literal-hunter2"
  allocated_storage = 20
}
module "keys" {
  source = "./keys"
  given  = var.given
  bucket = aws_s3_bucket.logs.id
}
output "x" { value = aws_s3_bucket.logs.id }
