//! `AutoPublishAlias`: a version of the function, an alias that points at it, and the deployment group that moves the
//! alias from one version to the next.

use smol_str::SmolStr;
use source::document::Node;

use crate::sam::deployments::Deployment;
use crate::sam::expansion::Expansion;
use crate::sam::serverless::Serverless;

/// The alias that a function publishes.
#[derive(Debug)]
pub(super) struct Alias {
    /// Its logical id.
    pub(super) id: SmolStr,
    /// Its name.
    pub(super) name: Node,
}

pub(super) fn publish(expansion: &mut Expansion<'_, '_>, function: &Serverless<'_>) -> Option<Alias> {
    let name = function.get("AutoPublishAlias")?.clone();
    let at = function.at("AutoPublishAlias");
    let version = expansion.hashed_id(&format!("{}Version", function.id));
    let mut made = at.fields();
    made.set("FunctionName", at.reference(function.id));
    made.hand_as(&function.properties, "VersionDescription", "Description");
    if function.get("CapacityProviderConfig").is_some() {
        made.hand(&function.properties, "FunctionScalingConfig");
    }
    let mut made = function.further(version.clone(), "AWS::Lambda::Version", made);
    if function.body.get("DeletionPolicy").is_none() {
        // Old versions stay when a new one is published, except where each of them keeps instances running.
        let kept = if function.get("CapacityProviderConfig").is_some() { "Delete" } else { "Retain" };
        let policy = function.get("VersionDeletionPolicy").cloned().unwrap_or_else(|| at.text(kept));
        made = made.attribute("DeletionPolicy", policy);
    }
    expansion.put(made);
    expansion.stand_for(format!("{}.Version", function.id), version.clone());

    let known = expansion.text(&name).unwrap_or_default();
    let id = format!("{}Alias{}", function.id, known.replace('-', "D").replace('_', "U"));
    let mut made = at.fields();
    made.set("Name", name.clone());
    made.set("FunctionName", at.reference(function.id));
    made.set("FunctionVersion", at.attribute(&version, "Version"));
    made.hand(&function.properties, "ProvisionedConcurrencyConfig");
    let mut made = function.further(id.clone(), "AWS::Lambda::Alias", made);
    if let Some(deployment) = Deployment::of(expansion, function) {
        made = made.attribute("UpdatePolicy", deployment.update_policy());
        deployment.expand(expansion);
    }
    expansion.put(made);
    let id = SmolStr::from(id);
    expansion.stand_for(format!("{}.Alias", function.id), id.clone());
    Some(Alias { id, name })
}
