//! The deployment of a REST API and its stage. Unless the API says which version of OpenAPI it is in, its deployment
//! makes a second stage, called `Stage`.

use smol_str::SmolStr;

use super::edit::{is_set, plain};
use crate::sam::digest;
use crate::sam::expansion::Expansion;
use crate::sam::serverless::Serverless;
use crate::sam::tags;

/// Properties of a stage that stand as they are written.
const HANDED: [&str; 8] = [
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "MethodSettings",
    "StageName",
    "TracingEnabled",
    "Variables",
];

/// Makes both; gives the logical id of the stage.
pub(super) fn make(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> SmolStr {
    let at = api.at;
    let deployment = expansion.hashed_id(&format!("{}Deployment", api.id));
    let mut properties = at.fields().with("RestApiId", at.reference(api.id));
    if !api.get("OpenApiVersion").is_some_and(is_set) {
        properties.set("StageName", at.text("Stage"));
    }
    expansion.put(api.further(deployment.clone(), "AWS::ApiGateway::Deployment", properties));
    expansion.stand_for(format!("{}.Deployment", api.id), deployment.clone());

    let id = stage_id(api.id, api.get("StageName").and_then(plain));
    let mut properties = at.fields();
    properties.set("RestApiId", at.reference(api.id));
    properties.set("DeploymentId", at.reference(&deployment));
    properties.hand_all(&api.properties, &HANDED);
    if let Some(tags) = api.get("Tags") {
        properties.set("Tags", tags::list(api.at("Tags"), tags));
    }
    expansion.put(api.further(id.clone(), "AWS::ApiGateway::Stage", properties));
    expansion.stand_for(format!("{}.Stage", api.id), id.clone());
    id
}

/// The logical id of the stage of an API: it has the stage's name in it, or a hash of that.
pub(crate) fn stage_id(api: &str, name: Option<&SmolStr>) -> SmolStr {
    SmolStr::from(match name {
        None => format!("{api}Stage"),
        Some(name) if is_alphanumeric(name) => format!("{api}{name}Stage"),
        Some(name) => format!("{api}Stage{}", digest::of_text(name)),
    })
}

/// Whether a text has letters and digits alone, and at least one.
pub(crate) fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphanumeric)
}
