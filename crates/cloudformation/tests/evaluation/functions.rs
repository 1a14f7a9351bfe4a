//! Each intrinsic function by the results that AWS's template reference shows for it, in both spellings.

use crate::check;

const HEADER: &str = "
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String}
  Size: {Type: Number, Default: 5}
  Names: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Env: {Type: String, AllowedValues: [dev, prod]}
  Any: {Type: String}
Mappings:
  Regions:
    us-east-1: {HVM64: ami-0ff8a91507f77f867, Zones: [a, b]}
    eu-west-1: {HVM64: ami-047bb4163c506cd98, Zones: [c]}
  Flags: {'true': {V: 1, Only: 3}, 'false': {V: 2}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]";

/// Checks the argument of a function in its long form and in its short one.
#[track_caller]
fn both(name: &str, argument: &str, expected: &str) {
    check(HEADER, &format!("{{'Fn::{name}': {argument}}}"), expected);
    check(HEADER, &format!("!{name} {argument}"), expected);
}

#[test]
fn base64() {
    both("Base64", "AWS CloudFormation", "\"QVdTIENsb3VkRm9ybWF0aW9u\"");
    both("Base64", "''", "\"\"");
    both("Base64", "{Ref: Size}", "\"NQ==\"");
    both("Base64", "{'Fn::Sub': 'x=${Name}'}", "`x={?Name}`");
    both("Base64", "{'Fn::If': [IsProd, a, b]}", "(!Env=dev: \"YQ==\" | Env=dev: \"Yg==\")");
}

#[test]
fn cidr() {
    both(
        "Cidr",
        "['192.168.0.0/24', 6, 5]",
        "[\"192.168.0.0/27\", \"192.168.0.32/27\", \"192.168.0.64/27\", \"192.168.0.96/27\", \"192.168.0.128/27\", \"192.168.0.160/27\"]",
    );
    both("Cidr", "['192.168.0.0/24', '2', '5']", "[\"192.168.0.0/27\", \"192.168.0.32/27\"]");
    both("Cidr", "['10.0.0.0/16', 1]", "[\"10.0.0.0/24\"]");
    both(
        "Cidr",
        "['2001:db8:1234:1a00::/56', 2, 64]",
        "[\"2001:db8:1234:1a00::/64\", \"2001:db8:1234:1a01::/64\"]",
    );
    both(
        "Select",
        "[1, {'Fn::Cidr': [{'Fn::GetAtt': [Bucket, CidrBlock]}, 2, 8]}]",
        "?Cidr ${t/Bucket.CidrBlock} 8.1#1",
    );
    both("Cidr", "['10.0.0.0/8', {Ref: Any}, 8]", "?Cidr 10.0.0.0/8 ${Any}");
}

#[test]
fn find_in_map() {
    both("FindInMap", "[Regions, us-east-1, HVM64]", "\"ami-0ff8a91507f77f867\"");
    both("FindInMap", "[Regions, eu-west-1, Zones]", "[\"c\"]");
    both(
        "FindInMap",
        "[Regions, {Ref: 'AWS::Region'}, HVM64]",
        "(AWS::Region=us-east-1: \"ami-0ff8a91507f77f867\" | !AWS::Region=us-east-1: \"ami-047bb4163c506cd98\")",
    );
    both("FindInMap", "[Regions, eu-north-1, HVM64, {DefaultValue: none}]", "\"none\"");
    both(
        "FindInMap",
        "[Regions, {Ref: Any}, HVM64, {DefaultValue: {Ref: Size}}]",
        "(Any=us-east-1: \"ami-0ff8a91507f77f867\" | Any=eu-west-1: \"ami-047bb4163c506cd98\" | !(Any=us-east-1 | Any=eu-west-1): 5)",
    );
    both(
        "FindInMap",
        "[{'Fn::Sub': Regions}, {'Fn::Join': ['-', [us, east, 1]]}, {'Fn::Select': [0, [HVM64]]}]",
        "\"ami-0ff8a91507f77f867\"",
    );
    both("FindInMap", "[Flags, {Ref: Any}, V]", "(Any=\"true\": 1 | !Any=\"true\": 2)");
    both("FindInMap", "[Flags, true, V]", "1");
    both("FindInMap", "[Flags, {Ref: Any}, Only]", "(Any=\"true\": 3 | !Any=\"true\": ?)");
}

