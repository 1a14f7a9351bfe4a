variable "rotation" {
  default = false
}
