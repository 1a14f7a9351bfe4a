#: oocx/tfplan2md#537: Secrets of a plan reached the report on six ways, although the plan marks them as sensitive.
#: scan plan.json
#: hidden hunter2
#: rule secret-resource-literal
#: fail aws_db_instance.records
#: pass aws_ssm_parameter.token
#: pass terraform_data.copied

variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2-of-the-variable"
}

resource "aws_db_instance" "records" {
  engine            = "postgres"
  instance_class    = "db.m7g.large"
  allocated_storage = 20
  username          = "clinic"
  password          = "hunter2-of-the-resource"
}

resource "aws_ssm_parameter" "token" {
  name  = "token"
  type  = "SecureString"
  value = var.password
}

resource "terraform_data" "copied" {
  input = { inner = { word = sensitive("hunter2-of-the-function") } }
}

output "word" {
  value     = var.password
  sensitive = true
}
