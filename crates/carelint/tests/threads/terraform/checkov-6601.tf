#: bridgecrewio/checkov#6601: The written `parameter` blocks beside a `dynamic` one were not seen, so the group seemed not to require TLS.
#: rule rds-tls-required
#: pass aws_rds_cluster.visits
#: value aws_rds_cluster_parameter_group.visits[0] parameter.0.name = "general_log"
#: value aws_rds_cluster_parameter_group.visits[0] parameter.1.value = "ON"

variable "engine" {
  type    = string
  default = "aurora-mysql"
}

variable "more" {
  type = list(object({
    name         = string
    value        = string
    apply_method = optional(string)
  }))
  default = [{ name = "long_query_time", value = "2" }]
}

resource "aws_rds_cluster_parameter_group" "visits" {
  count  = var.engine == "aurora-mysql" ? 1 : 0
  family = "aurora-mysql8.0"

  parameter {
    name  = "general_log"
    value = 1
  }

  parameter {
    name  = "require_secure_transport"
    value = "ON"
  }

  dynamic "parameter" {
    for_each = var.more

    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }
}

resource "aws_rds_cluster" "visits" {
  engine                          = "aurora-mysql"
  db_cluster_parameter_group_name = one(aws_rds_cluster_parameter_group.visits[*].name)
}
