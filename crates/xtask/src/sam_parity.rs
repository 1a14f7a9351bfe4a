//! What the SAM transform of AWS makes of its own test templates, beside what carelint makes of them:
//! `cargo xtask sam-parity DIR [WORD…]`, DIR being a checkout of aws/serverless-application-model. A word with `::` keeps
//! the resources whose type contains it, another one the templates whose name does.
//!
//! Both sides are evaluated with the same inputs. A resource agrees if the other side has one of the same logical id
//! and type, under the same condition, and if their properties are the same apart from those that protect nothing.
//! What is left out of the comparison is said in `docs/sam.md`.

mod canonical;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cloudformation::{Inputs, Parameter, StackContext};
use rayon::prelude::*;
use source::Sources;
use value::Kind;
use value::declared::{Language, Mode};

use crate::Complaints;

/// Folders of the outputs of each partition, with the region for which they were made.
const PARTITIONS: [(&str, &str); 3] =
    [("", "ap-southeast-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")];

/// The inputs with which they were made.
const PARAMETERS: [(&str, &str); 2] = [("param1", "value1"), ("param2", "value2")];

/// Properties that say nothing about protection: names, texts for people, tags, code and definitions, and what
/// differs with the hash that AWS puts into it.
const LEFT_OUT: [&str; 15] = [
    "Tags",
    "UserPoolTags",
    "Description",
    "Code",
    "Content",
    "Definition",
    "DefinitionString",
    "DefinitionSubstitutions",
    "DefinitionS3Location",
    "LayerName",
    "PolicyName",
    "RoleName",
    "StageDescription",
    "TemplateURL",
    "ResponseTemplates",
];

/// Longest value that is printed of a miss.
const LONGEST: usize = 400;

/// A resource as it is compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    type_name: String,
    condition: String,
    properties: BTreeMap<String, String>,
}

/// Resources by logical id.
type Resources = BTreeMap<String, Vec<Shown>>;

/// A template with its output for a region.
struct Case {
    name: String,
    input: PathBuf,
    output: PathBuf,
    region: &'static str,
}

/// What one template gives.
#[derive(Debug, Default)]
struct Compared {
    /// Resources of each type, and how many of them agree.
    types: BTreeMap<String, (usize, usize)>,
    misses: Complaints,
}

/// Compares, prints shares and misses.
pub(crate) fn run(folder: &str, words: &[&str]) -> Complaints {
    let (types, names): (Vec<&str>, Vec<&str>) = words.iter().copied().partition(|word| word.contains("::"));
    let tests = Path::new(folder).join("tests/translator");
    let cases = match cases(&tests, &names) {
        Ok(cases) => cases,
        Err(error) => return vec![error],
    };
    let compared: Vec<Compared> = cases.par_iter().map(|case| one(case, &types)).collect();
    let mut all: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut clean = 0;
    for one in &compared {
        one.misses.iter().for_each(|miss| println!("{miss}"));
        clean += usize::from(one.misses.is_empty());
        for (type_name, (total, agree)) in &one.types {
            let sum = all.entry(type_name.clone()).or_default();
            *sum = (sum.0 + total, sum.1 + agree);
        }
    }
    let (total, agree) = all.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    for (type_name, (total, agree)) in &all {
        println!("{agree:>6} of {total:>5}  {type_name}");
    }
    println!("templates {}, without a miss {clean}", compared.len());
    println!("resources {total}, agree {agree}, {:.1} %", 100.0 * agree as f64 / total.max(1) as f64);
    Complaints::new()
}

