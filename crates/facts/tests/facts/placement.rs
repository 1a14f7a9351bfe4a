//! Zones of groups and clusters.

use crate::support::check;

const SUBNETS: &str = "
Parameters:
  ZoneA: {Type: String}
  ZoneB: {Type: String}
  Ids: {Type: 'List<AWS::EC2::Subnet::Id>'}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: us-east-1a}}
  A2: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: us-east-1a}}
  B: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: us-east-1b}}
  First: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs '']}}
  Second: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [1, !GetAZs '']}}
  OfA: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Ref ZoneA}}
  OfA2: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Ref ZoneA}}
  OfB: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Ref ZoneB}}
";

/// How many zones a list spans: its certain elements and all of them, `∞` if it is open.
#[track_caller]
fn check_zones(text: &str, name: &str, expect: &str) {
    let shown = crate::support::ask(text, |facts| {
        let zones = facts.of_node("zones", crate::support::node(facts, name));
        let size = value::size(zones.as_list().expect("a list"), &value::World::default());
        let end = |end: Option<value::Number>| end.map_or_else(|| "∞".to_owned(), |end| end.to_string());
        format!("{}-{}", end(size.low), end(size.high))
    });
    assert_eq!(shown, expect, "{name}");
}

#[track_caller]
fn check_group(placement: &str, expect: &str) {
    let group = format!(
        "{SUBNETS}  Group: {{Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: {{MinSize: '2', MaxSize: '4', {placement}}}}}\n"
    );
    check_zones(&group, "Group", expect);
}

#[test]
fn zones_of_subnets_are_counted_once() {
    check_group("VPCZoneIdentifier: [!Ref A, !Ref B]", "2-2");
    check_group("VPCZoneIdentifier: [!Ref A, !Ref A2]", "1-1");
    check_group("VPCZoneIdentifier: [!Ref A, !Ref A]", "1-1");
}

#[test]
fn zones_that_are_distinct_by_contract_count_though_they_have_no_names() {
    check_group("VPCZoneIdentifier: [!Ref First, !Ref Second]", "2-2");
    check_group("VPCZoneIdentifier: [!Ref First, !Ref First]", "1-1");
    check_group("VPCZoneIdentifier: [!Ref First, !Ref A]", "1-2");
}

#[test]
fn zones_that_are_not_known_may_be_the_same() {
    check_group("VPCZoneIdentifier: [!Ref OfA, !Ref OfB]", "1-2");
    check_group("VPCZoneIdentifier: [!Ref OfA, !Ref OfA2]", "1-1");
    check_group("VPCZoneIdentifier: !Ref Ids", "0-∞");
}

#[test]
fn declared_zones_hold_without_subnets() {
    check_group("AvailabilityZones: [us-east-1a, us-east-1b]", "2-2");
    check_group("AvailabilityZones: !GetAZs ''", "2-∞");
}

fn cluster(subnets: &str, zones: &[&str]) -> String {
    let member = |(at, zone): (usize, &&str)| {
        let zone = if zone.is_empty() { String::new() } else { format!(", AvailabilityZone: {zone}") };
        format!(
            "  M{at}: {{Type: 'AWS::RDS::DBInstance', Properties: {{Engine: aurora-postgresql, DBClusterIdentifier: !Ref Cluster{zone}}}}}\n"
        )
    };
    let members: String = zones.iter().enumerate().map(member).collect();
    let group = match subnets {
        "" => String::new(),
        subnets => format!(
            "  Group: {{Type: 'AWS::RDS::DBSubnetGroup', Properties: {{DBSubnetGroupDescription: d, SubnetIds: {subnets}}}}}\n"
        ),
    };
    let named = if subnets.is_empty() { "" } else { ", DBSubnetGroupName: !Ref Group" };
    format!(
        "{SUBNETS}{group}  Cluster: {{Type: 'AWS::RDS::DBCluster', Properties: {{Engine: aurora-postgresql{named}}}}}\n{members}"
    )
}

#[test]
fn members_are_where_they_are_pinned() {
    check_zones(&cluster("", &["us-east-1a", "us-east-1b"]), "Cluster", "2-2");
    check_zones(&cluster("", &["us-east-1a", "us-east-1a"]), "Cluster", "1-1");
    check_zones(&cluster("", &[]), "Cluster", "0-0");
}

#[test]
fn free_members_are_spread_over_the_subnet_group() {
    check_zones(&cluster("[!Ref A, !Ref B]", &["", ""]), "Cluster", "2-2");
    check_zones(&cluster("[!Ref A, !Ref B]", &[""]), "Cluster", "1-1");
    check_zones(&cluster("[!Ref A, !Ref A2]", &["", ""]), "Cluster", "1-1");
    check_zones(&cluster("[!Ref A, !Ref B]", &["us-east-1a", ""]), "Cluster", "2-2");
}

#[test]
fn a_subnet_group_outside_the_scan_has_two_zones_as_aws_demands() {
    check_zones(&cluster("", &["", ""]), "Cluster", "2-2");
    check_zones(&cluster("", &["", "", ""]), "Cluster", "2-3");
    check_zones(&cluster("!Ref Ids", &["", ""]), "Cluster", "2-2");
}

#[test]
fn a_single_subnet_is_one_zone() {
    check(&cluster("[!Ref A]", &[]), "Cluster", "zones", "[]");
}
