//! The manifest of a cloud assembly: which stacks it holds, where they are deployed, and which assemblies are nested
//! in it. Paths that it names are taken from its own folder, and never lead out of the scan root.

use smol_str::SmolStr;
use source::document::{Node, json};
use source::{LoadError, Place, Problem, ProblemSeverity, Sources, Span};

/// An assembly.
#[derive(Debug, Clone)]
pub(crate) struct Assembly {
    /// Its folder, relative to the scan root.
    pub(crate) folder: SmolStr,
    /// Its own stacks, in order of the manifest.
    pub(crate) stacks: Vec<StackArtifact>,
    /// Folders of the assemblies nested in it.
    pub(crate) nested: Vec<SmolStr>,
}

/// A stack of an assembly.
#[derive(Debug, Clone)]
pub(crate) struct StackArtifact {
    /// Hierarchical id: the construct path of the stack, stage first.
    pub(crate) id: SmolStr,
    /// Name that it is deployed under.
    pub(crate) stack_name: SmolStr,
    /// Folder of its assembly.
    pub(crate) folder: SmolStr,
    /// Path of its template.
    pub(crate) template: SmolStr,
    /// Its account, unless that is told at deployment.
    pub(crate) account: Option<SmolStr>,
    /// Its region, unless that is told at deployment.
    pub(crate) region: Option<SmolStr>,
    /// Metadata by construct path, as the manifest has it.
    pub(crate) metadata: Option<Node>,
    /// Path of the file with more metadata.
    pub(crate) more_metadata: Option<SmolStr>,
}

/// Reads the manifest at `path`: none if the file is no manifest of an assembly.
///
/// # Errors
/// A problem if it is one, by its words or by the file `cdk.out` beside it, but does not parse.
pub(crate) fn read(sources: &Sources, path: &str) -> Result<Option<Assembly>, Problem> {
    let folder = source::folder_of(path);
    let file = match sources.load(path) {
        Ok(file) => file,
        Err(LoadError::Missing(_)) => return Ok(None),
        Err(error) => return Err(broken(path, &error.to_string(), None)),
    };
    let text = sources.file(file).text.clone();
    let manifest = match json::parse(&text, sources.limits()) {
        Ok(manifest) => manifest,
        Err(error) if is_meant(sources, folder, &text) => {
            return Err(broken(path, &error.message, Some(Place::new(file, error.span))));
        }
        Err(_) => return Ok(None),
    };
    let Some(artifacts) = manifest.get("artifacts").filter(|_| manifest.get("version").is_some()) else {
        let whole = Place::new(file, Span::new(0, 0));
        return match is_meant(sources, folder, &text) {
            true => Err(broken(path, "it has no version or no artifacts", Some(whole))),
            false => Ok(None),
        };
    };
    let mut assembly = Assembly { folder: folder.into(), stacks: Vec::new(), nested: Vec::new() };
    for entry in artifacts.entries() {
        let properties = entry.value.get("properties");
        let property = |key: &str| properties.and_then(|properties| properties.get(key)).and_then(Node::text);
        match entry.value.get("type").and_then(Node::text).map(SmolStr::as_str) {
            Some("aws:cloudformation:stack") => {
                assembly.stacks.extend(stack(folder, &entry.key, &entry.value));
            }
            Some("cdk:cloud-assembly") => {
                assembly.nested.extend(property("directoryName").map(|name| joined(folder, name).into()));
            }
            _ => {}
        }
    }
    Ok(Some(assembly))
}

/// Whether a file that is no readable manifest was meant as the manifest of an assembly.
fn is_meant(sources: &Sources, folder: &str, text: &str) -> bool {
    text.contains("\"aws:cloudformation:stack\"") || sources.exists(&joined(folder, "cdk.out"))
}

fn broken(path: &str, why: &str, place: Option<Place>) -> Problem {
    let message = format!("{path} is no readable manifest of a CDK assembly: {why}");
    let help = "run `cdk synth` again; its stacks are judged as plain templates until then";
    match place {
        Some(place) => Problem::at(ProblemSeverity::Error, "cdk-assembly", place, message, help),
        None => Problem::with_path(ProblemSeverity::Error, "cdk-assembly", path, message, help),
    }
}

fn stack(folder: &str, artifact: &SmolStr, node: &Node) -> Option<StackArtifact> {
    let properties = node.get("properties")?;
    let property = |key: &str| properties.get(key).and_then(Node::text).cloned();
    let template = property("templateFile")?;
    let (account, region) =
        node.get("environment").and_then(Node::text).map_or((None, None), |text| environment(text));
    let more = node.get("additionalMetadataFile").and_then(Node::text);
    Some(StackArtifact {
        id: node.get("displayName").and_then(Node::text).unwrap_or(artifact).clone(),
        stack_name: property("stackName").unwrap_or_else(|| artifact.clone()),
        folder: folder.into(),
        template: joined(folder, &template).into(),
        account,
        region,
        metadata: node.get("metadata").cloned(),
        more_metadata: more.map(|file| joined(folder, file).into()),
    })
}

/// Account and region of `aws://account/region`.
fn environment(text: &str) -> (Option<SmolStr>, Option<SmolStr>) {
    let parts = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/'));
    let known = |part: &str, unknown: &str| (!part.is_empty() && part != unknown).then(|| SmolStr::new(part));
    match parts {
        Some((account, region)) => (known(account, "unknown-account"), known(region, "unknown-region")),
        None => (None, None),
    }
}

/// `name` in `folder`, without `.` and with `..` resolved, so that one folder has one path. A path that leaves the
/// scan root keeps its `..` and is refused when it is loaded.
pub(crate) fn joined(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
