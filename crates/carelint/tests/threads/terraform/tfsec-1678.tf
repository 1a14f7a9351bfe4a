#: aquasecurity/tfsec#1678: A block of public access that is counted by the buckets themselves was not found.
#: rule s3-public-access-block
#: pass aws_s3_bucket.study[0]
#: pass aws_s3_bucket.study[1]
#: pass aws_s3_bucket.study[2]
#: value aws_s3_bucket.study[1] bucket = "studies-beta"

variable "studies" {
  type    = list(any)
  default = ["alpha", "beta", "gamma"]
}

resource "aws_s3_bucket" "study" {
  count  = length(var.studies)
  bucket = "studies-${element(var.studies, count.index)}"
}

resource "aws_s3_bucket_public_access_block" "study" {
  count  = length(aws_s3_bucket.study)
  bucket = aws_s3_bucket.study[count.index].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
