//! Which parameters each template is evaluated with: those said for all, those of its environments, those of the command
//! line, each of which wins over the ones before. Invariant: a parameter that nothing declares is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloudformation::{Asked, Evaluated, Parameter};
use smol_str::SmolStr;
use source::{Place, Problem, ProblemSeverity, Problems, Sources};
use value::declared::Mode;

use crate::environments::Environments;
use crate::options::{Environment, Inputs, ParameterSource};
use crate::parameters::{self, Entered};

/// What stands for the name of a template, without its extension, in the path of a file of parameters.
const TEMPLATE: &str = "{template}";

/// Ends of the names of templates.
const ENDS: [&str; 7] = [".json", ".yaml", ".yml", ".template", ".cfn", ".cloudformation", ".txt"];

/// Parameters of one source: a file, or a table of the configuration, or the command line.
struct Set {
    /// Where they are said, in words.
    from: String,
    parameters: Vec<Parameter>,
}

/// The parameters of a scan and what becomes of them.
pub(crate) struct TemplateInputs<'a> {
    sources: &'a Sources,
    inputs: &'a Inputs,
    /// Files that were read, by path and environment; none for those that cannot be.
    files: BTreeMap<(String, Option<SmolStr>), Option<Arc<Set>>>,
    /// Files as they are written, and whether one was found for any template.
    looked_for: BTreeMap<String, bool>,
    /// What each root was evaluated with, by its name and environment.
    of_root: BTreeMap<(SmolStr, Option<SmolStr>), Vec<Arc<Set>>>,
    problems: Problems,
}

impl<'a> TemplateInputs<'a> {
    pub(crate) fn new(sources: &'a Sources, inputs: &'a Inputs) -> Self {
        Self {
            sources,
            inputs,
            files: BTreeMap::new(),
            looked_for: BTreeMap::new(),
            of_root: BTreeMap::new(),
            problems: Problems::new(),
        }
    }

    /// The inputs of a root: one for each of its environments if one of these has parameters.
    pub(crate) fn of(
        &mut self,
        environments: &mut Environments<'a>,
        asked: &Asked<'_>,
    ) -> Vec<Arc<cloudformation::Inputs>> {
        let folder = if asked.folder.is_empty() { "." } else { asked.folder };
        let mut found = Vec::new();
        if environments.have_parameters() {
            found = environments
                .of(|set| set.is_match(folder) || set.is_match(asked.path) || set.is_match(asked.name));
        }
        if !found.iter().any(|environment| !environment.parameters.is_empty()) {
            return vec![self.one(None, asked)];
        }
        found.into_iter().map(|environment| self.one(Some(environment), asked)).collect()
    }

    fn one(
        &mut self,
        environment: Option<&'a Environment>,
        asked: &Asked<'_>,
    ) -> Arc<cloudformation::Inputs> {
        let name = environment.map(|environment| environment.name.clone());
        let own = environment.map_or(&[][..], |environment| environment.parameters.as_slice());
        let inputs = self.inputs;
        let all = inputs.parameters.iter().chain(own).chain(&inputs.last_parameters);
        let sets: Vec<Arc<Set>> = all.filter_map(|source| self.set(source, name.as_ref(), asked)).collect();
        let parameters = sets.iter().flat_map(|set| set.parameters.iter().cloned()).collect();
        self.of_root.insert((asked.name.into(), name.clone()), sets);
        Arc::new(cloudformation::Inputs { parameters, region: inputs.region.clone(), environment: name })
    }

    /// What a source gives to a template; none if it has no file for that.
    fn set(
        &mut self,
        source: &ParameterSource,
        environment: Option<&SmolStr>,
        asked: &Asked<'_>,
    ) -> Option<Arc<Set>> {
        match source {
            ParameterSource::Given { from, file, values } => Some(self.read(from, file.as_deref(), values)),
            ParameterSource::File(written) => {
                let path = written.replace(TEMPLATE, stem(asked.path));
                let folder = source::folder_of(asked.path);
                let beside = if folder.is_empty() { path.clone() } else { format!("{folder}/{path}") };
                let found = [beside, path].into_iter().find(|path| self.sources.is_file(path));
                *self.looked_for.entry(written.clone()).or_default() |= found.is_some();
                self.file(&found?, environment.cloned())
            }
        }
    }

