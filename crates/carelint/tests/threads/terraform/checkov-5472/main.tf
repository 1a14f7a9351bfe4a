#: bridgecrewio/checkov#5472: The first plan failed for want of the key and the second, after apply, passed: verdicts on both have to agree.
#: scan plan.json
#: scan after/plan.json
#: rule dynamodb-cmk
#: pass aws_dynamodb_table.visits[0]

variable "create" {
  type    = bool
  default = true
}

resource "aws_kms_key" "records" {}

resource "aws_dynamodb_table" "visits" {
  count        = var.create ? 1 : 0
  name         = "visits"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.records.arn
  }
}
