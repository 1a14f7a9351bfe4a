//! Stacks within stacks: which template is opened, what goes in and comes out, under which condition its resources
//! stand, and stack sets.

#[path = "show/of_schemas.rs"]
mod of_schemas;
mod show;

use carelint_cloudformation::{Inputs, read};
use of_schemas::problems;
use show::{presence, show};
use source::Sources;
use source::discovery::discover;
use value::declared::{Declared, Mode};

fn sources(files: &[(&str, &str)]) -> Sources {
    Sources::in_memory(files.iter().copied())
}

fn declared_in(sources: &Sources) -> Declared {
    let found = discover(sources, &[".".into()]);
    read(sources, &found.candidates, &Inputs::default())
}

fn declared(files: &[(&str, &str)]) -> Declared {
    declared_in(&sources(files))
}

/// Checks the managed resources as `address [condition] {properties}`, then the problems by severity and message.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let declared = declared(files);
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let mut shown: Vec<String> = managed
        .map(|one| format!("{} {}{}", one.address, presence(&one.presence), show(&one.attributes)))
        .collect();
    shown.extend(problems(&declared).map(|one| format!("{}: {}", one.severity.as_str(), one.message)));
    assert_eq!(shown, expected);
}

const PARENT: &str = r#"
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
      Parameters: {Block: 10.0.0.0/16, Key: !Ref Key}
  Key: {Type: AWS::KMS::Key}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !GetAtt Network.Outputs.Vpc, Other: !GetAtt Network.Outputs.Absent}
  Remote:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://example.com/x.yaml"}
"#;
const NETWORK: &str = r#"
Parameters: {Block: {Type: String}, Key: {Type: String}, More: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block, Key: !Ref Key, More: !Ref More}}
Outputs:
  Vpc: {Value: !Ref Vpc}
"#;

#[test]
fn a_nested_stack_belongs_to_its_parent() {
    let files = [("infra/main.yaml", PARENT), ("infra/network.yaml", NETWORK)];
    check(
        &files,
        &[
            "infra/main/Network {TemplateURL: \"./network.yaml\", Parameters: {Block: \"10.0.0.0/16\", Key: @Key}}",
            "infra/main/Key {}",
            "infra/main/Group {VpcId: @Vpc, Other: ?Network.Outputs.Absent}",
            "infra/main/Remote {TemplateURL: \"https://example.com/x.yaml\"}",
            "infra/main/Network/Vpc {CidrBlock: \"10.0.0.0/16\", Key: @Key, More: ?More}",
            "note: the stack Remote is not opened: no template of the scan has the path x.yaml",
            "warning: the stack Network is not given More, which infra/network.yaml has no default for",
        ],
    );
    let declared = declared(&files);
    assert_eq!(declared.roots.iter().map(|root| root.name.as_str()).collect::<Vec<_>>(), ["infra/main.yaml"]);
    let opaque: Vec<_> =
        declared.opaque.iter().map(|one| (one.address.as_str(), one.source.as_str())).collect();
    assert_eq!(opaque, [("infra/main/Remote", "https://example.com/x.yaml")]);
}

#[test]
fn stacks_that_nest_one_another_end() {
    let nest = |url: &str| {
        format!(
            "Resources: {{N: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {url}}}}}}}"
        )
    };
    let (a, b) = (nest("b.yaml"), nest("a.yaml"));
    check(
        &[("a.yaml", &a), ("b.yaml", &b)],
        &[
            "a/N {TemplateURL: \"b.yaml\"}",
            "a/N/N {TemplateURL: \"a.yaml\"}",
            "warning: the stack N nests itself",
        ],
    );
}

const CONDITIONAL: &str = r#"
Parameters: {Env: {Type: String}, Own: {Type: String}}
Conditions: {Prod: !Equals [!Ref Env, prod], Never: !Equals [a, b], Named: !Not [!Equals [!Ref Own, ""]]}
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Condition: Prod
    Properties:
      TemplateURL: ../net.yaml
      Parameters: {Size: !If [Prod, large, small], Name: !If [Named, !Ref Own, !Ref AWS::NoValue]}
  No: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: ../alone.yaml}}
"#;

const GUARDED: &str = r#"
Parameters: {Size: {Type: String}, Name: {Type: String, Default: standard}}
Conditions: {Large: !Equals [!Ref Size, large], Other: !Not [!Equals [!Ref Size, large]], Standard: !Equals [!Ref Name, standard]}
Resources:
  A: {Type: AWS::S3::Bucket, Condition: Large, Properties: {N: !Ref Name}}
  B: {Type: AWS::S3::Bucket, Condition: Other}
  C: {Type: AWS::S3::Bucket, Condition: Standard}
Outputs: {Gone: {Condition: Other, Value: !Ref A}}
"#;

