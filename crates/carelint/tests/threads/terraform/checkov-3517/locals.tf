variable "encrypted" {
  type = bool
}

locals {
  encrypted = var.encrypted
  keep      = 0
}
