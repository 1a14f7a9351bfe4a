//! Templates against the schemas of resource types: what does not exist is told, and nothing that may be right.

use carelint_cloudformation::{Inputs, read};
use source::Sources;
use source::discovery::discover;

/// Checks the problems that are not about macros, as `line: severity code: message; help`.
#[track_caller]
fn check_template(text: &str, expected: &[&str]) {
    let sources = Sources::in_memory([("t.yaml", text)]);
    let found = discover(&sources, &[".".into()]);
    let problems = read(&sources, &found.candidates, &Inputs::default()).problems;
    let shown: Vec<String> = problems
        .iter()
        .filter(|problem| !["cloudformation-include", "cloudformation-macro"].contains(&problem.code))
        .map(|problem| {
            let place = problem.place.map(|place| {
                text.get(..place.span.start as usize).unwrap_or_default().matches('\n').count() + 1
            });
            let code = problem.code.trim_start_matches("cloudformation-");
            let (severity, message) = (problem.severity.as_str(), &problem.message);
            format!("{}: {severity} {code}: {message}; {}", place.unwrap_or(0), problem.help)
        })
        .collect();
    assert_eq!(shown, expected);
}

/// Checks a resource with these properties.
#[track_caller]
fn check(type_name: &str, properties: &str, expected: &[&str]) {
    let template = format!("Resources:\n  A:\n    Type: {type_name}\n    Properties:\n{properties}");
    check_template(&template, expected);
}

#[test]
fn a_type_that_does_not_exist_is_told() {
    check_template(
        "Resources:
  A: {Type: AWS::S3::Buckett}
  B: {Type: 'AWS::KMS::key'}
  C: {Type: AWS::KMS::Keyring}
  D: {Type: AWS::Tricorder::Scan}
  E: {Type: Custom::Anything, Properties: {A: 1}}
  F: {Type: MyOrg::S3::Guard, Properties: {A: 1}}
  G: {Type: MyOrg::S3::Guard::MODULE, Properties: {A: 1}}
  H: {Type: AWS::CloudFormation::CustomResource, Properties: {ServiceToken: t, A: 1}}
  I: {Type: 'Alexa::ASK::Skil'}
",
        &[
            "2: warning unknown-type: AWS::S3::Buckett is not among the resource types of CloudFormation; did you mean AWS::S3::Bucket?",
            "3: warning unknown-type: AWS::KMS::key is not among the resource types of CloudFormation; did you mean AWS::KMS::Key?",
            "4: warning unknown-type: AWS::KMS::Keyring is not among the resource types of CloudFormation; correct the name, or leave it if the type is newer than 2026-10-20, the day of the known ones",
            "5: note unknown-type: AWS::Tricorder::Scan is not among the resource types of CloudFormation; correct the name, or leave it if the type is newer than 2026-10-20, the day of the known ones",
        ],
    );
}

#[test]
fn a_misspelt_property_is_told_with_the_one_that_was_meant() {
    check(
        "AWS::S3::Bucket",
        "      BucketEncyption: {ServerSideEncryptionConfiguration: []}\n      Bucketname: b\n",
        &[
            "5: warning unknown-property: AWS::S3::Bucket has no property BucketEncyption; did you mean BucketEncryption?",
            "6: warning unknown-property: AWS::S3::Bucket has no property Bucketname; did you mean BucketName?",
        ],
    );
}

#[test]
fn properties_are_looked_at_at_any_depth() {
    check(
        "AWS::S3::Bucket",
        "      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyId: k}
          - BucketKeyEnable: true
      VersioningConfiguration: {Status: Enabled, MFADelete: true}
",
        &[
            "7: warning unknown-property: BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault of AWS::S3::Bucket has no property KMSMasterKeyId; did you mean KMSMasterKeyID?",
            "8: warning unknown-property: BucketEncryption.ServerSideEncryptionConfiguration of AWS::S3::Bucket has no property BucketKeyEnable; did you mean BucketKeyEnabled?",
            "9: warning unknown-property: VersioningConfiguration of AWS::S3::Bucket has no property MFADelete; known: Status",
        ],
    );
}

#[test]
fn free_documents_and_maps_are_not_looked_into() {
    check(
        "AWS::IAM::Policy",
        "      PolicyName: p\n      PolicyDocument: {Statemnt: [{Efect: Allow}]}\n",
        &[],
    );
    check("AWS::Glue::Job", "      Role: r\n      Command: {}\n      DefaultArguments: {--x: y}\n", &[]);
    check(
        "AWS::Lambda::Function",
        "      Role: r\n      Code: {ZipFile: x}\n      Environment: {Variables: {A: b}}\n",
        &[],
    );
}