#[test]
fn a_stack_stands_under_its_own_condition_and_those_around_it() {
    check(
        &[
            ("alone.yaml", "Resources: {R: {Type: AWS::S3::Bucket}}\n"),
            ("app/main.yaml", CONDITIONAL),
            ("net.yaml", GUARDED),
        ],
        &[
            "alone/R {}",
            "app/main/Net <Env=prod> {TemplateURL: \"../net.yaml\", Parameters: {Size: \"large\", <!Own=> Name: ?Own}}",
            "app/main/Net/A <Env=prod> {N: (!Own=: ?Own | Own=: \"standard\")}",
            "app/main/Net/C <(Env=prod & ((!Own= & Own=standard) | Own=))> {}",
        ],
    );
}

#[test]
fn parameters_that_do_not_fit_are_told() {
    let parent = "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: n.yaml, Parameters: {A: 1, C: 2}}\n";
    let nested = "Parameters: {A: {Type: String}, B: {Type: String}, D: {Type: String, Default: x}}\nResources: {R: {Type: AWS::S3::Bucket}}\n";
    check(
        &[("main.yaml", parent), ("n.yaml", nested)],
        &[
            "main/N {TemplateURL: \"n.yaml\", Parameters: {A: 1, C: 2}}",
            "main/N/R {}",
            "warning: the stack N is given C, which n.yaml does not declare",
            "warning: the stack N is not given B, which n.yaml has no default for",
        ],
    );
}

#[test]
fn lists_are_joined_on_the_way_in_and_parted_there() {
    let parent = r#"
Parameters: {Ids: {Type: "List<AWS::EC2::Subnet::Id>"}}
Resources:
  A: {Type: AWS::EC2::Subnet}
  B: {Type: AWS::EC2::Subnet}
  N:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: n.yaml
      Parameters: {Both: !Join [",", [!Ref A, !Ref B]], One: !Ref A, Texts: "x, y", Own: !Join [",", !Ref Ids]}
"#;
    let list = "{Type: CommaDelimitedList}";
    let nested = format!(
        "Parameters: {{Both: {list}, One: {list}, Texts: {list}, Own: {list}}}\nResources: {{R: {{Type: AWS::S3::Bucket, Properties: {{A: !Ref Both, B: !Ref One, C: !Ref Texts}}}}}}\n"
    );
    let declared = declared(&[("main.yaml", parent), ("n.yaml", &nested)]);
    let nested = declared.resources.iter().find(|one| one.address == "main/N/R").expect("a resource");
    assert_eq!(show(&nested.attributes), "{A: [@A, @B], B: [@A], C: [\"x\", \"y\"]}");
}

/// The sources of the stacks that `main.yaml` nests and that are not opened, then the roots.
#[track_caller]
fn check_opened(url: &str, files: &[&str], expected: &str) {
    let parent = format!(
        "Parameters: {{B: {{Type: String}}, P: {{Type: String}}}}\nResources: {{N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}, Parameters: {{X: 1}}}}}}}}\n"
    );
    let fits = "Parameters: {X: {Type: String}}\nResources: {R: {Type: AWS::S3::Bucket}}\n";
    let other = "Resources: {R: {Type: AWS::S3::Bucket}}\n";
    let mut all = vec![("main.yaml", parent.as_str())];
    all.extend(files.iter().map(|path| (*path, if path.contains("other") { other } else { fits })));
    let declared = declared(&all);
    let roots: Vec<&str> = declared.roots.iter().map(|root| root.name.as_str()).collect();
    let opened = declared.resources.iter().any(|one| one.address == "main/N/R");
    let noted = problems(&declared).any(|one| one.code == "cloudformation-nested-by-name");
    assert_eq!(opened, noted && declared.opaque.is_empty());
    assert_eq!(format!("{} {}", if opened { "opened" } else { "closed" }, roots.join(" ")), expected);
}

#[test]
fn a_template_at_an_address_is_known_by_the_end_of_its_path() {
    let known = "https://bucket.s3.eu-west-1.amazonaws.com/infra/network.yaml";
    check_opened(known, &["infra/network.yaml"], "opened main.yaml");
    check_opened(known, &["a/network.yaml", "infra/network.yaml"], "opened a/network.yaml main.yaml");
    check_opened(
        known,
        &["a/network.yaml", "b/network.yaml"],
        "closed a/network.yaml b/network.yaml main.yaml",
    );
    check_opened(known, &["infra/other.yaml"], "closed infra/other.yaml main.yaml");
    let convention = "!Sub 'https://${B}.s3.${AWS::URLSuffix}/${P}templates/vpc.template'";
    check_opened(convention, &["quick/templates/vpc.template"], "opened main.yaml");
    check_opened(convention, &["quick/vpc.template"], "closed main.yaml quick/vpc.template");
    let prefix = "!Sub 'https://quick-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/start/templates/vpc.template'";
    check_opened(
        prefix,
        &["other/vpc.template", "templates/vpc.template"],
        "opened main.yaml other/vpc.template",
    );
    let module = "!Sub 'https://${B}.s3.amazonaws.com/${P}submodules/vpc/templates/vpc.template'";
    check_opened(module, &["templates/vpc.template"], "closed main.yaml templates/vpc.template");
    check_opened("!Sub 'https://x/${P}'", &["a.yaml"], "closed a.yaml main.yaml");
    check_opened(
        "https://s3.amazonaws.com/b/0123456789abcdef.template",
        &["a.yaml"],
        "closed a.yaml main.yaml",
    );
}

