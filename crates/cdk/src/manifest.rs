//! The manifest of a cloud assembly: which stacks it holds, where they are deployed, and which assemblies are nested
//! in it. Paths that it names are taken from its own folder, and never lead out of the scan root. Metadata, by far the
//! largest part of older manifests, is left where it is.

use smol_str::SmolStr;
use source::document::outline::{self, Outline};
use source::document::{DocumentError, Node};
use source::{FileId, Limits, LoadError, Place, Problem, ProblemSeverity, Sources, Span};

/// The newest revision of the schema of manifests that is known (of aws-cdk-lib 2.276). Revisions add to one another,
/// so that a newer manifest is read all the same.
const NEWEST: u32 = 55;

/// An assembly.
#[derive(Debug, Clone)]
pub(crate) struct Assembly {
    /// Its folder, relative to the scan root.
    pub(crate) folder: SmolStr,
    /// Its own stacks, in order of the manifest.
    pub(crate) stacks: Vec<StackArtifact>,
    /// Folders of the assemblies nested in it: stages.
    pub(crate) nested: Vec<SmolStr>,
    /// Path of the file with the tree of all constructs, nested assemblies included.
    pub(crate) tree: Option<SmolStr>,
    /// Paths of the files that list assets.
    pub(crate) assets: Vec<SmolStr>,
    /// What is to be said of the manifest.
    pub(crate) notes: Vec<Problem>,
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
    /// Metadata by construct path in the manifest itself.
    pub(crate) metadata: Option<(FileId, Span)>,
    /// Path of the file with more metadata: all of it, since schema 50.
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
    let manifest = Manifest { text: &text, file, folder, limits: sources.limits() };
    let found = manifest.assembly();
    let meant =
        || text.contains("\"aws:cloudformation:stack\"") || sources.exists(&joined(folder, "cdk.out"));
    match found {
        Ok(Some(assembly)) => Ok(Some(assembly)),
        Ok(None) if meant() => {
            let whole = Place::new(file, Span::new(0, 0));
            Err(broken(path, "it has no version or no artifacts", Some(whole)))
        }
        Err(error) if meant() => Err(broken(path, &error.message, Some(Place::new(file, error.span)))),
        Ok(None) | Err(_) => Ok(None),
    }
}

fn broken(path: &str, why: &str, place: Option<Place>) -> Problem {
    let message = format!("{path} is no readable manifest of a CDK assembly: {why}");
    let help = "run `cdk synth` again; its stacks are judged as plain templates until then";
    match place {
        Some(place) => Problem::at(ProblemSeverity::Error, "cdk-assembly", place, message, help),
        None => Problem::with_path(ProblemSeverity::Error, "cdk-assembly", path, message, help),
    }
}

/// A manifest being read.
struct Manifest<'t> {
    text: &'t str,
    file: FileId,
    folder: &'t str,
    limits: &'t Limits,
}

impl Manifest<'_> {
    /// The assembly; none if there is no version or are no artifacts.
    fn assembly(&self) -> Result<Option<Assembly>, DocumentError> {
        let manifest = outline::whole(self.text)?;
        let (Some(version), Some(artifacts)) = (manifest.get("version"), manifest.get("artifacts")) else {
            return Ok(None);
        };
        let Outline::Mapping(artifacts) = outline::part(self.text, artifacts)? else { return Ok(None) };
        let mut assembly = Assembly {
            folder: self.folder.into(),
            stacks: Vec::new(),
            nested: Vec::new(),
            tree: None,
            assets: Vec::new(),
            notes: self.newer(&self.node(version)?, version).into_iter().collect(),
        };
        for artifact in artifacts {
            self.artifact(&artifact.key, &outline::part(self.text, artifact.value)?, &mut assembly)?;
        }
        Ok(Some(assembly))
    }

    fn node(&self, span: Span) -> Result<Node, DocumentError> {
        outline::node(self.text, span, self.limits)
    }

    fn text_of(&self, artifact: &Outline, key: &str) -> Result<Option<SmolStr>, DocumentError> {
        let node = artifact.get(key).map(|span| self.node(span)).transpose()?;
        Ok(node.and_then(|node| node.text().cloned()))
    }

    fn newer(&self, version: &Node, span: Span) -> Option<Problem> {
        let text = version.text()?;
        let revision: u32 = text.split('.').next()?.parse().ok()?;
        let message = format!(
            "the assembly is of schema {text}, newer than the newest one known here ({NEWEST}); what that added is passed over"
        );
        let help = "look for a newer carelint if something is missing from the report";
        let place = Place::new(self.file, span);
        let note = || Problem::at(ProblemSeverity::Note, "cdk-assembly-newer", place, message, help);
        (revision > NEWEST).then(note)
    }

    fn artifact(
        &self,
        id: &SmolStr,
        artifact: &Outline,
        assembly: &mut Assembly,
    ) -> Result<(), DocumentError> {
        let kind = self.text_of(artifact, "type")?;
        let properties = artifact.get("properties").map(|span| outline::part(self.text, span)).transpose()?;
        let Some(properties) = properties else { return Ok(()) };
        let path = |key: &str| -> Result<Option<SmolStr>, DocumentError> {
            let name = self.text_of(&properties, key)?;
            Ok(name.map(|name| joined(self.folder, &name).into()))
        };
        match kind.as_deref() {
            Some("aws:cloudformation:stack") => {
                assembly.stacks.extend(self.stack(id, artifact, &properties)?);
            }
            Some("cdk:cloud-assembly") => assembly.nested.extend(path("directoryName")?),
            Some("cdk:tree") => assembly.tree = path("file")?,
            Some("cdk:asset-manifest") => assembly.assets.extend(path("file")?),
            _ => {}
        }
        Ok(())
    }

    fn stack(
        &self,
        id: &SmolStr,
        artifact: &Outline,
        properties: &Outline,
    ) -> Result<Option<StackArtifact>, DocumentError> {
        let Some(template) = self.text_of(properties, "templateFile")? else { return Ok(None) };
        let environment = self.text_of(artifact, "environment")?;
        let (account, region) = environment.map_or((None, None), |text| environment_of(&text));
        let more = self.text_of(artifact, "additionalMetadataFile")?;
        Ok(Some(StackArtifact {
            id: self.text_of(artifact, "displayName")?.unwrap_or_else(|| id.clone()),
            stack_name: self.text_of(properties, "stackName")?.unwrap_or_else(|| id.clone()),
            folder: self.folder.into(),
            template: joined(self.folder, &template).into(),
            account,
            region,
            metadata: artifact.get("metadata").map(|span| (self.file, span)),
            more_metadata: more.map(|file| joined(self.folder, &file).into()),
        }))
    }
}

/// Account and region of `aws://account/region`.
fn environment_of(text: &str) -> (Option<SmolStr>, Option<SmolStr>) {
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
