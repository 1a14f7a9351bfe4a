#: aws-cloudformation/aws-guard-rules-registry#240: A bucket without any policy passed the control that demands TLS by a policy.
#: rule s3-tls-only
#: fail aws_s3_bucket.bare
#: pass aws_s3_bucket.covered

resource "aws_s3_bucket" "bare" {} #~ fail

resource "aws_s3_bucket" "covered" {}

resource "aws_s3_bucket_policy" "covered" {
  bucket = aws_s3_bucket.covered.id
  policy = <<EOT
{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["${aws_s3_bucket.covered.arn}", "${aws_s3_bucket.covered.arn}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }]
}
EOT
}
