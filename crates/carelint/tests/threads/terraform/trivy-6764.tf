#: aquasecurity/trivy#6764: Rules of a security group that are resources of the newer types were not looked at.
#: rule sg-no-public-ssh
#: fail aws_security_group.newer
#: fail aws_security_group.older
#: pass aws_security_group.inner

resource "aws_security_group" "newer" {}

resource "aws_vpc_security_group_ingress_rule" "newer" { #~ fail
  security_group_id = aws_security_group.newer.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 0
  to_port           = 1023
  ip_protocol       = "tcp"
}

resource "aws_security_group" "older" {}

resource "aws_security_group_rule" "older" { #~ fail
  type              = "ingress"
  security_group_id = aws_security_group.older.id
  cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
}

resource "aws_security_group" "inner" {}

resource "aws_vpc_security_group_ingress_rule" "inner" {
  security_group_id            = aws_security_group.inner.id
  referenced_security_group_id = aws_security_group.newer.id
  ip_protocol                  = "-1"
}
