#: aquasecurity/trivy#6754: A rule that stands beside its security group and refers to it was not judged, one inside was.
#: rule sg-no-public-database-ports
#: fail aws_security_group.inside
#: fail aws_security_group.beside

resource "aws_security_group" "inside" {
  ingress { #~ fail
    from_port        = 5432
    to_port          = 5432
    protocol         = "tcp"
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group" "beside" {}

resource "aws_vpc_security_group_ingress_rule" "beside" { #~ fail
  security_group_id = aws_security_group.beside.id
  cidr_ipv6         = "::/0"
  from_port         = 5432
  to_port           = 5432
  ip_protocol       = "tcp"
}
