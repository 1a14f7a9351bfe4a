locals {
  prefix = join("-", ["clinic", var.stage])
  plain  = lower(var.stage) == "prod"
  hen    = local.egg
  egg    = local.hen
}

variable "stage" {
  default = "prod"
}
