//! Large and hostile templates are answered.

use crate::support::{ask, node};

#[test]
fn a_group_of_thousands_of_rules_is_answered() {
    let rules: String = (0..4_000)
        .map(|at| {
            let cidr = format!("{}.{}.0.0/16", at % 200, at % 256);
            format!("        - {{IpProtocol: tcp, FromPort: {at}, ToPort: {at}, CidrIp: {cidr}}}\n")
        })
        .collect();
    let text = format!(
        "Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n      SecurityGroupIngress:\n{rules}        - {{IpProtocol: tcp, FromPort: 1, ToPort: 9, CidrIp: 0.0.0.0/1}}\n        - {{IpProtocol: tcp, FromPort: 1, ToPort: 9, CidrIp: 128.0.0.0/1}}\n"
    );
    let list = ask(&text, |facts| facts.of_node("open-ports", node(facts, "Group")));
    assert_eq!(list.as_list().map(|list| list.items.len()), Some(2));
}

#[test]
fn a_policy_of_long_patterns_is_answered() {
    let long = "*a".repeat(1_500);
    let resources = vec![format!("'arn:aws:s3:::{long}'"); 100].join(", ");
    let text = format!(
        "Resources:
  Bucket: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: '{}'}}}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement: {{Effect: Deny, Principal: '*', Action: '*', Resource: [{resources}], Condition: {{Bool: {{'aws:SecureTransport': false}}}}}}
",
        "a".repeat(1_900)
    );
    let answer = ask(&text, |facts| {
        let bucket = node(facts, "Bucket");
        let (id, _) =
            facts.graph.model(bucket).and_then(|kind| kind.attribute("policies")).expect("policies");
        let policies = facts.graph.attribute(bucket, id);
        let policy = policies.as_list().and_then(|list| list.items.first()).map(|item| item.value.clone());
        facts.method("denies_plain_transport", &policy.expect("a policy"), &[], bucket)
    });
    assert_ne!(answer.as_bool(), Some(true));
}
