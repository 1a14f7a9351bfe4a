variable "tls_policy" {
  default = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}
