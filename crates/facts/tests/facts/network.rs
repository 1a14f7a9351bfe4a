//! Network facts of whole templates.

use crate::support::check;

const PUBLIC: &str = "
Parameters:
  OtherVpc: {Type: String}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: 'AWS::EC2::InternetGateway'}
  Attach: {Type: 'AWS::EC2::VPCGatewayAttachment', Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Public: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Private: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
  Alone: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Foreign: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref OtherVpc, CidrBlock: 10.0.3.0/24}}
  Out: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  Default: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  In: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  Nat: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref In, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1}}
  A: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Out}}
  B: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {SubnetId: !Ref Private, RouteTableId: !Ref In}}
";

#[test]
fn a_subnet_is_public_by_the_table_it_is_associated_with() {
    check(PUBLIC, "Public", "subnet-public", "true");
    check(PUBLIC, "Private", "subnet-public", "false");
}

#[test]
fn the_main_table_of_a_vpc_of_the_scan_has_the_local_route_alone() {
    check(PUBLIC, "Alone", "subnet-public", "false");
}

#[test]
fn a_subnet_of_a_vpc_outside_the_scan_is_not_known() {
    let why = "?(subnet t/Foreign has no route table of its own and its VPC lies outside the scan: \
               parameter \"OtherVpc\" has no default)";
    check(PUBLIC, "Foreign", "subnet-public", why);
}

#[test]
fn a_vpc_has_a_gateway_by_its_attachment() {
    check(PUBLIC, "Vpc", "vpc-has-internet-gateway", "true");
    let vpn = PUBLIC.replace("InternetGatewayId: !Ref Igw}", "VpnGatewayId: vgw-1}");
    check(&vpn, "Vpc", "vpc-has-internet-gateway", "false");
}

fn group(rules: &str) -> String {
    format!(
        "
Parameters:
  Cidr: {{Type: String}}
  Open: {{Type: String}}
Conditions:
  IsOpen: !Equals [!Ref Open, 'yes']
Resources:
  Vpc: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: 10.0.0.0/16}}}}
  List: {{Type: 'AWS::EC2::PrefixList', Properties: {{AddressFamily: IPv4, MaxEntries: 5, PrefixListName: l, Entries: [{{Cidr: 0.0.0.0/1}}, {{Cidr: 128.0.0.0/1}}]}}}}
  Office: {{Type: 'AWS::EC2::PrefixList', Properties: {{AddressFamily: IPv4, MaxEntries: 5, PrefixListName: o, Entries: [{{Cidr: 198.51.100.0/24}}]}}}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      SecurityGroupIngress:
{rules}
"
    )
}

#[track_caller]
fn check_openings(rules: &str, expect: &str) {
    let lines: String = rules.lines().map(|rule| format!("        - {{{}}}\n", rule.trim())).collect();
    check(&group(&lines), "Group", "open-ports", expect);
}

#[test]
fn an_opening_is_a_rule_for_everyone() {
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0",
        "[{from: 22, protocol: tcp, source: 0.0.0.0/0, to: 22}]",
    );
    check_openings("IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8", "[]");
    check_openings(
        "IpProtocol: '-1', CidrIpv6: '::/0'",
        "[{from: 0, protocol: -1, source: ::/0, to: 65535}]",
    );
}

#[test]
fn ranges_that_are_the_whole_internet_together_are_public() {
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/1
         IpProtocol: tcp, FromPort: 0, ToPort: 1000, CidrIp: 128.0.0.0/1",
        "[{from: 22, protocol: tcp, source: several ranges that together are the whole internet, to: 22}, \
         {from: 22, protocol: tcp, source: several ranges that together are the whole internet, to: 22}]",
    );
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/1
         IpProtocol: tcp, FromPort: 23, ToPort: 23, CidrIp: 128.0.0.0/1",
        "[]",
    );
}

#[test]
fn a_harmless_rule_beside_them_is_no_opening() {
    let text = group(
        "        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/1}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 128.0.0.0/1}",
    );
    let openings = crate::support::ask(&text, |facts| {
        let list = facts.of_node("open-ports", crate::support::node(facts, "Group"));
        list.as_list().map(|list| list.items.len())
    });
    assert_eq!(openings, Some(2));
}

#[test]
fn prefix_lists_are_public_by_their_entries() {
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: !Ref List",
        "[{from: 22, protocol: tcp, source: prefix list t/List, to: 22}]",
    );
    check_openings("IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: !Ref Office", "[]");
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: pl-1",
        "[{from: 22, protocol: tcp, to: 22} if whether a rule of t/Group for tcp 22 is public (the entries of \
         a prefix list outside the scan are not known: `pl-1` is not in the scan)]",
    );
}

#[test]
fn a_range_that_is_not_known_leaves_the_opening_in_doubt() {
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Cidr",
        "[{from: 22, protocol: tcp, to: 22} if whether a rule of t/Group for tcp 22 is public \
         (parameter \"Cidr\" has no default)]",
    );
    check_openings("IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Sub '${Cidr}/32'", "[]");
    check_openings("IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !GetAtt Vpc.CidrBlock", "[]");
}

#[test]
fn a_conditional_range_guards_the_opening() {
    check_openings(
        "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !If [IsOpen, 0.0.0.0/0, 10.0.0.0/8]",
        "[{from: 22, protocol: tcp, source: 0.0.0.0/0, to: 22} if Open = yes]",
    );
}

