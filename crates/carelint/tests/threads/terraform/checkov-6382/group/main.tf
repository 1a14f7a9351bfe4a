resource "aws_security_group" "this" {
  description = "Reached from anywhere"
}

resource "aws_vpc_security_group_ingress_rule" "ssh" { #~ fail
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}
