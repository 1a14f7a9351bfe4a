//! Models held against the providers' schemas: types, paths and literals that they name exist.

mod extract;

use extract::{Schema, Shape};
use language::ir::{Catalogue, Filter, How, Kind, Language, Literal, Path, Spelling, Step, Type};

/// Everything that models name and the schemas do not have.
pub(crate) fn check(catalogue: &Catalogue, terraform: &str, cloudformation: &str) -> Vec<String> {
    let schemas = [Schema::read(terraform), Schema::read(cloudformation)];
    let mut wrong = Vec::new();
    for kind in catalogue.kinds {
        for spelling in kind.spellings {
            let schema = match spelling.language {
                Language::Terraform => &schemas[0],
                Language::CloudFormation => &schemas[1],
            };
            for type_name in spelling.types {
                let checker = Checker { schema, kind, type_name };
                checker.spelling(spelling, &mut wrong);
            }
        }
    }
    wrong
}

struct Checker<'c> {
    schema: &'c Schema<'c>,
    kind: &'c Kind,
    type_name: &'c str,
}

impl<'c> Checker<'c> {
    fn spelling(&self, spelling: &Spelling, wrong: &mut Vec<String>) {
        if !self.schema.has(self.type_name) {
            wrong.push(format!("{}: there is no type {}", self.kind.name, self.type_name));
            return;
        }
        let root = self.schema.root(self.type_name);
        if !spelling.joins.is_empty() {
            self.path(root, spelling.joins, "joins", wrong);
        }
        for filter in spelling.filter {
            let (path, literal) = match filter {
                Filter::Equals(path, literal) | Filter::Differs(path, literal) => (path, Some(*literal)),
                Filter::Present(path) | Filter::Absent(path) => (path, None),
            };
            if let (Some(shape), Some(literal)) = (self.path(root, path, "where", wrong), literal) {
                self.literal(shape, literal, "where", wrong);
            }
        }
        for (id, how) in spelling.reads {
            let Some(attribute) = self.kind.attributes.get(id.0 as usize) else { continue };
            self.how(root, how, (attribute.ty, attribute.fold), attribute.name, wrong);
        }
    }

    fn how(&self, from: Shape<'c>, how: &How, (ty, fold): (Type, bool), what: &str, wrong: &mut Vec<String>) {
        match how {
            How::Path(path) => {
                let shape = self.path(from, path, what, wrong);
                if let Some(shape) = shape {
                    self.vocabulary(shape, ty, fold, what, wrong);
                }
            }
            How::Present(path) | How::SelfIf(path) => {
                self.path(from, path, what, wrong);
            }
            How::Rename(path, pairs) => {
                if let Some(shape) = self.path(from, path, what, wrong) {
                    for (from, _) in *pairs {
                        self.literal(shape, *from, what, wrong);
                    }
                }
            }
            How::OneOf(choices) => {
                for (_, path) in *choices {
                    self.path(from, path, what, wrong);
                }
            }
            How::SetOf(members) => {
                for (_, how) in *members {
                    self.how(from, how, (Type::Bool, false), what, wrong);
                }
            }
            How::Const(_) => {}
            How::Any(hows) => {
                hows.iter().for_each(|how| self.how(from, how, (Type::Bool, false), what, wrong));
            }
            How::First(hows) | How::Concat(hows) => {
                hows.iter().for_each(|how| self.how(from, how, (ty, fold), what, wrong));
            }
            How::Pairs { path, key, value } => {
                if let Some(list) = self.path(from, path, what, wrong) {
                    self.path(list, &[Step::Name(key)], what, wrong);
                    self.path(list, &[Step::Name(value)], what, wrong);
                }
            }
            How::Each { path, through, fields } => self.each(from, (path, through, fields), ty, what, wrong),
            // What a text holds, no schema says.
            How::Json { path, .. } => drop(self.path(from, path, what, wrong)),
            How::Follow { path, how } => {
                self.path(from, path, what, wrong);
                self.follow(how, ty, what, wrong);
            }
        }
    }

