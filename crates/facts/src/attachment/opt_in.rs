//! Which kinds of resources AWS Backup protects in a Region. Where no settings are in the scan, all kinds are switched
//! on, as in an account that nobody touched.

use graph::NodeId;
use value::Value;

use crate::decision::Decision;
use crate::reader::Reader;
use crate::{regions, tables};

/// The table of the names that AWS Backup has for kinds.
const TABLE: &str = "backup-resource-types";

/// Whether selections reach a resource.
pub(super) struct OptIn {
    /// Those that name tags, conditions or everything.
    pub(super) at_large: Decision,
    /// Those that name its ARN or its service.
    pub(super) by_arn: Decision,
}

/// What the settings of its Region say of a node.
pub(super) fn of(reader: &Reader<'_>, node: NodeId) -> OptIn {
    let on = || OptIn { at_large: Decision::YES, by_arn: Decision::YES };
    let settings = reader.nodes("backup-region-settings");
    let Some(kind) = reader.kind(node).filter(|_| !settings.is_empty()) else { return on() };
    let engine = reader.read(node, "engine");
    let variant = match engine.as_str() {
        Some(engine) if engine.starts_with("aurora") => format!("{}/aurora", kind.name),
        _ => kind.name.to_owned(),
    };
    let catalogue = reader.catalogue();
    let row = [variant.as_str(), kind.name];
    let found = row.into_iter().find_map(|key| Some((key, tables::text(catalogue, TABLE, key, "name")?)));
    let Some((key, name)) = found else { return on() };
    let off = Decision::any(settings.into_iter().filter(|at| reader.share_account(node, *at)).map(|at| {
        let here = regions::same(
            reader,
            (&regions::of_node(reader, node), node),
            (&regions::of_node(reader, at), at),
        );
        here.and(is_off(&reader.read(at, "opted_in").get(name)))
    }));
    let on = off.negated();
    let by_arn = if tables::flag(catalogue, TABLE, key, "always") { on.clone() } else { Decision::YES };
    OptIn { at_large: on, by_arn }
}

fn is_off(setting: &Value) -> Decision {
    if setting.is_absent() { Decision::NO } else { Decision::of_bool(setting).negated() }
}
