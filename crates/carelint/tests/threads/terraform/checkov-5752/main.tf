#: bridgecrewio/checkov#5752: A policy that is known after apply was judged as if there were none.
#: scan plan.json
#: plan plan.json = .
#: rule s3-tls-only
#: pass aws_s3_bucket.records
#: fail aws_s3_bucket.open

resource "aws_s3_bucket" "records" {}

data "aws_iam_policy_document" "tls" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.records.arn, "${aws_s3_bucket.records.arn}/*"]

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

resource "aws_s3_bucket_policy" "records" {
  bucket = aws_s3_bucket.records.id
  policy = data.aws_iam_policy_document.tls.json
}

resource "aws_s3_bucket" "open" {}
