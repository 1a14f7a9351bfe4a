#: aquasecurity/trivy#7113: For a submodule, written `module//modules/part`, the module around it was scanned.
#: rule kms-rotation
#: fail module.part[0].aws_kms_key.part
#: rule cloudwatch-log-retention

variable "enabled" {
  type    = bool
  default = true
}

module "part" {
  count   = var.enabled ? 1 : 0
  source  = "registry.example/clinic/whole/aws//modules/part"
  version = "20.5.0"
}
