//! What a security group opens to the internet. Invariant: each opening is one rule of the group (its place is the
//! rule's), and taking a rule away never adds one.

use std::sync::Arc;

use graph::NodeId;
use ipnet::IpNet;
use value::{Item, Kind, List, Origin, Presence, Value};

use super::cidr::{Source, cover_everything, is_everything, source};
use super::ports::{known_range, ports, protocol};
use crate::decision::Decision;
use crate::lists::{choices, elements, fact_origin, record};
use crate::reader::{Reader, Target};

/// Most entries of a prefix list, and most sources of a rule, that are read.
const MOST_SOURCES: usize = 4_096;

/// Most rules of one group that are looked at for others beside them; AWS allows 1,000 at most.
const MOST_RULES: usize = 4_096;

/// Most rules for the same ports that are united to find out whether together they admit everyone.
const MOST_UNITED: usize = 128;

/// A rule of a group as far as openings need it.
struct Rule {
    value: Value,
    presence: Presence,
    protocol: Value,
    from: Value,
    to: Value,
    /// Its ports, if they are known.
    range: Option<(i64, i64)>,
    /// Whether it admits everyone by itself.
    public: Decision,
    /// Blocks that it admits for certain, none of them everything.
    blocks: Vec<IpNet>,
    /// The public sources as written.
    shown: Vec<String>,
}

/// The openings of a group.
pub(crate) fn of_group(reader: &Reader<'_>, group: NodeId) -> List {
    let ingress = elements(&reader.read(group, "ingress"));
    let rules: Vec<Rule> = ingress.items.iter().map(|item| rule(reader, group, item)).collect();
    let whole = cover_everything(rules.iter().flat_map(|rule| &rule.blocks));
    let mut items = Vec::new();
    for rule in &rules {
        let shown = rule.shown.join(", ");
        items.extend(item(reader, group, rule, &rule.public, (&rule.from, &rule.to), &shown));
        if whole && rule.public.is_no() {
            let shown = "several ranges that together are the whole internet";
            for (with, from, to) in united(rule, &rules) {
                items.extend(item(reader, group, rule, &with, (&from, &to), shown));
            }
        }
    }
    List::new(items, ingress.open)
}

/// The opening of a rule, there where `public` holds.
fn item(
    reader: &Reader<'_>,
    group: NodeId,
    rule: &Rule,
    public: &Decision,
    (from, to): (&Value, &Value),
    shown: &str,
) -> Option<Item> {
    let ports = describe(&rule.protocol, from, to);
    let atom = format!("whether a rule of {} for {ports} is public", reader.address(group));
    let when = public.guard(&atom)?;
    let origin = fact_origin(&rule.value.origin);
    let source = if shown.is_empty() { Value::absent() } else { Value::string(shown, origin.clone()) };
    let fields =
        [("from", from.clone()), ("protocol", rule.protocol.clone()), ("source", source), ("to", to.clone())];
    Some(Item { value: record(fields, origin), presence: rule.presence.and(&Presence::guarded(when)) })
}

/// `tcp 22`, `tcp 1000-2000`, `all traffic`.
pub(crate) fn describe(protocol: &Value, from: &Value, to: &Value) -> String {
    let text = |value: &Value| value.as_number().map_or_else(|| "?".to_owned(), |number| number.to_string());
    match protocol.as_str() {
        Some("-1") => "all traffic".to_owned(),
        name => {
            let (name, from, to) = (name.unwrap_or("some protocol"), text(from), text(to));
            if from == to { format!("{name} {from}") } else { format!("{name} {from}-{to}") }
        }
    }
}

