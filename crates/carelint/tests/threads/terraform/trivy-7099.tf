#: aquasecurity/trivy#7099: A block or a resource over a collection that is not known was dropped in silence, and so passed.
#: rule sg-no-public-ssh
#: unknown aws_security_group.gate
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.each[*]

variable "openings" {
  type = list(object({ port = number, from = list(string) }))
}

variable "queues" {
  type = map(string)
}

resource "aws_security_group" "gate" {
  dynamic "ingress" { #~ unknown
    for_each = var.openings

    content {
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ingress.value.from
    }
  }
}

resource "aws_sqs_queue" "each" {
  for_each                = var.queues
  name                    = each.key
  sqs_managed_sse_enabled = false #~ fail
}
