//! What holds for every security group, route table and policy.

use carelint_facts::Facts;
use proptest::prelude::*;
use value::{Origin, Value};

use crate::support::{ask, node};

const PROBES: [i64; 5] = [0, 22, 80, 443, 65_535];

#[derive(Debug, Clone)]
struct Rule {
    protocol: &'static str,
    from: i64,
    to: i64,
    cidr: &'static str,
}

fn rule() -> impl Strategy<Value = Rule> {
    let protocol = prop::sample::select(vec!["tcp", "udp", "-1", "6"]);
    let port = prop::sample::select(vec![0i64, 22, 80, 443, 1000, 65_535]);
    let cidr = prop::sample::select(vec![
        "0.0.0.0/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "0.0.0.0/2",
        "64.0.0.0/2",
        "10.0.0.0/8",
        "::/0",
        "::/1",
        "8000::/1",
    ]);
    (protocol, port.clone(), port, cidr).prop_map(|(protocol, a, b, cidr)| Rule {
        protocol,
        from: a.min(b),
        to: a.max(b),
        cidr,
    })
}

fn template(rules: &[Rule]) -> String {
    let lines: String = rules
        .iter()
        .map(|rule| {
            let key = if rule.cidr.contains(':') { "CidrIpv6" } else { "CidrIp" };
            let Rule { protocol, from, to, cidr } = rule;
            format!(
                "        - {{IpProtocol: '{protocol}', FromPort: {from}, ToPort: {to}, {key}: '{cidr}'}}\n"
            )
        })
        .collect();
    let list = if rules.is_empty() { "        []\n".to_owned() } else { lines };
    format!(
        "Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n      SecurityGroupIngress:\n{list}"
    )
}

/// Which of the probed TCP ports the group opens.
fn open(facts: &Facts<'_>) -> Vec<bool> {
    let group = node(facts, "Group");
    let openings = facts.of_node("open-ports", group);
    let text = |text: String| Value::string(text, Origin::default());
    let admits = |port: i64| {
        let arguments = [text("tcp".to_owned()), Value::list([text(port.to_string())], Origin::default())];
        openings.as_list().is_some_and(|list| {
            list.items
                .iter()
                .any(|item| facts.method("admits", &item.value, &arguments, group).as_bool() == Some(true))
        })
    };
    PROBES.iter().map(|port| admits(*port)).collect()
}

/// The same by trying sample addresses: a port is open if each of them is admitted, in one family.
fn open_by_samples(rules: &[Rule]) -> Vec<bool> {
    let families = [
        ["0.0.0.1", "63.0.0.1", "64.0.0.1", "127.0.0.1", "128.0.0.1", "255.0.0.1"].as_slice(),
        ["::1", "7fff::1", "8000::1", "ffff::1"].as_slice(),
    ];
    let admits = |rule: &Rule, port: i64, address: &str| {
        let net: ipnet::IpNet = rule.cidr.parse().expect("a block");
        let all = rule.protocol == "-1";
        let of_port = all || (rule.protocol != "udp" && rule.from <= port && port <= rule.to);
        of_port && net.contains(&address.parse::<std::net::IpAddr>().expect("an address"))
    };
    let one = |port: &i64| {
        families
            .iter()
            .any(|family| family.iter().all(|address| rules.iter().any(|rule| admits(rule, *port, address))))
    };
    PROBES.iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_group_is_as_open_as_samples_find_it(rules in prop::collection::vec(rule(), 0..6)) {
        let found = ask(&template(&rules), open);
        prop_assert_eq!(found, open_by_samples(&rules));
    }

    #[test]
    fn taking_a_rule_away_never_opens_a_group(rules in prop::collection::vec(rule(), 1..6), at in 0usize..6) {
        let all = ask(&template(&rules), open);
        let mut fewer = rules.clone();
        fewer.remove(at % rules.len());
        let rest = ask(&template(&fewer), open);
        for (all, rest) in all.iter().zip(&rest) {
            prop_assert!(*all || !*rest);
        }
    }

    #[test]
    fn taking_a_route_away_never_makes_a_subnet_public(routes in prop::collection::vec(0usize..4, 0..4)) {
        let public = |routes: &[usize]| ask(&routed(routes), |facts| {
            facts.of_node("subnet-public", node(facts, "Subnet")).as_bool()
        });
        let all = public(&routes);
        prop_assert_eq!(all, Some(routes.contains(&0) || (routes.contains(&1) && routes.contains(&2))));
        if let Some((_, fewer)) = routes.split_first() {
            prop_assert!(all == Some(true) || public(fewer) == Some(false));
        }
    }

    #[test]
    fn no_policy_text_makes_it_fail(text in "\\PC{0,60}") {
        let policy = Value::string(text, Origin::default());
        ask("Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n", |facts| {
            let bucket = node(facts, "B");
            let statements = facts.statements(&policy, bucket);
            assert!(statements.as_list().is_some());
            let answer = facts.method("denies_plain_transport", &policy, &[], bucket);
            assert!(answer.as_bool() != Some(true), "{answer:?}");
        });
    }
}

fn routed(routes: &[usize]) -> String {
    const KINDS: [&str; 4] = [
        "DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw",
        "DestinationCidrBlock: 0.0.0.0/1, GatewayId: !Ref Igw",
        "DestinationCidrBlock: 128.0.0.0/1, GatewayId: !Ref Igw",
        "DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1",
    ];
    let route = |(at, kind): (usize, &usize)| {
        format!(
            "  R{at}: {{Type: 'AWS::EC2::Route', Properties: {{RouteTableId: !Ref Table, {}}}}}\n",
            KINDS[*kind]
        )
    };
    let routes: String = routes.iter().enumerate().map(route).collect();
    format!(
        "Resources:
  Vpc: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Igw: {{Type: 'AWS::EC2::InternetGateway'}}
  Subnet: {{Type: 'AWS::EC2::Subnet', Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  Table: {{Type: 'AWS::EC2::RouteTable', Properties: {{VpcId: !Ref Vpc}}}}
  Own: {{Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {{SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}}}
{routes}"
    )
}
