#: aquasecurity/trivy#7455: A rule that lets in one small network of a partner was reported as open to everyone.
#: rule sg-no-public-ssh
#: pass aws_security_group.partner
#: rule sg-no-public-database-ports
#: pass aws_security_group.partner
#: value aws_vpc_security_group_ingress_rule.partner["telemetry"] cidr_ipv4 = "192.0.2.8/29"

locals {
  partners = { telemetry = "192.0.2.8/29", billing = cidrsubnet("10.20.0.0/16", 8, 7) }
}

resource "aws_security_group" "partner" {}

resource "aws_vpc_security_group_ingress_rule" "partner" {
  for_each          = local.partners
  security_group_id = aws_security_group.partner.id
  cidr_ipv4         = each.value
  from_port         = 5432
  to_port           = 5432
  ip_protocol       = "tcp"
}
