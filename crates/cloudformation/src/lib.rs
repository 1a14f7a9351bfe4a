//! CloudFormation and SAM templates, evaluated to declared resources. Invariant: nothing is guessed. What a
//! template leaves to its deployment is an unknown that says what would settle it, alternatives that name their
//! condition, or a reference; a template that cannot be read is a problem beside those that can.

mod alone;
mod budget;
mod chains;
mod conditions;
mod crossing;
mod document;
mod dynamic;
mod evaluation;
mod export;
mod includes;
mod intrinsic;
mod join;
mod json_text;
mod lists;
mod located;
mod look;
mod loops;
mod macros;
mod mapping;
mod nested;
mod parameter_checks;
mod parameters;
mod passing;
mod pseudo;
mod rain;
mod reading;
mod references;
mod resources;
mod roots;
mod sam;
mod scalar;
mod schema;
mod sniff;
mod stack;
mod stack_set;
mod template;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;
use source::discovery::Candidate;
use source::{FileId, Place, Problems, Sources};
use value::Value;
use value::declared::{Declared, Language};

/// What is given to a root from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Parameters, of which later ones win. What the root does not declare is passed over; a pseudo parameter
    /// (`AWS::StackName`, `AWS::Region`, `AWS::AccountId`) may be given, too, and holds where the stack's own context
    /// does not say it.
    pub parameters: Vec<Parameter>,
    /// The region of stacks that do not say theirs.
    pub region: Option<String>,
    /// Name of the environment that the inputs belong to.
    pub environment: Option<SmolStr>,
}

/// A parameter that is given from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: SmolStr,
    /// What is given.
    pub value: Given,
    /// Where it is written, if that is a file of the scan.
    pub place: Option<Place>,
}

/// What is given as a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A text; lists have commas in it.
    Text(SmolStr),
    /// The value of the deployment before (`UsePreviousValue`): set, but told by the deployed stack alone.
    Previous,
}

impl Parameter {
    /// A text that is written in no file of the scan.
    #[must_use]
    pub fn text(name: impl Into<SmolStr>, text: impl Into<SmolStr>) -> Self {
        Self { name: name.into(), value: Given::Text(text.into()), place: None }
    }
}

/// A root whose inputs are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its name: the path of the template, the stack id of an assembly.
    pub name: &'a str,
    /// The path of its template.
    pub path: &'a str,
    /// The folder it belongs to: that of the template, or of the assembly.
    pub folder: &'a str,
}

/// Tells the inputs of a root: it is evaluated once with each of them, and once without any if there are none.
pub type InputsOf<'a> = dyn FnMut(&Asked<'_>) -> Vec<Arc<Inputs>> + 'a;

/// A root evaluated with one of its inputs.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// What it declares, with itself as the only root.
    pub declared: Declared,
    /// The path of its template.
    pub path: SmolStr,
    /// Names of the parameters that it declares itself, not in a nested stack.
    pub parameters: Vec<SmolStr>,
}

/// The roots of a scan, each evaluated with all its inputs.
#[derive(Debug, Clone, Default)]
pub struct Stacks {
    /// In order of the roots, and for each of them of its inputs.
    pub evaluated: Vec<Evaluated>,
    /// Problems of files that no root was made of.
    pub problems: Problems,
}

impl Stacks {
    /// Everything as one.
    #[must_use]
    pub fn into_declared(self) -> Declared {
        let mut declared = Declared::default();
        self.evaluated.into_iter().for_each(|one| declared.append(one.declared));
        declared.problems.extend(self.problems);
        declared
    }
}

/// What is known of a stack besides its template.
#[derive(Debug, Clone)]
pub struct StackContext {
    /// Name of the root: the path of the template, the stack id of an assembly. Unique in the scan.
    pub name: SmolStr,
    /// What its addresses start with, without the slash that follows.
    pub prefix: SmolStr,
    /// CloudFormation or CDK.
    pub language: Language,
    /// Its folder, relative to the scan root.
    pub folder: SmolStr,
    /// Its account, where that is known.
    pub account: Option<Value>,
    /// Its region, where that is known; else that of the inputs.
    pub region: Option<Value>,
    /// Value of `AWS::StackName`, where that is known.
    pub stack_name: Option<SmolStr>,
    /// Paths of templates in the scan that are uploaded, by the names at the end of their addresses.
    pub uploaded: Arc<BTreeMap<SmolStr, SmolStr>>,
}

/// Reads every template among `candidates`, told by content among files that end in `.yaml`, `.yml`, `.json`,
/// `.template`, `.cfn` and `.cloudformation` or were named by the user. Templates that belong to a CDK assembly are
/// left to that front end, templates that another one nests are read with it.
///
/// Other files are passed over silently. Problems: `cloudformation-syntax` for what looks like a template and does
/// not parse, `not-infrastructure-code` for a file that the user named and that no front end reads.
#[must_use]
pub fn read(sources: &Sources, candidates: &[Candidate], inputs: &Inputs) -> Declared {
    let inputs = Arc::new(inputs.clone());
    read_each(sources, candidates, &mut |_| vec![inputs.clone()]).into_declared()
}

/// The same, each root with inputs of its own. `inputs` is asked for templates that turn out to be nested, too.
#[must_use]
pub fn read_each(sources: &Sources, candidates: &[Candidate], inputs: &mut InputsOf<'_>) -> Stacks {
    reading::read(sources, candidates, inputs)
}

/// Reads the template of one stack.
#[must_use]
pub fn read_template(sources: &Sources, file: FileId, stack: StackContext, inputs: &Inputs) -> Declared {
    let inputs = Arc::new(inputs.clone());
    read_stacks(sources, vec![(file, stack)], &mut |_| vec![inputs.clone()]).into_declared()
}

/// Reads the templates of several stacks, which may import one another's exports, each with its inputs. Roots are in
/// the order of `stacks`.
#[must_use]
pub fn read_stacks(
    sources: &Sources,
    stacks: Vec<(FileId, StackContext)>,
    inputs: &mut InputsOf<'_>,
) -> Stacks {
    reading::read_stacks(sources, stacks, inputs)
}
