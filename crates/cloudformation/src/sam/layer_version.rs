//! `AWS::Serverless::LayerVersion`: a version of a layer, kept when a new one comes unless the template says
//! otherwise. AWS gives it an id that ends in a hash; here it keeps its own, so that references to it hold.

use super::expansion::Expansion;
use super::function::location;
use super::make::Fields;
use super::serverless::Serverless;

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, layer: &Serverless<'_>) {
    let mut made = layer.at.fields();
    match layer.get("LayerName") {
        Some(_) => made.hand(&layer.properties, "LayerName"),
        None => made.set("LayerName", layer.at.text(layer.id.clone())),
    }
    made.hand_all(
        &layer.properties,
        &["Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo", "Fn::Transform"],
    );
    if let Some(uri) = layer.get("ContentUri") {
        let content = location(expansion, layer.at("ContentUri"), uri);
        made.set("Content", content.map_or_else(|local| local, Fields::node));
    }
    let made = layer.main(layer.id.clone(), "AWS::Lambda::LayerVersion", made);
    let at = layer.at("RetentionPolicy");
    let policy = match layer.get("RetentionPolicy").and_then(|policy| expansion.text(policy)) {
        Some(policy) if policy.eq_ignore_ascii_case("delete") => Some("Delete"),
        Some(policy) if policy.eq_ignore_ascii_case("retain") => Some("Retain"),
        _ => layer.body.get("DeletionPolicy").is_none().then_some("Retain"),
    };
    expansion.put(match policy {
        Some(policy) => made.attribute("DeletionPolicy", at.text(policy)),
        None => made,
    });
}