#[test]
fn get_att() {
    check(HEADER, "!GetAtt Bucket.Arn", "@Bucket.Arn");
    check(HEADER, "{'Fn::GetAtt': Bucket.Arn}", "@Bucket.Arn");
    both("GetAtt", "[Bucket, Arn]", "@Bucket.Arn");
    both("GetAtt", "[Bucket, SourceSecurityGroup.OwnerAlias]", "@Bucket.SourceSecurityGroup.OwnerAlias");
    both("GetAtt", "[Bucket, {'Fn::Sub': 'Endpoint${Size}'}]", "@Bucket.Endpoint5");
    both("GetAtt", "[Bucket, {Ref: Any}]", "?GetAtt Bucket.${Any}");
    both(
        "GetAtt",
        "[{'Fn::Sub': Bucket}, {'Fn::If': [IsProd, Arn, Name]}]",
        "(!Env=dev: @Bucket.Arn | Env=dev: @Bucket.Name)",
    );
}

#[test]
fn get_azs() {
    both("GetAZs", "''", "[...GetAZs:AWS::Region]");
    both("GetAZs", "us-east-1", "[...GetAZs:us-east-1]");
    both("GetAZs", "{Ref: 'AWS::Region'}", "[...GetAZs:AWS::Region]");
    both("Select", "[1, {'Fn::GetAZs': ''}]", "?GetAZs:AWS::Region.1#1");
}

#[test]
fn get_stack_output() {
    check(
        HEADER,
        "{'Fn::GetStackOutput': {StackName: network, OutputName: VpcId, Region: us-east-1}}",
        "?GetStackOutput network.VpcId us-east-1",
    );
    check(HEADER, "!GetStackOutput {StackName: network, OutputName: VpcId}", "?GetStackOutput network.VpcId");
}

#[test]
fn import_value() {
    both("ImportValue", "shared-vpc", "?import shared-vpc");
    both("ImportValue", "{'Fn::Sub': '${Name}-vpc'}", "?import ${Name}-vpc");
}

#[test]
fn join() {
    both("Join", "[':', [a, b, c]]", "\"a:b:c\"");
    both("Join", "['', [a]]", "\"a\"");
    both("Join", "[',', []]", "\"\"");
    both("Join", "[',', {Ref: Names}]", "\"a,b,c\"");
    both("Join", "[',', {Ref: Subnets}]", "?Subnets.join(,)");
    both("Join", "['-', [true, 1, 1.50, '01', {Ref: Size}]]", "\"true-1-1.50-01-5\"");
    both("Join", "[',', {'Fn::Split': ['|', 'a|b']}]", "\"a,b\"");
    both("Join", "['', ['arn:', {Ref: 'AWS::Partition'}, ':s3:::', {Ref: Name}]]", "`arn:aws:s3:::{?Name}`");
    both("Join", "[',', {'Fn::GetAtt': [Bucket, NameServers]}]", "?join(,) ${t/Bucket.NameServers}");
}

#[test]
fn length() {
    both("Length", "[1, 2, 3]", "3");
    both("Length", "{Ref: Names}", "3");
    both("Length", "{'Fn::Split': ['|', 'a|b|c|']}", "4");
    both("Length", "{Ref: Subnets}", "?Length ${Subnets}");
}

#[test]
fn select() {
    both("Select", "['1', [apples, grapes, oranges, mangoes]]", "\"grapes\"");
    both("Select", "['0', {Ref: Names}]", "\"a\"");
    both("Select", "[{Ref: Size}, [0, 1, 2, 3, 4, 5]]", "5");
    both("Select", "[0, {Ref: Subnets}]", "?Subnets.0");
    both("Select", "[0, {'Fn::FindInMap': [Regions, us-east-1, Zones]}]", "\"a\"");
    both("Select", "[{'Fn::If': [IsProd, 0, 1]}, [a, b]]", "(!Env=dev: \"a\" | Env=dev: \"b\")");
    both("Select", "[0, {'Fn::GetAtt': [Bucket, Ipv6CidrBlocks]}]", "@Bucket.Ipv6CidrBlocks.0");
}

#[test]
fn split() {
    both("Split", "['|', 'a|b|c']", "[\"a\", \"b\", \"c\"]");
    both("Split", "['|', 'a||c|']", "[\"a\", \"\", \"c\", \"\"]");
    both("Split", "[', ', 'a, b']", "[\"a\", \"b\"]");
    both("Split", "['|', '']", "[\"\"]");
    both(
        "Select",
        "[2, {'Fn::Split': [',', {'Fn::ImportValue': AccountSubnetIDs}]}]",
        "?import AccountSubnetIDs.split(,).2",
    );
    both("Split", "[':', {'Fn::Sub': 'arn:aws:${AWS::Region}:${AWS::AccountId}:x/${Name}:y'}]", SPLIT);
    both(
        "Select",
        "[4, {'Fn::Split': [':', {'Fn::Sub': 'a:b:c:d:${AWS::AccountId}:${Name}'}]}]",
        "?AWS::AccountId",
    );
    both("Select", "[0, {'Fn::Split': ['/', {'Fn::Sub': 'a/${Name}'}]}]", "\"a\"");
}

