variable "deny_plain" {
  type    = bool
  default = true
}

variable "public" {
  type    = bool
  default = false
}

resource "aws_s3_bucket" "this" {}

resource "aws_s3_bucket_policy" "this" {
  count  = var.deny_plain || var.public ? 1 : 0
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.combined[0].json
}

data "aws_iam_policy_document" "combined" {
  count = var.deny_plain || var.public ? 1 : 0

  source_policy_documents = compact([
    var.deny_plain ? data.aws_iam_policy_document.deny_plain[0].json : "",
    var.public ? data.aws_iam_policy_document.public[0].json : "",
  ])
}

data "aws_iam_policy_document" "deny_plain" {
  count = var.deny_plain ? 1 : 0

  statement {
    sid       = "denyPlainTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

data "aws_iam_policy_document" "public" {
  count = var.public ? 1 : 0

  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
