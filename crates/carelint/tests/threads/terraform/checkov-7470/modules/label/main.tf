variable "inner" {
  default = null
}

output "out" {
  value = var.inner
}
