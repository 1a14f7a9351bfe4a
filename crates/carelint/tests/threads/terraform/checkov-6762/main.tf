#: bridgecrewio/checkov#6762: An unbalanced `${` in a role's ARN made the scan hang at full load, with no message.
#: problem terraform-syntax
#: rule sqs-encryption-at-rest
#: fail aws_sqs_queue.beside

variable "account_id" {
  type = string
}

variable "role" {
  type = string
}

provider "aws" {
  assume_role {
    role_arn = "arn:aws:iam::${var.account_id}:role/${var.role"
  }
}
