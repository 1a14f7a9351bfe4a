#: bridgecrewio/checkov#6382: The checks of a module's resources did not run when its call had `count` 1 or more.
#: rule sg-no-public-ssh
#: fail module.open[0].aws_security_group.this
#: fail module.open[1].aws_security_group.this
#: fail module.single.aws_security_group.this

module "open" {
  count  = 2
  source = "./group"
}

module "none" {
  count  = 0
  source = "./group"
}

module "single" {
  source = "./group"
}
