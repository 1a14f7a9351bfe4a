variable "logging" {
  type = object({
    bucket = string
    prefix = optional(string, "")
  })
  default = null
}

resource "aws_s3_bucket" "this" {
  dynamic "logging" {
    for_each = var.logging == null ? [] : [var.logging]

    content {
      target_bucket = logging.value.bucket
      target_prefix = logging.value["prefix"]
    }
  }
}