const SPLIT: &str = "[\"arn\", \"aws\", ?AWS::Region, ?AWS::AccountId, ...split(:) arn:aws:${AWS::Region}:${AWS::AccountId}:x/${Name}:y]";

#[test]
fn sub() {
    both("Sub", "'x-${Size}-${Name}-${Bucket}-${Bucket.Arn}'", "`x-5-{?Name}-{@Bucket}-{@Bucket.Arn}`");
    both("Sub", "['www.${Domain}', {Domain: {Ref: Name}}]", "`www.{?Name}`");
    both("Sub", "['${Size}-${Name}', {Size: other}]", "`other-{?Name}`");
    both("Sub", "['${a.b}', {a.b: c}]", "\"c\"");
    both("Sub", "'${!Literal} ${!Size}'", "\"${Literal} ${Size}\"");
    both(
        "Sub",
        "'${AWS::Partition}/${AWS::Region}/${AWS::StackName}'",
        "`aws/{?AWS::Region}/{?AWS::StackName}`",
    );
    both("Sub", "['${a}${b}${c}', {a: true, b: 1, c: 1.50}]", "\"true11.50\"");
    both("Sub", "'$Size ${ Size } $ { }'", "\"$Size 5 $ { }\"");
    both("Sub", "''", "\"\"");
}

#[test]
fn to_json_string() {
    both(
        "ToJsonString",
        "{key1: val1, key2: {Ref: Size}, key3: true}",
        r#""{\"key1\":\"val1\",\"key2\":5,\"key3\":true}""#,
    );
    both("ToJsonString", "[{a: \"q\\\"\\n\"}, []]", r#""[{\"a\":\"q\\\"\\n\"},[]]""#);
    both("ToJsonString", "{a: {Ref: Name}}", r#"`{"a":"{?Name}"}`"#);
    both(
        "ToJsonString",
        "{a: {'Fn::If': [IsProd, 1, {Ref: 'AWS::NoValue'}]}, b: 2}",
        r#"(!Env=dev: "{\"a\":1,\"b\":2}" | Env=dev: "{\"b\":2}")"#,
    );
    both("ToJsonString", "{a: {Ref: Subnets}}", "?");
}

#[test]
fn reference() {
    for (name, expected) in [
        ("Name", "?Name"),
        ("Bucket", "@Bucket"),
        ("AWS::AccountId", "?AWS::AccountId"),
        ("AWS::NotificationARNs", "?AWS::NotificationARNs"),
        ("AWS::Partition", "\"aws\""),
        ("AWS::StackId", "?AWS::StackId"),
        ("AWS::URLSuffix", "\"amazonaws.com\""),
        ("AWS::NoValue", "absent"),
    ] {
        check(HEADER, &format!("{{Ref: '{name}'}}"), expected);
        check(HEADER, &format!("!Ref {name}"), expected);
    }
    check(HEADER, "{Ref: {'Fn::Sub': 'Buck${Any}'}}", "?Ref Buck${Any}");
    check(HEADER, "{Ref: {'Fn::Join': ['', [Buck, et]]}}", "@Bucket");
}

#[test]
fn dynamic_references() {
    for (text, expected) in [
        ("'{{resolve:ssm:/a/b:3}}'", "secret ?resolve:ssm:/a/b:3"),
        ("'{{resolve:ssm-secure:IAMUserPassword:10}}'", "secret ?resolve:ssm-secure:IAMUserPassword:10"),
        (
            "'{{resolve:secretsmanager:MySecret:SecretString:password}}'",
            "secret ?resolve:secretsmanager:MySecret:SecretString:password",
        ),
        (
            "'x-{{resolve:ssm:a}}-{{resolve:ssm:b}}'",
            "secret `x-{secret ?resolve:ssm:a}-{secret ?resolve:ssm:b}`",
        ),
        (
            "!Sub '{{resolve:secretsmanager:${Bucket}::password}}'",
            "secret ?resolve:secretsmanager:${t/Bucket}::password",
        ),
        ("!Join ['', ['{{resolve:ssm:', !Ref Name, '}}']]", "secret ?resolve:ssm:${Name}"),
        ("!Sub ['${a}', {a: '{{resolve:ssm:x}}'}]", "secret ?resolve:ssm:x"),
        ("!If [IsProd, '{{resolve:ssm:x}}', y]", "secret (!Env=dev: secret ?resolve:ssm:x | Env=dev: \"y\")"),
        ("'{{resolve:ssm:unclosed'", "\"{{resolve:ssm:unclosed\""),
    ] {
        check(HEADER, text, expected);
    }
}
