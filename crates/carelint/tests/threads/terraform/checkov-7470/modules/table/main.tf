variable "recovery" {
  type    = bool
  default = false
}

variable "name" {
  type    = string
  default = "unnamed"
}

variable "label" {
  default = null
}

resource "aws_dynamodb_table" "visits" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = { Label = var.label }

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = var.recovery
  }
}
