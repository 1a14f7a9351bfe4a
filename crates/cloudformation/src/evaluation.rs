//! Evaluation of roots: each on its own and in parallel, with what the others export.

use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::Sources;
use value::declared::{Declared, Root};
use value::{Origin, Value};

use crate::macros::INCLUDE;
use crate::stack::{Shared, Stack};
use crate::template::Template;
use crate::{Evaluated, Given, Inputs, StackContext, chains};

/// A root with one of its inputs.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The path of its template.
    pub(crate) path: SmolStr,
    pub(crate) template: Arc<Template>,
    pub(crate) context: StackContext,
    pub(crate) inputs: Arc<Inputs>,
}

impl Run {
    /// A root with each of its inputs, or without any.
    pub(crate) fn each(
        path: &SmolStr,
        template: &Arc<Template>,
        context: &StackContext,
        mut inputs: Vec<Arc<Inputs>>,
    ) -> Vec<Self> {
        if inputs.is_empty() {
            inputs.push(Arc::default());
        }
        let run = |inputs: Arc<Inputs>| Self {
            path: path.clone(),
            template: template.clone(),
            context: with_inputs(context.clone(), &inputs),
            inputs,
        };
        inputs.into_iter().map(run).collect()
    }
}

/// The context of a stack with what the inputs say of its account, its region and its name.
fn with_inputs(mut context: StackContext, inputs: &Inputs) -> StackContext {
    let pseudo = |name: &str| {
        let given = inputs.parameters.iter().rev().find(|parameter| parameter.name == name)?;
        match &given.value {
            Given::Text(text) => Some(text.clone()),
            Given::Previous => None,
        }
    };
    let known = |text: SmolStr| Value::string(text, Origin::default());
    context.account = context.account.or_else(|| pseudo("AWS::AccountId").map(known));
    let region = || pseudo("AWS::Region").or_else(|| inputs.region.as_ref().map(SmolStr::from));
    context.region = context.region.or_else(|| region().map(known));
    context.stack_name = context.stack_name.or_else(|| pseudo("AWS::StackName"));
    context
}

/// Whether the text of a template, or that of a file that it may include, has a word in it.
pub(crate) fn mentions(sources: &Sources, template: &Template, word: &str) -> bool {
    let text = sources.file(template.file).text.clone();
    let mentions = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    mentions(word) || mentions(INCLUDE)
}

/// Evaluates roots.
pub(crate) fn evaluate(mut shared: Shared<'_>, runs: Vec<Run>) -> Vec<Evaluated> {
    let problems = chains::resolve(&mut shared, &runs);
    // Each template is given back with the last of its runs: the next ones use its memory.
    let mut evaluated: Vec<Evaluated> = runs.into_par_iter().map(|run| evaluate_one(&shared, &run)).collect();
    for (run, problem) in problems {
        if let Some(one) = evaluated.get_mut(run) {
            one.declared.problems.push(problem);
        }
    }
    evaluated
}

/// Evaluates one root.
pub(crate) fn evaluate_one(shared: &Shared<'_>, run: &Run) -> Evaluated {
    let context = &run.context;
    let root = Root {
        name: context.name.clone(),
        language: context.language,
        folder: context.folder.clone(),
        library: false,
        account: context.account.clone(),
        region: context.region.clone(),
        environment: run.inputs.environment.clone(),
    };
    let mut declared = Declared { roots: vec![root], ..Declared::default() };
    Stack::root(shared, run).declare(&mut declared);
    // A template that is nested several times says what is wrong with it once.
    let mut said = FxHashSet::default();
    declared.problems.retain(|problem| said.insert((problem.code, problem.place, problem.message.clone())));
    let parameters = run.template.section("Parameters").iter().map(|entry| entry.key.clone()).collect();
    Evaluated { declared, path: run.path.clone(), parameters }
}
