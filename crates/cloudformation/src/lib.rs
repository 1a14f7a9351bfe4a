//! CloudFormation and SAM templates, evaluated to declared resources. Invariant: nothing is guessed. What a
//! template leaves to its deployment is an unknown that says what would settle it, alternatives that name their
//! condition, or a reference; a template that cannot be read is a problem beside those that can.

mod budget;
mod conditions;
mod document;
mod dynamic;
mod export;
mod includes;
mod intrinsic;
mod join;
mod json_text;
mod lists;
mod loops;
mod macros;
mod mapping;
mod nested;
mod parameter_checks;
mod parameters;
mod pseudo;
mod reading;
mod references;
mod resources;
mod sam;
mod scalar;
mod schema;
mod sniff;
mod stack;
mod template;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;
use source::discovery::Candidate;
use source::{FileId, Sources};
use value::Value;
use value::declared::{Declared, Language};

/// What is given to the stacks from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Values of parameters by name. They are given to every root that has a parameter of that name; a pseudo
    /// parameter (`AWS::StackName`) may be given too.
    pub parameters: Vec<(String, String)>,
    /// The region of stacks that do not say theirs.
    pub region: Option<String>,
    /// Name of the environment that the inputs belong to.
    pub environment: Option<SmolStr>,
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
    reading::read(sources, candidates, inputs)
}

/// Reads the template of one stack.
#[must_use]
pub fn read_template(sources: &Sources, file: FileId, stack: StackContext, inputs: &Inputs) -> Declared {
    reading::read_stacks(sources, vec![(file, stack)], inputs)
}

/// Reads the templates of several stacks, which may import one another's exports. Roots are in the order of
/// `stacks`.
#[must_use]
pub fn read_stacks(sources: &Sources, stacks: Vec<(FileId, StackContext)>, inputs: &Inputs) -> Declared {
    reading::read_stacks(sources, stacks, inputs)
}
