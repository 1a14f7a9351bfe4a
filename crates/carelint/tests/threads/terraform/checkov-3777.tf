#: bridgecrewio/checkov#3777: A `dynamic` block over a map made of an object, read through `.value`, was not expanded.
#: rule dynamodb-pitr
#: pass aws_dynamodb_table.visits
#: fail aws_dynamodb_table.drafts

variable "recovery" {
  type    = object({ enabled = bool })
  default = { enabled = true }
}

variable "no_recovery" {
  type    = object({ enabled = bool })
  default = null
}

resource "aws_dynamodb_table" "visits" {
  name     = "visits"
  hash_key = "id"

  dynamic "point_in_time_recovery" {
    for_each = var.recovery != null ? { config = var.recovery } : {}

    content {
      enabled = point_in_time_recovery.value.enabled
    }
  }
}

resource "aws_dynamodb_table" "drafts" {
  name     = "drafts"
  hash_key = "id"

  dynamic "point_in_time_recovery" { #~ fail
    for_each = var.no_recovery != null ? { config = var.no_recovery } : {}

    content {
      enabled = point_in_time_recovery.value.enabled
    }
  }
}
