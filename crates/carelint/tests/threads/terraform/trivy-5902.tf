#: aquasecurity/trivy#5902: A `dynamic` block over a list of objects in a local gave no block, and so a wrong finding.
#: rule sg-no-public-ssh
#: fail aws_security_group.gate
#: pass aws_security_group.inner

locals {
  openings = [
    { port = 443, from = ["0.0.0.0/0"] },
    { port = 22, from = ["0.0.0.0/0"] },
  ]
}

resource "aws_security_group" "gate" {
  dynamic "ingress" { #~ fail
    for_each = local.openings
    iterator = opening

    content {
      from_port   = opening.value.port
      to_port     = opening.value.port
      protocol    = "tcp"
      cidr_blocks = opening.value.from
    }
  }
}

resource "aws_security_group" "inner" {
  dynamic "ingress" {
    for_each = [for opening in local.openings : opening if opening.port != 22]

    content {
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ingress.value.from
    }
  }
}
