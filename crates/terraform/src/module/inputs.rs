//! Values given to the variables of a root: environment, files of variables and the command line. Later ones win:
//! `TF_VAR_*`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars(.json)` in order of name, `--var-file`, `--var`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::{FileId, Place, Problem, ProblemSeverity, Problems, Sources};

use super::{Folder, Project, constant, path};
use crate::ast::{Attribute, Expr, ExprKind};
use crate::eval::conversion::Constraint;
use crate::{Inputs, parse};

/// The given values of one root, as expressions, with the place where a file sets them.
#[derive(Debug, Default)]
pub(crate) struct GivenVariables {
    values: FxHashMap<SmolStr, (Expr, Option<Place>)>,
}

impl GivenVariables {
    /// The value of a variable and where it is set.
    pub(crate) fn get(&self, name: &str) -> Option<(Expr, Option<Place>)> {
        self.values.get(name).cloned()
    }

    /// Whether a variable has a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Adds values that are given as text: the text itself, or the expression in it, as the variable's type asks.
    fn add_texts(&mut self, root: &Folder, texts: &[(String, String)]) {
        for (name, text) in texts {
            let Some((_, block)) = root.variables.position(name).and_then(|at| root.variables.at(at)) else {
                continue;
            };
            let ty = block.body.attribute("type").map(|ty| Constraint::parse(&ty.value));
            let literal = ty.is_none_or(|ty| ty.is_primitive());
            let expr = if literal {
                Expr::new(ExprKind::String(SmolStr::new(text)), block.header)
            } else {
                parse::expression_within(text, block.header)
            };
            self.values.insert(SmolStr::new(name), (expr, None));
        }
    }
}

/// Reads the values for a root.
pub(crate) fn read(
    sources: &Sources,
    root: &Folder,
    inputs: &Inputs,
    problems: &mut Problems,
) -> GivenVariables {
    let mut given = GivenVariables::default();
    given.add_texts(root, &inputs.env_vars);
    for file in own_files(sources, &root.path) {
        let Ok(id) = sources.load(&file) else { continue };
        let (values, problem) = variables(sources, id);
        problems.extend(problem);
        for attribute in values {
            if root.variables.position(&attribute.name).is_none() {
                problems.push(undeclared(attribute.place, &attribute.name));
            }
            given.values.insert(attribute.name, (attribute.value, Some(attribute.place)));
        }
    }
    for file in &inputs.var_files {
        let Ok(id) = sources.load(file) else { continue };
        for attribute in variables(sources, id).0 {
            given.values.insert(attribute.name, (attribute.value, Some(attribute.place)));
        }
    }
    given.add_texts(root, &inputs.vars);
    given
}

fn own_files(sources: &Sources, folder: &str) -> Vec<String> {
    let children = sources.children(folder);
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].iter().map(|name| (*name).to_owned());
    let automatic =
        children.iter().filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    let names = fixed.filter(|name| children.contains(name)).chain(automatic.cloned());
    names.filter_map(|name| path::join(folder, &name)).collect()
}

fn variables(sources: &Sources, id: FileId) -> (Vec<Attribute>, Problems) {
    if sources.file(id).path.ends_with(".json") {
        return parse::json_variables(sources, id);
    }
    let (body, mut problems) = parse::file(sources, id);
    let refused = |attribute: &Attribute| {
        constant::problem(&attribute.value, &format!("the value of `{}`", attribute.name))
    };
    problems.extend(body.attributes.iter().filter_map(refused));
    problems.extend(body.blocks.iter().map(|block| {
        Problem::at(
            ProblemSeverity::Warning,
            "terraform-variable-value",
            block.header,
            format!("`{}` is a block, but a file of variables holds arguments", block.kind),
            "write `name = value`; the block was skipped",
        )
    }));
    (body.attributes, problems)
}

fn undeclared(place: Place, name: &str) -> Problem {
    Problem::at(
        ProblemSeverity::Warning,
        "terraform-undeclared-variable",
        place,
        format!("variable \"{name}\" is given a value but is not declared"),
        "declare the variable, or remove the value",
    )
}

/// Reports files of variables that cannot be read, and values on the command line for variables that no root has.
pub(crate) fn report_undeclared(
    project: &Project,
    roots: &[usize],
    inputs: &Inputs,
    problems: &mut Problems,
) {
    let folders = roots.iter().filter_map(|at| project.folders.get(*at));
    let declared: BTreeSet<&SmolStr> =
        folders.flat_map(|folder| folder.variables.iter().map(|(name, _)| name)).collect();
    for (name, _) in &inputs.vars {
        if !roots.is_empty() && !declared.contains(&SmolStr::new(name)) {
            let message = format!("no root module declares variable \"{name}\"");
            let help = "correct the name given to --var";
            problems.push(Problem::with_path(
                ProblemSeverity::Warning,
                "terraform-undeclared-variable",
                "",
                message,
                help,
            ));
        }
    }
}

/// Reports files of variables that were named but cannot be read.
pub(crate) fn report_unreadable(sources: &Sources, inputs: &Inputs, problems: &mut Problems) {
    for file in &inputs.var_files {
        match sources.load(file) {
            Ok(id) => problems.extend(variables(sources, id).1),
            Err(error) => {
                let message = format!("the file of variables was not read: {error}");
                let help = "name a readable file inside the scan root";
                let severity = ProblemSeverity::Error;
                problems.push(Problem::with_path(severity, "terraform-var-file", file, message, help));
            }
        }
    }
}
