variable "given" { sensitive = true }
variable "bucket" {}
resource "aws_s3_bucket" "inner" { bucket = "inner" }
resource "aws_s3_bucket_versioning" "outer" {
  bucket = var.bucket
  versioning_configuration { status = "Enabled" }
}
output "bucket" { value = aws_s3_bucket.inner.id }
output "password" {
  value     = var.given
  sensitive = true
}
