#: aquasecurity/tfsec#2070: Block types that were new then, `import` and `check`, aborted the scan.
#: note terraform-unknown-block
#: rule kms-rotation
#: fail aws_kms_key.records

import {
  to = aws_kms_key.records
  id = "1234abcd-12ab-34cd-56ef-1234567890ab"
}

check "portal" {
  data "http" "portal" {
    url = "https://portal.example.com"
  }

  assert {
    condition     = data.http.portal.status_code == 200
    error_message = "The portal does not answer."
  }
}

moved {
  from = aws_kms_key.old
  to   = aws_kms_key.records
}

removed {
  from = aws_kms_key.older

  lifecycle {
    destroy = false
  }
}

of_tomorrow "block" {
  with = aws_kms_key.records.arn

  inner {
    more = true
  }
}

resource "aws_kms_key" "records" {} #~ fail
