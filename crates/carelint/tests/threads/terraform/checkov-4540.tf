#: bridgecrewio/checkov#4540: A policy that comes as `data.aws_iam_policy_document.x.json` was a mere text, and its parse error became a pass.
#: value aws_s3_bucket_policy.open policy.Statement.0.Principal = {"AWS": "*"}
#: rule policy-public-principal
#: fail aws_efs_file_system.images
#: rule s3-tls-only
#: fail aws_s3_bucket.open
#: pass aws_s3_bucket.closed

resource "aws_s3_bucket" "open" {
  bucket = "letters"
}

resource "aws_s3_bucket_policy" "open" {
  bucket = aws_s3_bucket.open.id
  policy = data.aws_iam_policy_document.open.json
}

data "aws_iam_policy_document" "open" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.open.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket" "closed" {
  bucket = "records"
}

resource "aws_s3_bucket_policy" "closed" {
  bucket = aws_s3_bucket.closed.id
  policy = data.aws_iam_policy_document.closed.json
}

data "aws_iam_policy_document" "closed" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.closed.arn, "${aws_s3_bucket.closed.arn}/*"]

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

resource "aws_efs_file_system" "images" {}

resource "aws_efs_file_system_policy" "images" {
  file_system_id = aws_efs_file_system.images.id
  policy         = data.aws_iam_policy_document.images.json
}

data "aws_iam_policy_document" "images" {
  statement {
    actions   = ["elasticfilesystem:ClientMount"]
    resources = [aws_efs_file_system.images.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