#[test]
fn what_is_computed_at_deployment_is_taken_to_be_right() {
    let header = "Transform: AWS::LanguageExtensions\nConditions: {C: !Equals [!Ref AWS::Region, x]}\n";
    check_template(
        &format!(
            "{header}Mappings: {{Each: {{Of: {{Them: [1]}}}}}}
Resources:
  A:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: !If [C, {{ServerSideEncryptionConfiguration: []}}, !Ref AWS::NoValue]
      VersioningConfiguration: !If [C, {{Statuss: Enabled}}, {{Status: Suspended}}]
      LoggingConfiguration: {{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: s3://a/b}}}}}}
      Tags: !FindInMap [Each, Of, Them]
  B:
    Type: AWS::S3::Bucket
    Properties: !If [C, {{BucketNam: a}}, {{}}]
  'Fn::ForEach::Each':
    - Name
    - [a, b]
    - 'B${{Name}}':
        Type: AWS::S3::Bucket
        Properties: {{Versioning: 1}}
"
        ),
        &[
            "9: warning unknown-property: VersioningConfiguration of AWS::S3::Bucket has no property Statuss; did you mean Status?",
            "14: warning unknown-property: AWS::S3::Bucket has no property BucketNam; did you mean BucketName?",
            "20: warning unknown-property: AWS::S3::Bucket has no property Versioning; correct the name, or leave it out; carelint knows the resource types as they were on 2026-10-20",
        ],
    );
}

#[test]
fn what_a_macro_may_rewrite_is_left_alone() {
    check_template(
        "Transform: [Mine]\nResources: {A: {Type: AWS::S3::Buckett, Properties: {X: 1}}}\n",
        &[
            "1: warning transform: the transform Mine is not run; the template is judged as it is written; scan the processed template (aws cloudformation get-template --template-stage Processed)",
        ],
    );
    check(
        "AWS::S3::Bucket",
        "      'Fn::Transform': {Name: Mine}\n      Whatever: 1\n      BucketName: [a]\n",
        &[],
    );
}

#[test]
fn a_value_of_another_shape_is_told() {
    check(
        "AWS::S3::Bucket",
        "      Tags: {Key: a, Value: b}\n      VersioningConfiguration: Enabled\n      BucketName: [a]\n      WebsiteConfiguration: null\n",
        &[
            "5: warning wrong-shape: Tags of AWS::S3::Bucket takes a list, not an object; write it in the form that the property takes",
            "6: warning wrong-shape: VersioningConfiguration of AWS::S3::Bucket takes an object, not one value; write it in the form that the property takes",
            "7: warning wrong-shape: BucketName of AWS::S3::Bucket takes one text, number or boolean, not a list; write it in the form that the property takes",
        ],
    );
}

#[test]
fn what_only_the_service_sets_is_told() {
    check(
        "AWS::S3::Bucket",
        "      Arn: arn:aws:s3:::a\n",
        &[
            "5: warning read-only-property: Arn of AWS::S3::Bucket is read-only; leave it out: the service sets it, and Fn::GetAtt reads it",
        ],
    );
}

#[test]
fn what_is_required_and_not_there_is_told() {
    check_template(
        "Resources:\n  A: {Type: AWS::IAM::Role}\n  B:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: !Ref AWS::NoValue}\n",
        &[
            "2: warning missing-property: AWS::IAM::Role has no AssumeRolePolicyDocument, which is required; add it",
        ],
    );
}

#[test]
fn attributes_that_no_resource_returns_are_told() {
    check_template(
        "Resources:
  A: {Type: AWS::S3::Bucket}
  B: {Type: Custom::X}
  C: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt A.ARN}}
  D: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub '${A.Arn} ${B.Any}'}}
",
        &["4: warning unknown-attribute: AWS::S3::Bucket has no attribute ARN; did you mean Arn?"],
    );
}

#[test]
fn keys_beside_the_properties_are_known() {
    check_template(
        "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Propertys: {BucketName: b}\n    DeletionPolicy: Retain\n",
        &["4: warning unknown-resource-key: a resource has no Propertys; did you mean Properties?"],
    );
}

#[test]
fn a_template_of_nothing_but_slips_is_cut_short() {
    let properties: String = (0..500).map(|number| format!("      Bad{number}: 1\n")).collect();
    let template = format!("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n{properties}");
    let sources = Sources::in_memory([("t.yaml", template.as_str())]);
    let found = discover(&sources, &[".".into()]);
    let problems = read(&sources, &found.candidates, &Inputs::default()).problems;
    assert_eq!(problems.len(), 101);
}

#[test]
fn serverless_types_are_looked_at_as_they_are_written() {
    check_template(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  A:
    Type: AWS::Serverless::SimpleTable
    Properties:
      SSESpecificaton: {SSEEnabled: true}
  B:
    Type: AWS::Serverless::SimpleTable
    Properties:
      SSESpecification: {SSEEnable: true, SomethingNewer: 1}
",
        &[
            "6: warning unknown-property: AWS::Serverless::SimpleTable has no property SSESpecificaton; did you mean SSESpecification?",
            "10: warning unknown-property: SSESpecification of AWS::Serverless::SimpleTable has no property SSEEnable; did you mean SSEEnabled?",
        ],
    );
}