fn rule(reader: &Reader<'_>, group: NodeId, item: &Item) -> Rule {
    let value = item.value.clone();
    let protocol = match value.get("protocol") {
        absent if absent.is_absent() => {
            Value::unknown(value::Unknown::fresh("the rule names no protocol"), value.origin.clone())
        }
        written => protocol(&written),
    };
    let (from, to) = ports(&protocol, &value.get("from"), &value.get("to"));
    let mut rule = Rule {
        value,
        presence: item.presence.clone(),
        protocol,
        range: known_range(&from, &to),
        from,
        to,
        public: Decision::NO,
        blocks: Vec::new(),
        shown: Vec::new(),
    };
    let mut answers = Vec::new();
    add_sources(&rule.value.get("cidrs"), &mut rule.blocks, &mut rule.shown, &mut answers);
    let prefixes = with_open(elements(&rule.value.get("prefixes")));
    for list in &prefixes {
        let public = prefix_list(reader, group, &list.value, &mut rule.blocks, &mut rule.shown);
        answers.push(Decision::of_presence(&list.presence).and(public));
    }
    if rule.shown.is_empty() && cover_everything(&rule.blocks) {
        rule.shown = rule.blocks.iter().map(ToString::to_string).take(8).collect();
        answers.push(Decision::YES);
    }
    rule.public = Decision::any(answers);
    rule
}

/// Reads the addresses of a list: what each answers, and the blocks that are there for certain.
fn add_sources(list: &Value, blocks: &mut Vec<IpNet>, shown: &mut Vec<String>, answers: &mut Vec<Decision>) {
    let items = with_open(elements(list));
    if items.len() > MOST_SOURCES {
        answers.push(Decision::unknown("the rule has too many sources"));
    }
    for item in items.iter().take(MOST_SOURCES) {
        let there = Decision::of_presence(&item.presence);
        let mut answer = Vec::new();
        for (condition, choice) in choices(&item.value) {
            let here = Decision::where_holds(condition.clone());
            match source(&choice) {
                Source::Private => {}
                Source::Block(block) if is_everything(&block) => {
                    shown.push(block.to_string());
                    answer.push(here);
                }
                Source::Block(block) => {
                    if item.presence.is_certain() && condition == value::Condition::Always {
                        blocks.push(block);
                    }
                }
                Source::Open(reason) => answer.push(here.and(Decision::unknown(reason))),
            }
        }
        answers.push(there.and(Decision::any(answer)));
    }
}

/// The elements of a list, and what leaves it open as one more: a single unknown value reads as an open list, and
/// what is known of it holds for each element.
fn with_open(list: List) -> Vec<Item> {
    let open = list.open.map(|open| Item::certain(Value::new(Kind::Unknown(open), Origin::default())));
    list.items.into_iter().chain(open).collect()
}

fn prefix_list(
    reader: &Reader<'_>,
    group: NodeId,
    value: &Value,
    blocks: &mut Vec<IpNet>,
    shown: &mut Vec<String>,
) -> Decision {
    if is_managed_by_aws(reader, value) {
        return Decision::NO;
    }
    let mut answers = Vec::new();
    for lead in reader.leads(value, group, &["prefix-list"]) {
        let answer = match lead.target {
            Target::Node(list) => entries(reader, list, lead.when.is_yes(), blocks, shown),
            Target::Outside(why) => Decision::unknown(format!(
                "the entries of a prefix list outside the scan are not known: {why}"
            )),
        };
        answers.push(lead.when.and(answer));
    }
    Decision::any(answers)
}

/// Whether the entries of a prefix list of the scan are the whole internet.
fn entries(
    reader: &Reader<'_>,
    list: NodeId,
    certain: bool,
    blocks: &mut Vec<IpNet>,
    shown: &mut Vec<String>,
) -> Decision {
    let entries = elements(&reader.read(list, "entries"));
    let cidr = |item: &Item| Item { value: item.value.get("cidr"), presence: item.presence.clone() };
    let addresses = List::new(entries.items.iter().map(cidr).collect(), entries.open);
    let addresses = Value::new(Kind::List(Arc::new(addresses)), Origin::default());
    let (mut own, mut answers) = (Vec::new(), Vec::new());
    add_sources(&addresses, &mut own, shown, &mut answers);
    if cover_everything(&own) {
        shown.push(format!("prefix list {}", reader.address(list)));
        answers.push(Decision::YES);
    }
    if certain {
        blocks.extend(own);
    }
    Decision::any(answers)
}

