//! The page of a rule in the manual, in Markdown: everything that its file says, in a reader's order.

use language::ir::{Body, Catalogue, Example, Fix, Kind, Language, Param, Rule, Scope};

/// The first line of every page.
const GENERATED: &str =
    "<!-- Generated from the catalogue by `cargo xtask generate`; edit the rule file instead. -->";

/// Renders a page.
pub(crate) fn page(catalogue: &Catalogue, rule: &Rule) -> String {
    let parts = [
        format!("{GENERATED}\n\n# {}\n\n{}.\n", rule.id, rule.title),
        summary(catalogue, rule),
        format!("## Why\n\n{}\n", rule.why.trim()),
        question(rule),
        remedy(rule),
        citations(catalogue, rule),
        peers(rule),
        examples(rule),
    ];
    let mut page: String = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// The table at the top.
fn summary(catalogue: &Catalogue, rule: &Rule) -> String {
    let mut table = format!("| | |\n| --- | --- |\n| Pillar | {} |\n", rule.pillar.title());
    let severity = match rule.severity.cases {
        [] => rule.severity.otherwise.id().to_owned(),
        cases => {
            let cases =
                cases.iter().map(|(severity, case)| format!("{} if {}", severity.id(), code(case.text)));
            format!("{}, else {}", cases.collect::<Vec<_>>().join(", "), rule.severity.otherwise.id())
        }
    };
    table.push_str(&format!("| Severity | {severity} |\n| Judges | {} |\n", scope(catalogue, rule)));
    if !rule.languages.is_empty() {
        let languages: Vec<&str> = rule.languages.iter().map(|language| name(*language)).collect();
        table.push_str(&format!("| Languages | {} |\n", languages.join(", ")));
    }
    if !rule.covers.is_empty() {
        let covered: Vec<String> = rule.covers.iter().map(|id| format!("[{id}]({id}.md)")).collect();
        table.push_str(&format!("| Covers | {} |\n", covered.join(", ")));
    }
    if !rule.since.is_empty() {
        table.push_str(&format!("| Since | {} |\n", rule.since));
    }
    if let Some(deprecated) = rule.deprecated {
        let instead = deprecated.instead;
        let since = deprecated.since;
        table.push_str(&format!("| Deprecated | since {since}; use [{instead}]({instead}.md) |\n"));
    }
    if !rule.aliases.is_empty() {
        table.push_str(&format!("| Former ids | {} |\n", rule.aliases.join(", ")));
    }
    table.push_str(&format!("| File | [rules/{0}](../../rules/{0}) |\n", rule.file));
    table
}

/// What is judged, with the types of each language.
fn scope(catalogue: &Catalogue, rule: &Rule) -> String {
    match rule.scope {
        Scope::Account => "each account, once".to_owned(),
        Scope::Region => "each region of each account, once".to_owned(),
        Scope::AnyResource => "every resource".to_owned(),
        Scope::Things(mode) => format!("every {mode}"),
        Scope::Kinds(kinds) => {
            let kinds = kinds.iter().filter_map(|kind| catalogue.kind(*kind));
            kinds.map(types).collect::<Vec<_>>().join("<br>")
        }
    }
}

/// A kind with the types that are one of it; satellites belong to their subject.
fn types(kind: &Kind) -> String {
    let subjects = kind.spellings.iter().filter(|spelling| spelling.joins.is_empty());
    let mut types: Vec<&str> = subjects.flat_map(|spelling| spelling.types).copied().collect();
    types.dedup();
    let types: Vec<String> = types.into_iter().map(code).collect();
    format!("{} ({})", kind.name, types.join(", "))
}

/// When the rule applies, what it asks, and its parameters.
fn question(rule: &Rule) -> String {
    let mut text = String::from("## Check\n\n");
    if let Some(when) = rule.when {
        let applies = if when.negates_its_text() { "Does not apply where" } else { "Applies where" };
        text.push_str(&format!("{applies}\n\n{}\n", fenced("", when.text)));
    }
    match rule.body {
        Body::Check(check) => text.push_str(&format!("Passes if\n\n{}", fenced("", check.text))),
        Body::Each(list, check) => {
            text.push_str(&format!("For each `it` of\n\n{}\n", fenced("", list.text)));
            text.push_str(&format!("passes if\n\n{}", fenced("", check.text)));
        }
        Body::None(list) => {
            text.push_str(&format!(
                "Passes if there is none; each `it` is a failure of its own:\n\n{}",
                fenced("", list.text)
            ));
        }
    }
    if rule.variable_passes {
        text.push_str("\nThat the value is set decides: an input without a default counts as set.\n");
    }
    if !rule.params.is_empty() {
        text.push_str("\n### Parameters\n\n| Name | Default | Least |\n| --- | --- | --- |\n");
        rule.params.iter().for_each(|param| text.push_str(&parameter(param)));
        text.push_str(&format!("\nSet them in `carelint.toml` under `[rules.{}]`.\n", rule.id));
    }
    text
}

fn parameter(param: &Param) -> String {
    let least = param.min.unwrap_or_default();
    format!("| `{}` | {} | {least} |\n", param.name, code(&param.default.to_string()))
}

/// The message, what to do, and the fix.
fn remedy(rule: &Rule) -> String {
    let mut text = format!("## What to do\n\nWhere it fails, carelint says: {}.\n\n", rule.message.trim());
    text.push_str(&fenced("text", rule.help.trim()));
    match rule.fix {
        Fix::None => {}
        Fix::Set { set, safe } => {
            text.push_str("\n### Fix\n\n| Attribute | Value |\n| --- | --- |\n");
            for (attribute, value) in set {
                text.push_str(&format!("| `{attribute}` | {} |\n", code(&value.to_string())));
            }
            let cost =
                "Not safe to apply blindly: it may replace the resource, stop it for a while, or cost more.";
            text.push_str(&format!(
                "\n{}\n",
                if safe { "Safe: nothing is replaced or stopped." } else { cost }
            ));
        }
        Fix::Snippet(snippets) => {
            text.push_str("\n### Fix\n");
            for (language, snippet) in snippets {
                text.push_str(&format!(
                    "\n{}\n\n{}",
                    name(*language),
                    fenced(fence(*language, snippet), snippet)
                ));
            }
        }
    }
    text
}

fn citations(catalogue: &Catalogue, rule: &Rule) -> String {
    let mut text = String::from("## Controls\n\n| Framework | Section | Title |\n| --- | --- | --- |\n");
    for (name, ids) in rule.controls {
        let framework = catalogue.frameworks.iter().find(|framework| framework.name == *name);
        let title = framework.map_or(*name, |framework| framework.title);
        for id in *ids {
            let section =
                framework.and_then(|framework| framework.sections.iter().find(|section| section.id == *id));
            let requirement = section.map(|section| section.requirement).filter(|said| !said.is_empty());
            let requirement = requirement.map(|said| format!(" ({said})")).unwrap_or_default();
            let section = section.map_or("", |section| section.title);
            text.push_str(&format!("| {} | {id} | {}{requirement} |\n", cell(title), cell(section)));
        }
    }
    text
}

fn peers(rule: &Rule) -> String {
    if rule.peers.is_empty() {
        return String::new();
    }
    let mut text = String::from("## Other tools\n\n| Tool | Checks |\n| --- | --- |\n");
    for (tool, ids) in rule.peers {
        let ids: Vec<String> = ids.iter().map(|id| code(id)).collect();
        text.push_str(&format!("| {tool} | {} |\n", ids.join(", ")));
    }
    text
}

fn examples(rule: &Rule) -> String {
    let mut text = String::from("## Examples\n\n`#~` marks the line that is reported.\n");
    for (title, passes) in [("Passes", Some(true)), ("Fails", Some(false)), ("Cannot be decided", None)] {
        let examples: Vec<&Example> =
            rule.examples.iter().filter(|example| example.passes == passes).collect();
        if examples.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {title}\n"));
        for example in examples {
            let block = fenced(fence(example.language, example.text), example.text);
            text.push_str(&format!("\n{}\n\n{block}", name(example.language)));
        }
    }
    text
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Terraform => "Terraform",
        Language::CloudFormation => "CloudFormation",
    }
}

/// The language of a fence.
fn fence(language: Language, text: &str) -> &'static str {
    match language {
        Language::Terraform => "hcl",
        Language::CloudFormation if text.trim_start().starts_with('{') => "json",
        Language::CloudFormation => "yaml",
    }
}

/// A code block; its fence is longer than any in the text.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// Code in a line of text or a table's cell.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace('\n', " "))
}

/// Text in a table's cell.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use language::ir::Literal;

    use super::*;

    #[test]
    fn a_fence_is_longer_than_those_it_holds() {
        assert_eq!(fenced("hcl", "a\n"), "```hcl\na\n```\n");
        assert_eq!(fenced("", "````\n"), "`````\n````\n`````\n");
    }

    #[test]
    fn cells_keep_their_table() {
        assert_eq!((code("a | `b`\nc"), cell("a|b")), ("`a \\| 'b' c`".to_owned(), "a\\|b".to_owned()));
    }

    #[test]
    fn literals_read_as_in_predicates() {
        let list = Literal::List(&[
            Literal::String("a"),
            Literal::Number("1.5"),
            Literal::Bool(true),
            Literal::Null,
        ]);
        assert_eq!(list.to_string(), "[a, 1.5, true, null]");
    }
}
