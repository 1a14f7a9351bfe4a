variable "password" {
  type    = string
  default = null
}

variable "storage_encrypted" {
  type    = bool
  default = false
}

variable "retention" {
  type    = number
  default = 0
}

resource "aws_db_instance" "this" {
  engine                  = "postgres"
  instance_class          = "db.m7g.large"
  password                = var.password
  storage_encrypted       = var.storage_encrypted
  backup_retention_period = var.retention
}