/// The tests that have an output, in each partition.
fn cases(tests: &Path, names: &[&str]) -> Result<Vec<Case>, String> {
    let folder = tests.join("input");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = Vec::new();
    for input in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let stem = input.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_wanted = names.is_empty() || names.iter().any(|word| stem.contains(word));
        let is_template = input.extension().is_some_and(|end| end == "yaml" || end == "json");
        if !is_template || !is_wanted || stem.starts_with("error_") {
            continue;
        }
        for (partition, region) in PARTITIONS {
            let output = tests.join("output").join(partition).join(format!("{stem}.json"));
            if output.exists() {
                let name = Path::new(partition).join(&stem).display().to_string();
                found.push(Case { name, input: input.clone(), output, region });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn one(case: &Case, types: &[&str]) -> Compared {
    let name = &case.name;
    let (ours, theirs) = match (resources(&case.input, case.region), resources(&case.output, case.region)) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(error), _) | (_, Err(error)) => {
            return Compared { types: BTreeMap::new(), misses: vec![format!("{name}: {error}")] };
        }
    };
    let mut compared = Compared::default();
    let ids: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let none = Vec::new();
    for id in ids {
        let (ours, theirs) = (ours.get(id).unwrap_or(&none), theirs.get(id).unwrap_or(&none));
        for at in 0..ours.len().max(theirs.len()) {
            let (ours, theirs) = (ours.get(at), theirs.get(at));
            let Some(type_name) = theirs.or(ours).map(|one| one.type_name.clone()) else { continue };
            if !types.is_empty() && !types.iter().any(|word| type_name.contains(word)) {
                continue;
            }
            let wrong = differences(ours, theirs);
            let count = compared.types.entry(type_name.clone()).or_default();
            *count = (count.0 + 1, count.1 + usize::from(wrong.is_empty()));
            let miss = |wrong: String| format!("{name}: {id} ({type_name}): {wrong}");
            compared.misses.extend(wrong.into_iter().map(miss));
        }
    }
    compared
}

fn differences(ours: Option<&Shown>, theirs: Option<&Shown>) -> Complaints {
    let (ours, theirs) = match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours, theirs),
        (None, _) => return vec!["is not made".to_owned()],
        (_, None) => return vec!["is made here alone".to_owned()],
    };
    if ours.type_name != theirs.type_name {
        return vec![format!("is a {} here", ours.type_name)];
    }
    let mut wrong = Complaints::new();
    if ours.condition != theirs.condition {
        wrong.push(format!("when {} here, {} there", ours.condition, theirs.condition));
    }
    let keys: BTreeSet<&String> = ours.properties.keys().chain(theirs.properties.keys()).collect();
    for key in keys {
        let (ours, theirs) = (ours.properties.get(key), theirs.properties.get(key));
        if ours != theirs {
            let short = |value: Option<&String>| match value {
                Some(text) => text.chars().take(LONGEST).collect(),
                None => "nothing".to_owned(),
            };
            wrong.push(format!("{key}\n    here  {}\n    there {}", short(ours), short(theirs)));
        }
    }
    wrong
}

/// The resources of a template, evaluated. Ids that differ by their hash alone are one id with several resources.
fn resources(path: &Path, region: &str) -> Result<Resources, String> {
    let mut text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // The transform's own tests run it on templates that do not ask for it, too.
    if path.extension().is_some_and(|end| end == "yaml") && !text.contains("AWS::Serverless-2016-10-31") {
        let start = text.find("---\n").map_or(0, |at| at + 4);
        text.insert_str(start, "Transform: AWS::Serverless-2016-10-31\n");
    }
    let sources = Sources::in_memory([("t.template", text.as_str())]);
    let file = sources.load("t.template").map_err(|error| error.to_string())?;
    let context = StackContext {
        name: "t.template".into(),
        prefix: "t".into(),
        language: Language::CloudFormation,
        folder: "".into(),
        account: None,
        region: None,
        stack_name: None,
        uploaded: std::sync::Arc::default(),
    };
    let parameters = PARAMETERS.iter().map(|(name, value)| Parameter::text(*name, *value));
    let inputs =
        Inputs { parameters: parameters.collect(), region: Some(region.to_owned()), environment: None };
    let declared = cloudformation::read_template(&sources, file, context, &inputs);
    let mut resources = Resources::new();
    for resource in declared.resources.iter().filter(|one| one.mode == Mode::Managed) {
        let mut properties = BTreeMap::new();
        if let Kind::Map(map) = &resource.attributes.kind {
            for entry in map.entries.iter().filter(|entry| !LEFT_OUT.contains(&entry.key.as_str())) {
                let shown = canonical::guarded(&entry.presence.when, &entry.value);
                properties.insert(entry.key.to_string(), shown);
            }
        }
        properties.retain(|_, value| !matches!(value.as_str(), "{}" | "[]" | ""));
        let id = canonical::without_hash(resource.logical_id.as_deref().unwrap_or_default());
        let condition = canonical::condition(&resource.presence.when);
        let shown = Shown { type_name: resource.type_name.to_string(), condition, properties };
        resources.entry(id).or_default().push(shown);
    }
    resources.values_mut().for_each(|same| same.sort_by(|a, b| a.properties.cmp(&b.properties)));
    Ok(resources)
}
