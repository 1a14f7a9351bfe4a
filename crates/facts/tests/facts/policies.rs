//! Questions about policies of whole templates.

use value::{Origin, Value};

use crate::support::{ask, node, show};

/// A bucket, named or not, with a policy of these statements.
fn bucket(name: &str, statements: &str) -> String {
    let properties =
        if name.is_empty() { String::new() } else { format!(", Properties: {{BucketName: {name}}}") };
    format!(
        "
Parameters:
  Org: {{Type: String}}
  Name: {{Type: String}}
Resources:
  Other: {{Type: 'AWS::S3::Bucket'}}
  Bucket: {{Type: 'AWS::S3::Bucket'{properties}}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: '2012-10-17'
        Statement: {statements}
"
    )
}

/// What a method answers about the first policy of the bucket, or about its first statement.
fn answer(text: &str, method: &str) -> String {
    ask(text, |facts| {
        let bucket = node(facts, "Bucket");
        let kind = facts.graph.model(bucket).expect("a model");
        let (id, _) = kind.attribute("policies").expect("policies");
        let policies = facts.graph.attribute(bucket, id);
        let policy = policies.as_list().and_then(|list| list.items.first()).map(|item| item.value.clone());
        let policy = policy.unwrap_or_else(Value::absent);
        let reference = facts.graph.reference_to(bucket);
        let receiver = if method == "denies_plain_transport" {
            policy
        } else {
            let statements = facts.statements(&policy, bucket);
            let first =
                statements.as_list().and_then(|list| list.items.first()).map(|item| item.value.clone());
            first.unwrap_or_else(Value::absent)
        };
        show(&facts.method(method, &receiver, &[reference], bucket))
    })
}

const DENY: &str =
    "{Effect: Deny, Principal: '*', Action: 's3:*', Condition: {Bool: {'aws:SecureTransport': 'false'}}";

#[track_caller]
fn check_tls(name: &str, resources: &str, expect: &str) {
    let text = bucket(name, &format!("{DENY}, Resource: {resources}}}"));
    assert_eq!(answer(&text, "denies_plain_transport"), expect, "{resources}");
}

#[test]
fn a_bucket_and_its_objects_are_covered_however_they_are_spelled() {
    for name in ["", "records", "!Ref Name"] {
        check_tls(name, "[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']", "true");
        check_tls(
            name,
            "[!Sub 'arn:aws:s3:::${Bucket}', !Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*']",
            "true",
        );
        check_tls(name, "[!Sub '${Bucket.Arn}*']", "true");
        check_tls(name, "'*'", "true");
        check_tls(name, "'arn:aws:s3:::*'", "true");
    }
    check_tls("records", "['arn:aws:s3:::records', 'arn:aws:s3:::records/*']", "true");
    check_tls("!Ref Name", "[!Sub 'arn:aws:s3:::${Name}', !Sub 'arn:aws:s3:::${Name}/*']", "true");
}

#[test]
fn half_a_bucket_or_another_one_is_not_enough() {
    for name in ["", "records", "!Ref Name"] {
        check_tls(name, "!GetAtt Bucket.Arn", "false");
        check_tls(name, "!Sub '${Bucket.Arn}/*'", "false");
        check_tls(name, "[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/logs/*']", "false");
        check_tls(name, "[!GetAtt Other.Arn, !Sub '${Other.Arn}/*']", "false");
    }
    check_tls("records", "['arn:aws:s3:::others', 'arn:aws:s3:::others/*']", "false");
}

#[test]
fn an_arn_that_is_not_known_may_be_the_buckets() {
    let unknown = "?(parameter \"Name\" has no default)";
    check_tls("records", "[!Sub 'arn:aws:s3:::${Name}', !Sub 'arn:aws:s3:::${Name}/*']", unknown);
    check_tls("records", "[!Ref Name, !Sub '${Name}/*']", unknown);
}

#[track_caller]
fn check_statement(statements: &str, expect: &str) {
    let text = bucket("records", statements).replace("ARNS", "[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']");
    assert_eq!(answer(&text, "denies_plain_transport"), expect, "{statements}");
}

#[test]
fn only_a_deny_for_everyone_of_everything_counts() {
    check_statement(&format!("{DENY}, Resource: ARNS}}"), "true");
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("'*'", "{AWS: '*'}"), "true");
    check_statement(
        &format!("{DENY}, Resource: ARNS}}").replace("'*'", "{AWS: 'arn:aws:iam::1:root'}"),
        "false",
    );
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("Deny", "Allow"), "false");
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("s3:*", "S3:*"), "true");
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("s3:*", "s3:Get*"), "false");
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("'false'", "'true'"), "false");
    check_statement(&format!("{DENY}, Resource: ARNS}}").replace("'false'", "false"), "true");
}

