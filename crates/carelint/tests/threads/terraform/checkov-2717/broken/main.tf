#: bridgecrewio/checkov#2717: One worker that died of a file left the whole run waiting for it for ever.
#: problem terraform-syntax
#: problem terraform-limit
#: rule kms-rotation
#: fail aws_kms_key.whole
#: unknown aws_kms_key.broken

resource "aws_kms_key" "broken" {
  description = "${${{{%{ if
