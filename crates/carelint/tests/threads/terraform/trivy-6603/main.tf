#: aquasecurity/trivy#6603: Modules that `terraform init` had installed were not used; a download was tried instead, and failed.
#: rule kms-rotation
#: fail module.key.aws_kms_key.this
#: fail module.key.module.inner.aws_kms_key.inner
#: opaque registry.example/clinic/other/aws

module "key" {
  source  = "registry.example/clinic/key/aws"
  version = "1.2.0"
}

module "other" {
  source  = "registry.example/clinic/other/aws"
  version = "1.0.0"
}