#[test]
fn two_statements_may_cover_it_together() {
    let bucket = format!("{DENY}, Resource: !GetAtt Bucket.Arn}}");
    let objects = format!("{DENY}, Resource: !Sub '${{Bucket.Arn}}/*'}}");
    check_statement(&format!("[{bucket}, {objects}]"), "true");
    check_statement(&format!("[{bucket}, {bucket}]"), "false");
}

#[test]
fn a_further_condition_narrows_the_deny() {
    let both = "{Bool: {'aws:SecureTransport': 'false'}, StringEquals: {'aws:PrincipalOrgID': o}}";
    let text = format!("{DENY}, Resource: ARNS}}").replace("{Bool: {'aws:SecureTransport': 'false'}}", both);
    check_statement(&text, "false");
    let version = "{NumericLessThan: {'s3:TlsVersion': '1.2'}}";
    let text =
        format!("{DENY}, Resource: ARNS}}").replace("{Bool: {'aws:SecureTransport': 'false'}}", version);
    check_statement(&text, "true");
}

#[test]
fn a_queue_has_no_objects_to_cover() {
    let queue = |name: &str, action: &str, resource: &str| {
        format!(
            "
Resources:
  Queue: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: {name}}}}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement: {{Effect: Deny, Principal: '*', Action: '{action}', Resource: {resource}, Condition: {{Bool: {{'aws:SecureTransport': false}}}}}}
"
        )
    };
    let check = |text: &str, expect: &str| {
        let shown = ask(text, |facts| {
            let queue = node(facts, "Queue");
            let (id, _) =
                facts.graph.model(queue).and_then(|kind| kind.attribute("policies")).expect("policies");
            let policies = facts.graph.attribute(queue, id);
            let policy =
                policies.as_list().and_then(|list| list.items.first()).map(|item| item.value.clone());
            let reference = facts.graph.reference_to(queue);
            show(&facts.method("denies_plain_transport", &policy.expect("a policy"), &[reference], queue))
        });
        assert_eq!(shown, expect, "{text}");
    };
    check(&queue("jobs", "sqs:*", "!GetAtt Queue.Arn"), "true");
    check(&queue("jobs", "SQS:*", "'*'"), "true");
    check(&queue("jobs", "sqs:SendMessage", "'*'"), "false");
    check(&queue("jobs", "sqs:*", "'arn:aws:sqs:us-east-1:111122223333:others'"), "false");
}

#[test]
fn a_policy_that_is_not_known_is_not_judged() {
    let text = bucket("records", "[]").replace(
        "PolicyDocument:\n        Version: '2012-10-17'\n        Statement: []",
        "PolicyDocument: !Ref Name",
    );
    ask(&text, |facts| {
        let bucket = node(facts, "Bucket");
        let (id, _) =
            facts.graph.model(bucket).and_then(|kind| kind.attribute("policies")).expect("policies");
        let policies = facts.graph.attribute(bucket, id);
        let policy = policies.as_list().and_then(|list| list.items.first()).map(|item| &item.value);
        let policy = policy.unwrap_or(&policies);
        let answer =
            facts.method("denies_plain_transport", policy, &[facts.graph.reference_to(bucket)], bucket);
        assert_eq!(show(&answer), "?(parameter \"Name\" has no default)");
    });
}

#[track_caller]
fn check_allow(method: &str, statement: &str, expect: &str) {
    let text = bucket("records", &format!("{{Effect: Allow, {statement}}}"));
    assert_eq!(answer(&text, method), expect, "{statement}");
}

#[test]
fn everything_is_every_action_on_every_resource() {
    let check = |statement, expect| check_allow("allows_everything", statement, expect);
    check("Action: '*', Resource: '*'", "true");
    check("Action: ['s3:Get*', '*:*'], Resource: ['arn:aws:*']", "true");
    check("Action: '*', Resource: 'arn:aws:*:*:*:*'", "true");
    check("Action: '*', Resource: !Sub 'arn:${AWS::Partition}:*'", "true");
    check("Action: '*', Resource: 'arn:*'", "true");
    check("Action: 's3:*', Resource: '*'", "false");
    check("Action: '*', Resource: 'arn:aws:s3:::*'", "false");
    check("Action: '*', Resource: !GetAtt Bucket.Arn", "false");
    check("Action: '*'", "?(the statement names no resource)");
    check("Action: '*', Resource: !Ref Name", "?(parameter \"Name\" has no default)");
    check("NotAction: 'iam:*', Resource: '*'", "false");
    check("Action: '*', NotResource: 'arn:aws:s3:::*'", "false");
}

