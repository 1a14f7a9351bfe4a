#: bridgecrewio/checkov#91: A `dynamic` block over a variable that is set from outside was a violation nevertheless.
#: var logs_bucket=central-logs
#: rule s3-access-logging
#: pass aws_s3_bucket.records[0]
#: value aws_s3_bucket.records[0] logging.0.target_bucket = "central-logs"
#: value aws_s3_bucket.records[0] logging.0.target_prefix = "/clinic-records"

variable "logs_bucket" {
  type    = string
  default = null
}

variable "existing" {
  type    = string
  default = null
}

locals {
  name = "clinic-records"
}

resource "aws_s3_bucket" "records" {
  count  = var.existing == null ? 1 : 0
  bucket = local.name

  dynamic "logging" {
    for_each = var.logs_bucket != null ? [var.logs_bucket] : []

    content {
      target_bucket = logging.value
      target_prefix = "/${local.name}"
    }
  }
}
