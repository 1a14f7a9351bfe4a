#: bridgecrewio/checkov#7470: With two calls of one module, arguments of a third module stayed `var.*`, depending on the alphabetical order of the names.
#: rule dynamodb-pitr
#: pass module.charlie.aws_dynamodb_table.visits
#: value module.charlie.aws_dynamodb_table.visits name = "visits"
#: value module.charlie.aws_dynamodb_table.visits point_in_time_recovery.enabled = true
#: permute alpha bravo charlie

module "bravo" {
  source = "./modules/label"
}

module "alpha" {
  source = "./modules/label"
  inner  = module.bravo.out
}

module "charlie" {
  source   = "./modules/table"
  recovery = true
  label    = module.bravo.out
  name     = "visits"
}
