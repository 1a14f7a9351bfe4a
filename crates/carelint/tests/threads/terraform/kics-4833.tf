#: Checkmarx/kics#4833: Tags from a local were not evaluated where the same tags from a variable were.
#: rule s3-object-lock
#: fail aws_s3_bucket.by_variable
#: fail aws_s3_bucket.by_local
#: value aws_s3_bucket.by_variable tags = {"purpose": "records"}
#: value aws_s3_bucket.by_local tags = {"purpose": "records", "team": "clinic"}

variable "tags" {
  type = map(string)
  default = {
    purpose = "records"
  }
}

locals {
  tags = merge(var.tags, local.team)
  team = { team = "clinic" }
}

resource "aws_s3_bucket" "by_variable" {
  tags = var.tags
}

resource "aws_s3_bucket" "by_local" {
  tags = local.tags
}
