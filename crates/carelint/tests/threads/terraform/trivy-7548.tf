#: aquasecurity/trivy#7548: A range of very many ports was unfolded port by port and took gigabytes.
#: rule sg-no-public-ssh
#: fail aws_security_group.wide
#: rule sg-no-public-database-ports
#: fail aws_security_group.wide

resource "aws_security_group" "wide" {
  ingress { #~ fail
    from_port   = 0
    to_port     = 200000
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
