#: bridgecrewio/checkov#5363: A `dynamic` block took the place of the written blocks of the same type, whose settings were then missing.
#: rule sg-no-public-ssh
#: fail aws_security_group.before
#: fail aws_security_group.after
#: fail aws_security_group.empty
#: value aws_security_group.before ingress.0.from_port = 22
#: value aws_security_group.before ingress.1.from_port = 443
#: value aws_security_group.after ingress.0.from_port = 443
#: value aws_security_group.after ingress.1.from_port = 22

variable "ports" {
  type    = list(number)
  default = [443]
}

resource "aws_security_group" "before" {
  ingress { #~ fail
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "ingress" {
    for_each = var.ports

    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_security_group" "after" {
  dynamic "ingress" {
    for_each = var.ports

    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }

  ingress { #~ fail
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "empty" {
  dynamic "ingress" {
    for_each = []

    content {
      from_port = 0
      to_port   = 0
      protocol  = "-1"
    }
  }

  ingress { #~ fail
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
