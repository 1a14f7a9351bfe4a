variable "manage" {
  type    = bool
  default = false
}

resource "aws_kms_key" "this" { #~ fail
  count = var.manage ? 1 : 0
}
