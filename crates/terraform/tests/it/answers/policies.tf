# Documents whose JSON the AWS provider computes while it plans. `policies.json` has its answers, by name: the
# `minified_json` of each in `terraform show -json` of a plan of this file (Terraform 1.11.4, provider 5.100.0).

data "aws_iam_policy_document" "one_of_everything" {
  statement {
    sid       = "one"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/*"]
  }
}

data "aws_iam_policy_document" "lists_are_sets" {
  statement {
    actions   = ["s3:GetObject", "ec2:Run*", "s3:GetObject", "a:b"]
    resources = ["b", "c", "a", "b"]
  }
}

data "aws_iam_policy_document" "one_value_written_twice" {
  statement {
    actions   = ["s3:*", "s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "negations" {
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*", "sts:*"]
    not_resources = ["arn:aws:s3:::b"]
  }
}

data "aws_iam_policy_document" "no_statement" {
}

data "aws_iam_policy_document" "an_empty_statement" {
  statement {
  }
}

data "aws_iam_policy_document" "empty_lists" {
  statement {
    sid       = ""
    actions   = []
    resources = []
  }
}

data "aws_iam_policy_document" "version_and_id" {
  version   = "2008-10-17"
  policy_id = "the-id"
  statement {
    actions = ["s3:*"]
  }
}

data "aws_iam_policy_document" "anyone" {
  statement {
    actions = ["s3:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "anyone_of_aws" {
  statement {
    actions = ["s3:*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "anyone_and_more" {
  statement {
    actions = ["s3:*"]
    principals {
      type        = "AWS"
      identifiers = ["*", "arn:aws:iam::123456789012:root"]
    }
  }
  statement {
    actions = ["s3:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "principals_of_several_types" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs.amazonaws.com", "ec2.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "principals_of_one_type_twice" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111111111111:root"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::333333333333:root", "arn:aws:iam::222222222222:root"]
    }
  }
}

data "aws_iam_policy_document" "not_principals" {
  statement {
    effect  = "Deny"
    actions = ["s3:*"]
    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:user/a", "arn:aws:iam::123456789012:user/b"]
    }
  }
}

data "aws_iam_policy_document" "condition_of_one_value" {
  statement {
    effect  = "Deny"
    actions = ["s3:*"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [false]
    }
  }
}

data "aws_iam_policy_document" "condition_of_several_values" {
  statement {
    actions = ["s3:*"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/", "", "home/a/*", 7]
    }
  }
}

data "aws_iam_policy_document" "conditions_of_one_test" {
  statement {
    actions = ["s3:*"]
    condition {
      test     = "StringEquals"
      variable = "aws:b"
      values   = ["x"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["z", "y"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:c"
      values   = ["*"]
    }
  }
}

data "aws_iam_policy_document" "conditions_of_one_test_and_variable" {
  statement {
    actions = ["s3:*"]
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["z"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["x", "y"]
    }
  }
}

data "aws_iam_policy_document" "condition_without_values" {
  statement {
    actions = ["s3:*"]
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = []
    }
  }
}

data "aws_iam_policy_document" "variables_of_iam" {
  statement {
    sid       = "Own"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::b/&{aws:username}/*", "arn:aws:s3:::$${aws:username}"]
    principals {
      type        = "AWS"
      identifiers = ["&{aws:PrincipalAccount}"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["&{aws:username}/*"]
    }
  }
}

data "aws_iam_policy_document" "signs_of_html" {
  statement {
    actions   = ["s3:*"]
    resources = ["<a&b>"]
  }
}

data "aws_iam_policy_document" "sources" {
  source_policy_documents = [
    data.aws_iam_policy_document.one_of_everything.json,
    data.aws_iam_policy_document.lists_are_sets.json,
  ]
}

data "aws_iam_policy_document" "sources_and_own" {
  source_policy_documents = [data.aws_iam_policy_document.one_of_everything.json]
  statement {
    actions = ["x:1"]
  }
  statement {
    sid     = "two"
    actions = ["x:2"]
  }
}

data "aws_iam_policy_document" "own_of_a_sid_of_the_source" {
  source_policy_documents = [
    data.aws_iam_policy_document.one_of_everything.json,
    data.aws_iam_policy_document.lists_are_sets.json,
  ]
  statement {
    sid     = "two"
    actions = ["x:2"]
  }
  statement {
    sid     = "one"
    effect  = "Deny"
    actions = ["x:1"]
  }
}

data "aws_iam_policy_document" "overrides" {
  override_policy_documents = [
    jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "two", Effect = "Deny", Action = "o:2", Resource = "*" }] }),
    jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "three", Effect = "Allow", Action = ["o:3"], Resource = ["*"] }] }),
  ]
  statement {
    sid     = "one"
    actions = ["x:1"]
  }
  statement {
    sid     = "two"
    actions = ["x:2"]
  }
}

data "aws_iam_policy_document" "later_overrides_win" {
  override_policy_documents = [
    jsonencode({ Statement = [{ Sid = "one", Effect = "Deny", Action = "o:1" }] }),
    jsonencode({ Statement = [{ Sid = "one", Effect = "Allow", Action = "o:2" }, { Effect = "Allow", Action = "o:3" }] }),
  ]
  statement {
    sid     = "one"
    actions = ["x:1"]
  }
}

data "aws_iam_policy_document" "overrides_of_version_and_id" {
  version                 = "2012-10-17"
  policy_id               = "own"
  source_policy_documents = [jsonencode({ Version = "2008-10-17", Id = "source", Statement = [] })]
  override_policy_documents = [
    jsonencode({ Version = "2008-10-17", Id = "override", Statement = [{ Sid = "a", Effect = "Allow", Action = "a:b" }] }),
  ]
  statement {
    actions = ["x:1"]
  }
}

data "aws_iam_policy_document" "source_of_version_and_id" {
  source_policy_documents = [
    jsonencode({ Version = "2008-10-17", Id = "source", Statement = [{ Sid = "a", Effect = "Allow", Action = "a:b" }] }),
  ]
}

data "aws_iam_policy_document" "lists_of_a_source_stay" {
  source_policy_documents = [
    jsonencode({ Statement = [{ Effect = "Allow", Action = ["a:b", "c:d", "a:b"], Resource = ["*"], Principal = { Service = "s", AWS = ["x", "y"], Federated = ["f"] } }] }),
  ]
}

data "aws_iam_policy_document" "the_newer_version_wins" {
  version                 = "2008-10-17"
  source_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "a:b" }] })]
}

data "aws_iam_policy_document" "fields_of_a_source_that_iam_does_not_have" {
  source_policy_documents = [
    jsonencode({ Comment = "x", Version = "2012-10-17", Statement = [{ Resource = "*", Action = "a:b", Effect = "Allow", Note = "x", NotPrincipal = { AWS = "*" } }] }),
  ]
}

data "aws_iam_policy_document" "a_source_without_statements" {
  source_policy_documents = [jsonencode({ Version = "2012-10-17" }), "{}"]
  statement {
    actions = ["a:b"]
  }
}

data "aws_iam_policy_document" "anyone_of_a_source" {
  source_policy_documents = [
    jsonencode({ Statement = [
      { Effect = "Allow", Action = "a:b", Principal = { AWS = "*" } },
      { Effect = "Allow", Action = "a:b", Principal = { "*" = "*" } },
      { Effect = "Allow", Action = "a:b", Principal = { AWS = ["*"] } },
      { Effect = "Allow", Action = [], Resource = [] },
    ] }),
  ]
}

data "aws_iam_policy_document" "anyone_twice" {
  statement {
    actions = ["a:b"]
    principals {
      type        = "*"
      identifiers = ["*", "x"]
    }
  }
}

data "aws_iam_policy_document" "a_source_with_conditions" {
  source_policy_documents = [
    jsonencode({ Statement = [{
      Effect    = "Deny"
      NotAction = "a:b"
      Principal = "*"
      Resource  = ["z", "a"]
      Condition = {
        Bool            = { "aws:SecureTransport" = false }
        StringEquals    = { "aws:a" = ["one", "two"], "aws:b" = "three" }
        NumericLessThan = { "s3:TlsVersion" = 1.2 }
      }
    }] }),
  ]
}

data "aws_iam_policy_document" "empty_sources" {
  source_policy_documents   = ["", data.aws_iam_policy_document.one_of_everything.json]
  override_policy_documents = [""]
}

data "aws_iam_policy_document" "dynamic_statements" {
  dynamic "statement" {
    for_each = { b = ["b:1"], a = ["a:2", "a:1"] }
    content {
      sid     = statement.key
      actions = statement.value
      dynamic "principals" {
        for_each = statement.key == "a" ? [1] : []
        content {
          type        = "AWS"
          identifiers = ["x"]
        }
      }
    }
  }
}

data "aws_iam_policy_document" "statements_without_sid_from_both" {
  source_policy_documents   = [data.aws_iam_policy_document.lists_are_sets.json]
  override_policy_documents = [data.aws_iam_policy_document.negations.json]
  statement {
    actions = ["x:1"]
  }
}

data "aws_iam_policy_document" "an_override_of_a_source" {
  source_policy_documents   = [data.aws_iam_policy_document.own_of_a_sid_of_the_source.json]
  override_policy_documents = [data.aws_iam_policy_document.sources_and_own.json]
}

data "aws_iam_policy_document" "a_null_and_nothing" {
  policy_id = ""
  statement {
    sid         = null
    effect      = null
    actions     = ["a:b"]
    not_actions = null
    resources   = null
  }
}

data "aws_iam_policy_document" "many_conditions" {
  statement {
    actions = ["kms:*"]
    condition {
      test     = "StringNotEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com"]
    }
    condition {
      test     = "Null"
      variable = "aws:PrincipalOrgID"
      values   = ["false"]
    }
    condition {
      test     = "ForAnyValue:StringLike"
      variable = "kms:ResourceAliases"
      values   = ["alias/x"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = ["123456789012"]
    }
  }
}

data "aws_iam_policy_document" "what_a_source_may_leave_out" {
  source_policy_documents = [
    jsonencode({ Statement = [
      { Principal = { AWS = ["b"] }, Condition = { S = { b = ["x"], a = "y" }, B = { k = true, l = ["true"] } } },
      { Condition = { S = { n = 1 } }, Action = "a:b" },
      { NotPrincipal = "*" },
      { Principal = { AWS = ["*"], Service = "x" } },
      { Principal = { AWS = ["a", "c", "b"] } },
    ] }),
  ]
}

data "aws_iam_policy_document" "where_variables_of_iam_are_read" {
  policy_id = "&{a}"
  statement {
    sid           = "x"
    actions       = ["s3:&{aws:x}"]
    not_resources = ["&{x}"]
    condition {
      test     = "S&{x}"
      variable = "v&{x}"
      values   = ["&{x}&{y}"]
    }
  }
}

data "aws_iam_policy_document" "empty_texts_of_a_source" {
  source_policy_documents = ["{\"Version\":\"2008-10-17\",\"Id\":\"\",\"Statement\":[{\"Sid\":\"\",\"Effect\":\"\"}]}"]
}