/// Lists that AWS keeps, such as the addresses of CloudFront, never hold the whole internet.
fn is_managed_by_aws(reader: &Reader<'_>, value: &Value) -> bool {
    let Some(data) = reader.data_source(value) else { return false };
    let managed = |name: &Value| name.as_str().is_some_and(|name| name.starts_with("com.amazonaws."));
    match data.type_name.as_str() {
        "aws_prefix_list" => true,
        "aws_ec2_managed_prefix_list" => {
            let filters = elements(&data.attributes.get("filter"));
            let named = |filter: &Item| {
                elements(&filter.value.get("values")).items.iter().any(|item| managed(&item.value))
            };
            managed(&data.attributes.get("name")) || filters.items.iter().any(named)
        }
        _ => false,
    }
}

/// Where `rule`, which is not public by itself, is one of several that together admit everyone: whether they are all
/// there, and the ports that they share.
fn united(rule: &Rule, rules: &[Rule]) -> Vec<(Decision, Value, Value)> {
    let (Some((first, last)), Some(name)) = (rule.range, rule.protocol.as_str()) else {
        return Vec::new();
    };
    if rule.blocks.is_empty() {
        return Vec::new();
    }
    let unknown = || {
        let unknown = Decision::unknown("the group has too many rules to be united");
        vec![(unknown, rule.from.clone(), rule.to.clone())]
    };
    if rules.len() > MOST_RULES {
        return unknown();
    }
    let partners: Vec<(&Rule, (i64, i64))> = rules
        .iter()
        .filter(|other| other.range.is_some_and(|(from, to)| from <= last && first <= to))
        .filter(|other| other.protocol.as_str().is_some_and(|other| other == name || other == "-1"))
        .filter(|other| other.public.is_no() && !other.blocks.is_empty())
        .filter_map(|other| Some((other, other.range?)))
        .collect();
    if !cover_everything(partners.iter().flat_map(|(other, _)| &other.blocks)) {
        return Vec::new();
    }
    if partners.len() > MOST_UNITED {
        return unknown();
    }
    // Whether a port is covered changes only where some rule starts or has ended.
    let ends = partners.iter().flat_map(|(_, (from, to))| [*from, to.saturating_add(1)]);
    let mut starts: Vec<i64> = ends.chain([first]).filter(|start| (first..=last).contains(start)).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut found: Vec<(Decision, i64, i64)> = Vec::new();
    for (start, next) in starts.iter().zip(starts.iter().skip(1).map(Some).chain([None])) {
        let here =
            || partners.iter().filter(|(_, (from, to))| from <= start && start <= to).map(|(other, _)| other);
        let here: Vec<&Rule> = here().copied().collect();
        let Some(there) = together(&here).filter(|_| contributes(rule, &here)) else { continue };
        let end = next.map_or(last, |next| next - 1);
        match found.last_mut() {
            Some((known, _, to)) if *known == there && *to + 1 == *start => *to = end,
            _ => found.push((there, *start, end)),
        }
    }
    let at = |port: i64| Value::number(port, rule.from.origin.clone());
    found.into_iter().map(|(there, low, high)| (there, at(low), at(high))).collect()
}

/// Whether a rule admits something that no other rule's block holds and more.
fn contributes(rule: &Rule, rules: &[&Rule]) -> bool {
    let within = |block: &IpNet| {
        let mut others = rules.iter().flat_map(|other| &other.blocks);
        others.any(|other| other != block && other.contains(block))
    };
    rule.blocks.iter().any(|block| !within(block))
}

/// Whether rules together admit everyone, none if they never do: those that are there for certain, else all of them.
fn together(rules: &[&Rule]) -> Option<Decision> {
    let certain = rules.iter().filter(|rule| rule.presence.is_certain()).flat_map(|rule| &rule.blocks);
    if cover_everything(certain) {
        return Some(Decision::YES);
    }
    let all = cover_everything(rules.iter().flat_map(|rule| &rule.blocks));
    all.then(|| Decision::all(rules.iter().map(|rule| Decision::of_presence(&rule.presence))))
}