    fn file(&mut self, path: &str, environment: Option<SmolStr>) -> Option<Arc<Set>> {
        let key = (path.to_owned(), environment);
        if let Some(known) = self.files.get(&key) {
            return known.clone();
        }
        let text = self.sources.load(path).map(|file| self.sources.file(file).text.clone());
        let read = text.map_err(|error| error.to_string());
        let set = match read.and_then(|text| parameters::parse(path, &text, key.1.as_deref())) {
            Ok(values) => Some(self.read(path, Some(path), &values)),
            Err(why) => {
                let message = format!("the file of parameters was not read: {why}");
                let help = "correct the file, or the name of it in carelint.toml";
                let severity = ProblemSeverity::Error;
                self.problems.push(Problem::with_path(severity, "parameters-file", path, message, help));
                None
            }
        };
        self.files.insert(key, set.clone());
        set
    }

    fn read(&self, from: &str, file: Option<&str>, values: &[Entered]) -> Arc<Set> {
        let file = file.and_then(|path| self.sources.load(path).ok());
        let parameter = |entered: &Entered| Parameter {
            name: entered.name.clone(),
            value: entered.value.clone(),
            place: file.zip(entered.span).map(|(file, span)| Place::new(file, span)),
        };
        Arc::new(Set { from: from.to_owned(), parameters: values.iter().map(parameter).collect() })
    }

    /// What is wrong with the parameters, after all roots were evaluated.
    pub(crate) fn problems(mut self, evaluated: &[&Evaluated]) -> Problems {
        let mut problems = std::mem::take(&mut self.problems);
        for written in self.looked_for.iter().filter_map(|(written, found)| (!found).then_some(written)) {
            let message = format!(
                "the file of parameters {written} is neither beside a template nor at that path from the scan root"
            );
            let help = "name a file inside the scan root";
            let severity = ProblemSeverity::Error;
            problems.push(Problem::with_path(severity, "parameters-file", written, message, help));
        }
        // Each parameter by where it is said, and whether a root that it was given to declares it.
        let mut given: BTreeMap<(&str, &SmolStr), (&Parameter, bool)> = BTreeMap::new();
        for one in evaluated {
            let Some(root) = one.declared.roots.first() else { continue };
            let sets = self.of_root.get(&(root.name.clone(), root.environment.clone()));
            let Some(sets) = sets.filter(|sets| !sets.is_empty()) else { continue };
            let declared: BTreeSet<&SmolStr> = one.parameters.iter().collect();
            for set in sets {
                for parameter in &set.parameters {
                    let is_declared =
                        parameter.name.starts_with("AWS::") || declared.contains(&parameter.name);
                    let known = given.entry((&set.from, &parameter.name)).or_insert((parameter, false));
                    known.1 |= is_declared;
                }
            }
        }
        let unused = given.iter().filter(|(_, (_, is_declared))| !is_declared);
        problems.extend(unused.map(|((from, _), (parameter, _))| undeclared(from, parameter, evaluated)));
        problems
    }
}

fn undeclared(from: &str, parameter: &Parameter, evaluated: &[&Evaluated]) -> Problem {
    let name = &parameter.name;
    let in_nested = evaluated
        .iter()
        .flat_map(|one| &one.declared.resources)
        .find(|resource| resource.mode == Mode::Parameter && resource.type_name == *name);
    let (who, help) = match in_nested {
        Some(resource) => (
            format!("only a nested stack declares the parameter {name} ({})", resource.address),
            "give it in the Parameters of that stack's resource".to_owned(),
        ),
        None => (
            format!("no template declares the parameter {name}"),
            "correct the name, or leave the parameter out".to_owned(),
        ),
    };
    let message = match (parameter.place, from) {
        (Some(_), _) | (None, "") => who,
        (None, from) => format!("{from}: {who}"),
    };
    // A scan of a part of a project need not use what its configuration says for all.
    let severity = if from.is_empty() { ProblemSeverity::Note } else { ProblemSeverity::Warning };
    let code = "parameter-not-declared";
    match parameter.place {
        Some(place) => Problem::at(severity, code, place, message, help),
        None => Problem::with_path(severity, code, "", message, help),
    }
}

/// The name of a template without folders and extensions.
fn stem(path: &str) -> &str {
    let mut name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    while let Some(shorter) = ENDS.iter().find_map(|end| name.strip_suffix(end)) {
        name = shorter;
    }
    name
}