    fn each(
        &self,
        from: Shape<'c>,
        (path, through, fields): (&Path, &[Path], &[(&'static str, How)]),
        ty: Type,
        what: &str,
        wrong: &mut Vec<String>,
    ) {
        let Some(element) = self.path(from, path, what, wrong) else { return };
        let record = match ty {
            Type::List(Type::Record(name)) => self.kind.record(name),
            _ => None,
        };
        if record.is_some() && !path.is_empty() && !self.schema.holds_elements(self.type_name, element) {
            wrong.push(format!(
                "{}: {what}: `{}` of {} has no elements",
                self.kind.name,
                show(path),
                self.type_name
            ));
            return;
        }
        // A wrapper may lead into itself: elements are looked for on every level that the schema shows.
        let mut elements = vec![element];
        for wrapper in through {
            let below: Vec<Shape<'c>> = elements
                .iter()
                .filter_map(|element| self.schema.walk(self.type_name, *element, wrapper))
                .collect();
            if below.is_empty() {
                wrong.push(format!(
                    "{}: {what}: {} has no `{}` to go through",
                    self.kind.name,
                    self.type_name,
                    show(wrapper)
                ));
            }
            elements.extend(below);
        }
        for (field, how) in fields {
            let ty = record
                .and_then(|record| record.fields.iter().find(|known| known.name == *field))
                .map_or(Type::Any, |field| field.ty);
            let what = format!("{what}.{field}");
            let tries = elements.iter().map(|element| {
                let mut found = Vec::new();
                self.how(*element, how, (ty, false), &what, &mut found);
                found
            });
            // The field exists if it exists at one of the levels.
            if let Some(fewest) = tries.min_by_key(Vec::len) {
                wrong.extend(fewest);
            }
        }
    }

    /// What is read of another resource must exist in a type of the same service, or in any.
    fn follow(&self, how: &How, ty: Type, what: &str, wrong: &mut Vec<String>) {
        let mut first = None;
        for other in self.schema.relatives(self.type_name) {
            let checker = Checker { type_name: other, ..*self };
            let mut found = Vec::new();
            checker.how(self.schema.root(other), how, (ty, false), what, &mut found);
            if found.is_empty() {
                return;
            }
            first.get_or_insert(found);
        }
        wrong.push(format!(
            "{}: {what}: no type near {} has what is read after `follow`",
            self.kind.name, self.type_name
        ));
    }

    fn path(&self, from: Shape<'c>, path: &[Step], what: &str, wrong: &mut Vec<String>) -> Option<Shape<'c>> {
        let found = self.schema.walk(self.type_name, from, path);
        if found.is_none() {
            wrong.push(format!("{}: {what}: {} has no `{}`", self.kind.name, self.type_name, show(path)));
        }
        found
    }

    fn literal(&self, shape: Shape<'c>, literal: Literal, what: &str, wrong: &mut Vec<String>) {
        let Literal::String(text) = literal else { return };
        let Some((values, folded)) = self.schema.values(self.type_name, shape) else { return };
        let start = text.strip_suffix('*');
        let known = values.iter().any(|value| {
            value == text
                || folded && value.eq_ignore_ascii_case(text)
                || start.is_some_and(|start| value.starts_with(start))
        });
        if !known {
            wrong.push(format!(
                "{}: {what}: {} knows {}, not `{text}`",
                self.kind.name,
                self.type_name,
                values.join(", ")
            ));
        }
    }

    /// An enum that is read as it is must know every value of the schema.
    fn vocabulary(&self, shape: Shape<'c>, ty: Type, fold: bool, what: &str, wrong: &mut Vec<String>) {
        let inner = if let Type::List(inner) = ty { *inner } else { ty };
        let Type::Enum(known) = inner else { return };
        let Some((values, folded)) = self.schema.values(self.type_name, shape) else { return };
        for value in values {
            let fits = known
                .iter()
                .any(|known| *known == value || (fold || folded) && known.eq_ignore_ascii_case(&value));
            if !fits {
                wrong.push(format!(
                    "{}: {what}: the enum lacks `{value}` of {}",
                    self.kind.name, self.type_name
                ));
            }
        }
    }
}

fn show(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.push_str(&format!(".{name}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Entry(key, value) => text.push_str(&format!("[{key}={value}]")),
        }
    }
    text
}
