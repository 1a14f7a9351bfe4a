//! From files to a catalogue: documents read, files told apart by their paths, then frameworks and tables, models, rules,
//! in the order in which they need each other.

use source::Limits;
use source::document::{Node, yaml};

use crate::assemble::assemble;
use crate::error::{CompileError, File};
use crate::ir::{Catalogue, Framework, Rule, Table};
use crate::tables::{self, stem};
use crate::{leak, model, rule, suggest};

/// A file of a catalogue.
#[derive(Debug, Clone, Copy)]
pub struct RuleSource<'a> {
    /// Its path relative to the folder of rules, with `/`: what it is follows from it.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// A catalogue that was compiled. Its parts live as long as the program.
#[derive(Debug, Clone, Copy)]
pub struct Compiled {
    /// The catalogue.
    pub catalogue: &'static Catalogue,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Framework,
    Table,
    Traits,
    Model,
    Rule,
}

/// A catalogue without anything.
pub(crate) const EMPTY: Catalogue =
    Catalogue { kinds: &[], traits: &[], rules: &[], tables: &[], frameworks: &[] };

/// Compiles the files of a catalogue. Files that are not YAML are passed over.
///
/// # Errors
/// Everything that is wrong with the files, sorted by file and line. If a model is wrong, rules are not looked at.
pub fn compile(files: &[RuleSource<'_>]) -> Result<Compiled, Vec<CompileError>> {
    let catalogue = compile_onto(&EMPTY, files, true)?;
    Ok(Compiled { catalogue: leak::value(catalogue) })
}

/// Compiles files on top of a catalogue.
pub(crate) fn compile_onto(
    base: &Catalogue,
    files: &[RuleSource<'_>],
    built_in: bool,
) -> Result<Catalogue, Vec<CompileError>> {
    let mut files: Vec<File<'_>> = files
        .iter()
        .filter(|file| file.path.ends_with(".yaml") || file.path.ends_with(".yml"))
        .map(|file| File::new(file.path, file.text))
        .collect();
    files.sort_by_key(|file| file.path);
    let made = {
        let documents: Vec<Option<Node>> = files.iter().map(read_document).collect();
        let documents: Vec<(&File<'_>, Role, &Node)> = files
            .iter()
            .zip(&documents)
            .filter_map(|(file, document)| Some((file, role(file.path), document.as_ref()?)))
            .collect();
        compile_documents(base, &files, &documents, built_in)
    };
    let mut errors: Vec<CompileError> = files.into_iter().flat_map(File::into_errors).collect();
    errors.sort();
    errors.dedup();
    if errors.is_empty() { Ok(made) } else { Err(errors) }
}

fn compile_documents(
    base: &Catalogue,
    files: &[File<'_>],
    documents: &[(&File<'_>, Role, &Node)],
    built_in: bool,
) -> Catalogue {
    let of = |wanted: Role| documents.iter().filter(move |(_, role, _)| *role == wanted);
    let mut catalogue = *base;
    let mut frameworks: Vec<Framework> = base.frameworks.to_vec();
    for (file, _, root) in of(Role::Framework) {
        let Some(framework) = tables::read_framework(file, root) else { continue };
        if frameworks.iter().any(|known| known.name == framework.name) {
            file.error(
                root.span,
                format!("the framework `{}` exists already", framework.name),
                "frameworks cannot be redefined",
            );
        }
        frameworks.push(framework);
    }
    frameworks.sort_by_key(|framework| framework.name);
    catalogue.frameworks = leak::slice(frameworks);
    let mut all_tables: Vec<Table> = base.tables.to_vec();
    for (file, _, root) in of(Role::Table) {
        let Some(table) = tables::read_table(file, root) else { continue };
        if all_tables.iter().any(|known| known.name == table.name) {
            file.error(
                root.span,
                format!("the table `{}` exists already", table.name),
                "tables cannot be redefined",
            );
        }
        all_tables.push(table);
    }
    all_tables.sort_by_key(|table| table.name);
    catalogue.tables = leak::slice(all_tables);
    let traits: Vec<_> =
        of(Role::Traits).flat_map(|(file, _, root)| model::read_traits(file, root)).collect();
    let drafts: Vec<_> = of(Role::Model).flat_map(|(file, _, root)| model::read_kinds(file, root)).collect();
    let (mut catalogue, moved) = assemble(&catalogue, &traits, &drafts);
    if files.iter().any(File::is_broken) {
        return catalogue;
    }
    let mut rules: Vec<(Rule, Option<(&File<'_>, &Node)>)> =
        base.rules.iter().map(|rule| (moved.rule(*rule, &catalogue), None)).collect();
    for (file, _, root) in of(Role::Rule) {
        rules.extend(rule::read(file, root, &catalogue, built_in).map(|rule| (rule, Some((*file, *root)))));
    }
    rules.sort_by_key(|(rule, origin)| (rule.id, origin.is_some()));
    check_ids(&rules);
    catalogue.rules = leak::slice(rules.into_iter().map(|(rule, _)| rule).collect());
    catalogue
}

/// Ids and aliases are unique, and rules that are covered or to be used instead exist.
fn check_ids(rules: &[(Rule, Option<(&File<'_>, &Node)>)]) {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for (rule, _) in rules {
        names.push((rule.id, rule.file));
        names.extend(rule.aliases.iter().map(|alias| (*alias, rule.file)));
    }
    names.sort_unstable();
    for (rule, origin) in rules {
        let Some((file, root)) = origin else { continue };
        for name in [rule.id].iter().chain(rule.aliases) {
            let others = names.iter().filter(|(known, path)| known == name && *path != rule.file);
            for (_, path) in others.take(1) {
                file.error(
                    root.span,
                    format!("`{name}` is the id or an alias of the rule in {path} too"),
                    "choose another id",
                );
            }
        }
        let covered = rule.covers.iter().map(|id| ("covers", *id));
        let instead = rule.deprecated.map(|deprecated| ("deprecated", deprecated.instead));
        for (key, id) in covered.chain(instead) {
            if !rules.iter().any(|(known, _)| known.id == id) {
                let span = root.get(key).map_or(root.span, |node| node.span);
                let help = suggest::help(id, rules.iter().map(|(known, _)| known.id).collect::<Vec<_>>());
                file.error(span, format!("there is no rule `{id}`"), help);
            }
        }
    }
}

fn read_document(file: &File<'_>) -> Option<Node> {
    match yaml::parse(file.text(), &Limits::default()) {
        Ok(documents) => {
            let mut documents = documents.into_iter();
            let first = documents.next();
            if let Some(second) = documents.next() {
                file.error(second.span, "the file holds a second document", "write one file for each");
            }
            if first.is_none() {
                file.error(
                    source::Span::default(),
                    "the file is empty",
                    "write the rule or the model, or delete the file",
                );
            }
            first
        }
        Err(error) => {
            let help = "this is no YAML; quote predicates that hold `: `, ` #`, or start with a quote, `!`, `[` or `{`";
            file.error(error.span, error.message, help);
            None
        }
    }
}

/// What a file is, by its path.
pub(crate) fn role(path: &str) -> Role {
    let inside =
        |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    match stem(path) {
        _ if inside("frameworks") => Role::Framework,
        _ if inside("tables") => Role::Table,
        "traits" => Role::Traits,
        "model" => Role::Model,
        _ => Role::Rule,
    }
}
