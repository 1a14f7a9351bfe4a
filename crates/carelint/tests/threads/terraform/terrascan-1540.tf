#: tenable/terrascan#1540: Versions that are switched on under the same condition as the bucket exists were not seen.
#: rule s3-versioning
#: pass aws_s3_bucket.by_default[0]
#: pass aws_s3_bucket.by_input[0]
#: unknown aws_s3_bucket.other[0]

variable "enable" {
  type    = bool
  default = true
}

# Without a value both exist or neither.
variable "asked" {
  type = bool
}

variable "another" {
  type = bool
}

resource "aws_s3_bucket" "by_default" {
  count = var.enable ? 1 : 0
}

resource "aws_s3_bucket_versioning" "by_default" {
  count  = var.enable ? 1 : 0
  bucket = aws_s3_bucket.by_default[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "by_input" {
  count = var.asked ? 1 : 0
}

resource "aws_s3_bucket_versioning" "by_input" {
  count  = var.asked ? 1 : 0
  bucket = aws_s3_bucket.by_input[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "other" {
  count = var.asked ? 1 : 0
}

resource "aws_s3_bucket_versioning" "other" {
  count  = var.asked && var.another ? 1 : 0
  bucket = aws_s3_bucket.other[0].id

  versioning_configuration {
    status = "Enabled" #~ unknown
  }
}
