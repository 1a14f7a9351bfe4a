#: bridgecrewio/checkov#6624: Rules of the newer types were judged as if their ports were missing, wrong in both directions.
#: rule sg-no-public-ssh
#: fail aws_security_group.all
#: pass aws_security_group.web
#: pass aws_security_group.out

resource "aws_security_group" "all" {}

# All protocols need no ports.
resource "aws_vpc_security_group_ingress_rule" "all" { #~ fail
  security_group_id = aws_security_group.all.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_security_group" "web" {}

resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_security_group" "out" {
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.out.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
