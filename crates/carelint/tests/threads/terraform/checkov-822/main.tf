#: bridgecrewio/checkov#822: A template that is never closed sent the scan into an endless loop.
#: problem terraform-syntax
#: rule kms-rotation
#: fail aws_kms_key.beside

resource "aws_s3_bucket" "records" {
  bucket = "records-${lower("x"
  tags = {
    Name = "records-${
  }
}
