//! The policy templates of SAM (`S3ReadPolicy`): documents with parameters, kept as data.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use source::document::Node;

use super::make::{At, is_null};

/// The templates; the file says what it is and where it comes from.
const TEMPLATES: &str = include_str!("policy-templates.txt");

/// One template.
#[derive(Debug, Default)]
struct Template {
    parameters: Vec<&'static str>,
    statements: Vec<Statement>,
}

#[derive(Debug, Default)]
struct Statement {
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    /// Operator, key and value.
    condition: Option<(&'static str, &'static str, &'static str)>,
}

static BY_NAME: LazyLock<FxHashMap<&str, Template>> = LazyLock::new(|| {
    let mut templates = FxHashMap::default();
    let mut open: Option<(&str, Template)> = None;
    for line in TEMPLATES.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        if !line.starts_with(' ') {
            if let Some((name, template)) = open.take() {
                templates.insert(name, template);
            }
            let name = words.next().unwrap_or_default();
            open = Some((name, Template { parameters: words.collect(), statements: Vec::new() }));
        } else if let Some((_, template)) = &mut open {
            template.line(&words.collect::<Vec<_>>());
        }
    }
    templates.extend(open);
    templates
});

impl Template {
    fn line(&mut self, words: &[&'static str]) {
        match words {
            ["allow", actions @ ..] => {
                self.statements.push(Statement { actions: actions.to_vec(), ..Statement::default() });
            }
            _ => {
                let Some(statement) = self.statements.last_mut() else { return };
                match words {
                    ["on", resource] => statement.resources.push(resource),
                    ["if", operator, key, value] => statement.condition = Some((operator, key, value)),
                    more => statement.actions.extend(more),
                }
            }
        }
    }
}

/// Whether a policy template has this name.
pub(crate) fn is_template(name: &str) -> bool {
    BY_NAME.contains_key(name)
}

/// The policy document that a template makes of the parameters that a user gives it.
pub(crate) fn document(at: At, name: &str, given: &Node) -> Option<Node> {
    let template = BY_NAME.get(name)?;
    let statement = |statement: &Statement| {
        let mut made = at.fields();
        made.set("Effect", at.text("Allow"));
        made.set("Action", at.texts(statement.actions.iter().copied()));
        let mut resources: Vec<Node> =
            statement.resources.iter().map(|text| template.text(at, text, given)).collect();
        match resources.len() {
            1 => resources.pop().into_iter().for_each(|one| made.set("Resource", one)),
            _ => made.set("Resource", at.list(resources)),
        }
        if let Some((operator, key, value)) = statement.condition {
            let test = at.map([(key, template.text(at, value, given))]);
            made.set("Condition", at.map([(operator, test)]));
        }
        made.node()
    };
    Some(at.map([("Statement", at.list(template.statements.iter().map(statement)))]))
}

impl Template {
    /// A text of the template with its parameters as they are given.
    fn text(&self, at: At, text: &str, given: &Node) -> Node {
        if !text.contains("${") {
            return at.text(text);
        }
        let mut names = at.fields();
        for parameter in self.parameters.iter().filter(|name| text.contains(&format!("${{{name}}}"))) {
            let value = given.get(parameter).filter(|node| !is_null(node));
            if let Some(value) = value {
                names.set(parameter, value.clone());
            }
        }
        if names.is_empty() { at.sub(text) } else { at.sub_with(text, names) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_allows_something_on_something() {
        assert_eq!(BY_NAME.len(), 81);
        for name in TEMPLATES.lines().filter(|line| line.starts_with(char::is_alphabetic)) {
            let name = name.split_whitespace().next().unwrap_or_default();
            let template = BY_NAME.get(name).expect(name);
            assert!(!template.statements.is_empty(), "{name}");
            for statement in &template.statements {
                assert!(!statement.actions.is_empty() && !statement.resources.is_empty(), "{name}");
                assert!(statement.actions.iter().all(|action| action.contains(':')), "{name}");
            }
            for parameter in &template.parameters {
                let used = format!("${{{parameter}}}");
                let uses = |statement: &Statement| {
                    statement.resources.iter().any(|text| text.contains(&used))
                        || statement.condition.is_some_and(|(_, _, value)| value.contains(&used))
                };
                assert!(template.statements.iter().any(uses), "{name} {parameter}");
            }
        }
    }
}
