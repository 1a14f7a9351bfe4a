#: aquasecurity/trivy#10664: `file("../..")` read what lies outside the folder that is scanned.
#: hidden root:x:0:0
#: rule kms-rotation
#: fail aws_kms_key.beside

resource "aws_ssm_parameter" "outside" {
  name  = "outside"
  type  = "String"
  value = file("../../../../../../../../etc/passwd")
}

resource "aws_ssm_parameter" "absolute" {
  name  = "absolute"
  type  = "String"
  value = try(file("/etc/passwd"), filebase64("/etc/passwd"), templatefile("${path.module}/../../../../../etc/passwd", {}))
}

resource "aws_kms_key" "beside" {} #~ fail
