#: amplify-education/python-hcl2#141: Quotes that are not closed within their line of a heredoc lost the whole file.
#: rule kms-rotation
#: fail aws_kms_key.beside
#: value aws_codebuild_project.build source.buildspec = "version: 0.2\nphases:\n  build:\n    commands:\n      - run --name \"clinic \\\n          portal\" --when 'it''s \"late\n      - echo \"${HOME} \\\" now\"\n"
#: value aws_ssm_parameter.greeting value = "say \"clinic\" and \"portal\""

resource "aws_codebuild_project" "build" {
  name         = "build"
  service_role = "build"

  artifacts {
    type = "NO_ARTIFACTS"
  }

  source {
    type      = "NO_SOURCE"
    buildspec = <<-EOT
      version: 0.2
      phases:
        build:
          commands:
            - run --name "clinic \
                portal" --when 'it''s "late
            - echo "$${HOME} \" now"
    EOT
  }
}

resource "aws_ssm_parameter" "greeting" {
  name  = "greeting"
  type  = "String"
  value = format("say %q and \"%s\"", "clinic", "portal")
}

resource "aws_kms_key" "beside" {} #~ fail
