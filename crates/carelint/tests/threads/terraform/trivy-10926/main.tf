#: aquasecurity/trivy#10926: Sibling modules were evaluated with defaults instead of the passed values, unless an unrelated argument was unknown.
#: rule rds-encryption-at-rest
#: pass module.clinic.aws_db_instance.this
#: pass module.ledger.aws_db_instance.this
#: rule sqs-encryption-at-rest
#: pass module.intake.aws_sqs_queue.this
#: value module.intake.aws_sqs_queue.this sqs_managed_sse_enabled = true
#: value module.ledger.aws_db_instance.this backup_retention_period = 14
#: permute clinic ledger intake

provider "aws" {
  region = "us-east-1"
}

resource "random_password" "admin" {
  length = 24
}

module "clinic" {
  source   = "./modules/database"
  password = random_password.admin.result
  storage_encrypted = true
}

module "ledger" {
  source            = "./modules/database"
  storage_encrypted = true
  retention         = 14
}

module "intake" {
  source      = "./modules/queue"
  managed_sse = true
}