#[test]
fn a_template_of_the_name_that_takes_other_parameters_is_another_one() {
    check_opened("https://x.s3.amazonaws.com/other.yaml", &["other.yaml"], "closed main.yaml other.yaml");
    let parent = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://x.s3.amazonaws.com/n.yaml', Parameters: {X: 1}}}\n  U: {Type: AWS::S3::Bucket, Properties: {A: !GetAtt N.Outputs.O}}\n";
    let files = [("main.yaml", parent), ("n.yaml", "Resources: {R: {Type: AWS::S3::Bucket}}\n")];
    let declared = declared(&files);
    let user = declared.resources.iter().find(|one| one.address == "main/U").expect("a resource");
    let value::Kind::Unknown(unknown) = &user.attributes.get("A").kind else { panic!("an unknown") };
    assert_eq!(
        unknown.reason,
        "the template of the nested stack N is not at hand: n.yaml has its name, but declares no parameter X"
    );
}

const SET: &str = r#"
Parameters: {Retention: {Type: String, Default: "7"}}
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: baseline
      PermissionModel: SELF_MANAGED
      Parameters: [{ParameterKey: Days, ParameterValue: !Ref Retention}]
      StackInstancesGroup: [{DeploymentTargets: {Accounts: ["111122223333"]}, Regions: [eu-west-1, eu-central-1]}]
      TemplateBody: |
        # of every account
        Parameters:
          Days: {Type: String}
        Resources:
          Group:
            Type: AWS::Logs::LogGroup
            Properties:
              RetentionInDays: !Ref Days
              Account: !Ref AWS::AccountId
  Json:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: !Sub '{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"A": "${Retention}"}}}}'
  Made:
    Type: AWS::CloudFormation::StackSet
    Properties: {TemplateURL: ./set.yaml}
  Open:
    Type: AWS::CloudFormation::StackSet
    Properties: {TemplateBody: !Sub "{{\"Resources\": {}}${AWS::StackName}"}
"#;

#[test]
fn stacks_of_a_set_stand_in_accounts_and_regions_of_their_own() {
    let sources = sources(&[("t.yaml", SET), ("set.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")]);
    let declared = declared_in(&sources);
    let find = |address: &str| declared.resources.iter().find(|one| one.address == address);
    let group = find("t/Set/Group").expect("the group");
    assert_eq!(show(&group.attributes), "{RetentionInDays: \"7\", Account: \"111122223333\"}");
    let place = |place: Option<source::Place>| place.map(|place| sources.slice(place)).unwrap_or_default();
    assert_eq!(place(Some(group.place)), "Group");
    assert!(
        place(Some(group.body)).starts_with("Group:\n") && place(Some(group.body)).ends_with("AccountId")
    );
    assert_eq!(place(group.attributes.get("RetentionInDays").origin.place), "!Ref Days");
    let shown = |value: &Option<Box<value::Value>>| value.as_deref().map(show).unwrap_or_default();
    assert_eq!(shown(&group.account), "\"111122223333\"");
    assert_eq!(shown(&group.region), "?regions");
    let bucket = find("t/Json/B").expect("the bucket");
    assert_eq!(
        (show(&bucket.attributes), shown(&bucket.account)),
        ("{A: \"7\"}".to_owned(), "?accounts".to_owned())
    );
    assert!(place(Some(bucket.place)).contains("Resources"));
    assert!(find("t/Made/Q").is_some());
    assert_eq!(declared.roots.len(), 1);
    let opaque: Vec<_> = declared.opaque.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(opaque, ["t/Open"]);
}

#[test]
fn tags_of_a_stack_are_tags_of_everything_in_it() {
    let stack = |template: &str, tags: &str| {
        format!(
            "Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: {template}, Tags: {tags}}}
"
        )
    };
    let bucket = "Resources: {Bucket: {Type: AWS::S3::Bucket}}";
    let outer = stack("middle.yaml", "[{Key: Owner, Value: lake}, {Key: Stage, Value: prod}]");
    let middle = stack("inner.yaml", "[{Key: Owner, Value: records}]");
    let declared = declared(&[("outer.yaml", &outer), ("middle.yaml", &middle), ("inner.yaml", bucket)]);
    let tags = |id: &str| {
        let named = |one: &&std::sync::Arc<value::declared::Resource>| one.address.ends_with(id);
        let resource = declared.resources.iter().find(named).expect("the resource");
        show(&resource.meta.get("default_tags"))
    };
    let outer = r#"[{Key: "Owner", Value: "lake"}, {Key: "Stage", Value: "prod"}]"#;
    assert_eq!(tags("outer/Inner"), "absent");
    assert_eq!(tags("Inner/Inner"), outer);
    assert_eq!(tags("Bucket"), format!(r#"[[{{Key: "Owner", Value: "records"}}], {outer}]"#));
}