/// A database in a subnet of [`PUBLIC`].
fn store(subnet: &str, public: &str, cidr: &str) -> String {
    format!(
        "{PUBLIC}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: {cidr}}}]
  Subnets: {{Type: 'AWS::RDS::DBSubnetGroup', Properties: {{DBSubnetGroupDescription: d, SubnetIds: [!Ref {subnet}, !Ref Private]}}}}
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      PubliclyAccessible: {public}
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!GetAtt Group.GroupId]
"
    )
}

#[test]
fn a_path_needs_every_link() {
    check(
        &store("Public", "true", "0.0.0.0/0"),
        "Db",
        "internet-paths",
        "[{direct: true, hops: [subnet t/Public has a route to an internet gateway by route table t/Out, \
         security group t/Group admits tcp 5432 from 0.0.0.0/0, \
         t/Db has a public address and listens on port 5432], port: 5432}]",
    );
    check(&store("Alone", "true", "0.0.0.0/0"), "Db", "internet-paths", "[]");
    check(&store("Public", "false", "0.0.0.0/0"), "Db", "internet-paths", "[]");
    check(&store("Public", "true", "10.0.0.0/8"), "Db", "internet-paths", "[]");
}

#[test]
fn a_link_that_is_not_known_is_named_unless_another_is_missing() {
    check(
        &store("Foreign", "true", "0.0.0.0/0"),
        "Db",
        "internet-paths",
        "[{direct: true, hops: [subnet t/Foreign may have a route to an internet gateway by its route table, \
         security group t/Group admits tcp 5432 from 0.0.0.0/0, \
         t/Db has a public address and listens on port 5432], port: 5432} if whether the internet reaches t/Db \
         (subnet t/Foreign has no route table of its own and its VPC lies outside the scan: \
         parameter \"OtherVpc\" has no default)]",
    );
    check(&store("Foreign", "false", "0.0.0.0/0"), "Db", "internet-paths", "[]");
    check(&store("Foreign", "true", "10.0.0.0/8"), "Db", "internet-paths", "[]");
}

fn with_acl(entries: &str) -> String {
    let acl = "  Acl: {Type: 'AWS::EC2::NetworkAcl', Properties: {VpcId: !Ref Vpc}}
  Own: {Type: 'AWS::EC2::SubnetNetworkAclAssociation', Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Public}}\n";
    let entry = |(number, entry): (usize, &str)| {
        let fields = format!("NetworkAclId: !Ref Acl, RuleNumber: {}, {entry}", number + 1);
        format!("  E{number}: {{Type: 'AWS::EC2::NetworkAclEntry', Properties: {{{fields}}}}}\n")
    };
    let entries: String = entries.lines().map(str::trim).enumerate().map(entry).collect();
    format!("{}{acl}{entries}", store("Public", "true", "0.0.0.0/0"))
}

#[track_caller]
fn check_acl(entries: &str, paths: usize) {
    let text = with_acl(entries);
    let found = crate::support::ask(&text, |facts| {
        let list = facts.of_node("internet-paths", crate::support::node(facts, "Db"));
        list.as_list().map(|list| list.items.len())
    });
    assert_eq!(found, Some(paths), "{entries}");
}

#[test]
fn a_network_acl_breaks_the_path() {
    let allow = "Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 5432, To: 5432}";
    let deny = "Protocol: -1, RuleAction: deny, CidrBlock: 0.0.0.0/0";
    let inside = "Protocol: -1, RuleAction: allow, CidrBlock: 10.0.0.0/16";
    let out = "Egress: true, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0";
    check_acl(allow, 1);
    check_acl(deny, 0);
    check_acl(&format!("{allow}\n{deny}"), 1);
    check_acl(&format!("{deny}\n{allow}"), 0);
    check_acl(&format!("{inside}\n{out}"), 0);
    check_acl(&allow.replace("5432, To: 5432", "443, To: 443"), 0);
}

#[test]
fn a_machine_on_the_internet_is_a_stepping_stone() {
    let text = store("Private", "false", "10.0.0.0/8")
        .replace("CidrIp: 10.0.0.0/8", "SourceSecurityGroupId: !GetAtt Bastions.GroupId");
    let bastion = "  Bastions:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: b
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
  Bastion:
    Type: AWS::EC2::Instance
    Properties:
      NetworkInterfaces: [{DeviceIndex: '0', AssociatePublicIpAddress: ADDRESS, SubnetId: !Ref Public, GroupSet: [!GetAtt Bastions.GroupId]}]
";
    check(
        &format!("{text}{}", bastion.replace("ADDRESS", "true")),
        "Db",
        "internet-paths",
        "[{direct: false, hops: [security group t/Bastions admits tcp 22 from 0.0.0.0/0, \
         t/Bastion has a public address and is in that group, t/Db admits that group on port 5432], port: 5432, through: t/Bastion}]",
    );
    check(&format!("{text}{}", bastion.replace("ADDRESS", "false")), "Db", "internet-paths", "[]");
}

#[test]
fn a_database_that_says_nothing_of_its_address_follows_the_gateway() {
    let text = store("Public", "true", "0.0.0.0/0").replace("      PubliclyAccessible: true\n", "");
    let paths = crate::support::ask(&text, |facts| {
        let list = facts.of_node("internet-paths", crate::support::node(facts, "Db"));
        list.as_list().map(|list| list.items.len())
    });
    assert_eq!(paths, Some(1));
}