#[test]
fn everyone_is_bounded_by_fixed_values_alone() {
    let check = |statement, expect| check_allow("grants_public", statement, expect);
    check("Principal: '*', Action: 's3:Get*'", "true");
    check("Principal: {AWS: ['*']}, Action: 's3:Get*'", "true");
    check("Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 's3:Get*'", "false");
    check("Principal: {AWS: !Ref 'AWS::AccountId'}, Action: 's3:Get*'", "false");
    check("Principal: {Service: '*'}, Action: 's3:Get*'", "false");
    check("Principal: '*', Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}", "false");
    check("Principal: '*', Condition: {StringLike: {'aws:PrincipalOrgID': '*'}}", "true");
    check("Principal: '*', Condition: {StringEqualsIfExists: {'aws:PrincipalOrgID': o-1}}", "true");
    check("Principal: '*', Condition: {'ForAllValues:StringEquals': {'aws:PrincipalOrgID': o-1}}", "true");
    check("Principal: '*', Condition: {StringEquals: {'AWS:SourceAccount': !Ref 'AWS::AccountId'}}", "false");
    check("Principal: '*', Condition: {ArnLike: {'aws:SourceArn': 'arn:aws:sns:*:111122223333:*'}}", "false");
    check("Principal: '*', Condition: {ArnLike: {'aws:SourceArn': 'arn:aws:sns:*:*:*'}}", "true");
    check("Principal: '*', Condition: {ArnLike: {'aws:SourceArn': !GetAtt Other.Arn}}", "false");
    check("Principal: '*', Condition: {IpAddress: {'aws:SourceIp': 0.0.0.0/0}}", "true");
    check("Principal: '*', Condition: {Bool: {'aws:SecureTransport': true}}", "true");
    check(
        "Principal: '*', Condition: {StringEquals: {'aws:PrincipalOrgID': !Ref Org}}",
        "?(parameter \"Org\" has no default)",
    );
    check("Principal: !Ref Org, Action: 's3:Get*'", "?(parameter \"Org\" has no default)");
}

#[test]
fn a_grant_may_be_narrowed() {
    let check = |condition: &str, expect| {
        check_allow("is_narrowed", &format!("Action: '*', Condition: {condition}"), expect);
    };
    check("{Bool: {'aws:MultiFactorAuthPresent': 'true'}}", "true");
    check("{BoolIfExists: {'aws:MultiFactorAuthPresent': 'true'}}", "false");
    check("{IpAddress: {'aws:SourceIp': 198.51.100.0/24}}", "true");
    check("{IpAddress: {'aws:SourceIp': [198.51.100.0/24, 0.0.0.0/0]}}", "false");
    check("{StringEquals: {'aws:SourceVpce': vpce-1}}", "true");
    check("{StringEquals: {'s3:prefix': a}}", "false");
}

#[test]
fn every_method_and_fact_of_the_list_is_answered() {
    let text = bucket("records", &format!("{DENY}, Resource: '*'}}"));
    ask(&text, |facts| {
        let bucket = node(facts, "Bucket");
        for fact in language::facts::NODE_FACTS.iter().chain(language::facts::EVERY_NODE) {
            assert!(!facts.of_node(fact.name, bucket).is_absent() || fact.name == "meta", "{}", fact.name);
        }
        for fact in language::facts::REFERENCE_FACTS {
            let key = Value::string("alias/aws/s3", Origin::default());
            assert!(!facts.of_reference(fact.name, &key, bucket).is_absent(), "{}", fact.name);
        }
        for method in language::facts::METHODS {
            let port = || Value::number(1, Origin::default());
            let receiver = Value::map([("from".into(), port()), ("to".into(), port())], Origin::default());
            let answer = facts.method(method.name, &receiver, &[], bucket);
            assert!(!answer.is_absent(), "{}", method.name);
        }
        assert!(facts.of_node("no such fact", bucket).is_absent());
    });
}
