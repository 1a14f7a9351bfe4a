//! A large cloud assembly: the stacks of both forms of the fixture, copied under names of their own into one folder.
//! Invariant: growing it again gives the same bytes.

use serde_json::{Map, Value as Json};

use super::trees::{NAME, renamed};
use crate::repository;

/// Assemblies of the fixture that are copied.
const FORMS: [&str; 2] = ["compliant/cdk/cdk.out", "careless/cdk/cdk.out"];

/// Writes an assembly of so many copies of each form and gives its folder.
pub(super) fn grow(name: &str, copies: usize) -> Result<String, String> {
    let folder = format!("target/bench/{name}");
    let mut artifacts = Map::new();
    let mut version = Json::Null;
    for (index, form) in FORMS.iter().enumerate() {
        let origin = format!("fixtures/{NAME}/{form}");
        let read = |file: &str| repository::read(&format!("{origin}/{file}"));
        let manifest: Json =
            serde_json::from_str(&read("manifest.json")?).map_err(|error| error.to_string())?;
        version = manifest.get("version").cloned().unwrap_or_default();
        let stacks =
            manifest.get("artifacts").and_then(Json::as_object).ok_or("the manifest has no artifacts")?;
        let stacks: Map<String, Json> = stacks
            .iter()
            .filter(|(id, _)| id.starts_with("Telehealth"))
            .map(|(id, one)| (id.clone(), one.clone()))
            .collect();
        let text = Json::Object(stacks).to_string();
        let files = [read("Telehealth.template.json")?, read("Telehealth.metadata.json").unwrap_or_default()];
        for copy in 0..copies {
            let own = format!("{NAME}{copy:03}f{index}");
            let title = own.replacen('t', "T", 1);
            let stacks: Map<String, Json> =
                serde_json::from_str(&renamed(&text, &own)).map_err(|error| error.to_string())?;
            artifacts.extend(stacks);
            for (end, text) in
                ["template", "metadata"].iter().zip(&files).filter(|(_, text)| !text.is_empty())
            {
                repository::write(&format!("{folder}/{title}.{end}.json"), &renamed(text, &own))?;
            }
        }
    }
    let manifest = serde_json::json!({ "version": version, "artifacts": artifacts });
    repository::write(&format!("{folder}/manifest.json"), &manifest.to_string())?;
    Ok(folder)
}
