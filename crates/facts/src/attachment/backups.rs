//! The backup selections that cover a resource, and where their plans put copies.

use graph::NodeId;
use value::{Kind, List, Value};

use super::selections::{About, covers};
use super::{Attached, is_text, machines, place};
use crate::decision::Decision;
use crate::lists::{fact_origin, list_value, opened, record};
use crate::policies::exists;
use crate::reader::{Reader, Target};
use crate::regions::{self, Place};

/// The backup selections that cover a node.
pub(crate) fn backups(attached: &Attached, reader: &Reader<'_>, node: NodeId) -> Value {
    let selections = attached.selections(reader);
    let subjects = subjects(reader, node);
    let mut found: Vec<(NodeId, Decision)> = Vec::new();
    for (about, when) in &subjects {
        for selection in selections.candidates(about) {
            if !reader.share_account(node, selection) {
                continue;
            }
            let covered = covers(reader, selection, about).and(when.clone());
            match found.iter_mut().find(|(known, _)| *known == selection) {
                Some((_, known)) => *known = known.clone().or(covered),
                None => found.push((selection, covered)),
            }
        }
    }
    let mut list = List::default();
    for (selection, covered) in found.into_iter().filter(|(_, covered)| !covered.is_no()) {
        let atom =
            format!("whether backup selection {} covers {}", reader.address(selection), reader.address(node));
        list.items.extend(covered.into_item(backup(reader, selection), &atom));
    }
    list.open = reader.open_world(node).or_else(|| by_organization(reader, node)).map(opened);
    list_value(list, fact_origin(&place(reader, node)))
}

/// The node itself, and the machines that it hangs on: a backup of a machine holds its volumes.
fn subjects(reader: &Reader<'_>, node: NodeId) -> Vec<(About, Decision)> {
    let all = std::iter::once((node, Decision::YES)).chain(machines(reader, node));
    all.map(|(node, when)| (About::new(reader, node), when)).collect()
}

/// One backup: its selection and plan, and whether the plan copies to another Region or account.
fn backup(reader: &Reader<'_>, selection: NodeId) -> Value {
    let plan = reader.read(selection, "plan");
    let origin = place(reader, selection);
    let copied = |far: fn(Place) -> Decision| {
        let leads = reader.leads(&plan, selection, &["backup-plan"]);
        let of_plan = leads.into_iter().map(|lead| match lead.target {
            Target::Node(plan) => lead.when.and(copies(reader, plan, far)),
            Target::Outside(why) => Decision::unknown(format!("the backup plan is outside the scan: {why}")),
        });
        Decision::any(of_plan).into_value(fact_origin(&origin))
    };
    let fields = [
        ("other_account", copied(|place| place.other_account)),
        ("other_region", copied(|place| place.other_region)),
        ("plan", plan.clone()),
        ("selection", reader.reference_to(selection)),
    ];
    record(fields, origin.clone())
}

/// Whether a plan puts a copy into a vault that is far away.
fn copies(reader: &Reader<'_>, plan: NodeId, far: fn(Place) -> Decision) -> Decision {
    exists(&reader.read(plan, "rules"), |rule| {
        exists(&rule.get("copies"), |vault| {
            let leads = reader.leads(vault, plan, &["backup-vault"]);
            Decision::any(
                leads.iter().map(|lead| lead.when.clone().and(far(regions::of_lead(reader, plan, lead)))),
            )
        })
    })
}

/// Why a backup policy of the organisation may select a node; none if the scan has no such policy.
fn by_organization(reader: &Reader<'_>, node: NodeId) -> Option<smol_str::SmolStr> {
    let policies = reader.nodes("organizations-policy").into_iter();
    let mut backup = policies.filter(|policy| {
        let kind = reader.read(*policy, "policy_type");
        !matches!(kind.kind, Kind::Absent) && !is_text(&kind, "BACKUP_POLICY").is_no()
    });
    let policy = backup.next()?;
    Some(format!("the backup policy {} may select {}", reader.address(policy), reader.address(node)).into())
}
