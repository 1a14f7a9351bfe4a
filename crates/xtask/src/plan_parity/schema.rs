//! Shapes of attributes and blocks, from the extract of the provider's schema: what is a set, a map or a block decides
//! how a planned value is compared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::repository;

/// The extract.
const FILE: &str = "crates/catalogue/schemas/terraform-aws-5.100.0.txt";

/// Attributes and blocks of a body, by name.
pub(super) type Body = BTreeMap<String, Field>;

/// An attribute or a block.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Its shape.
    pub(super) shape: Shape,
    /// Whether it is a block.
    pub(super) block: bool,
}

/// The shape of a value.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// A string, number or bool.
    Scalar,
    /// Anything.
    Any,
    /// A list.
    List(Box<Shape>),
    /// A list without order.
    Set(Box<Shape>),
    /// A map with free keys.
    Map(Box<Shape>),
    /// An object or the body of a block.
    Object(Arc<Body>),
}

/// The whole extract.
pub(super) struct Schema {
    text: String,
    named: Mutex<BTreeMap<String, Arc<Body>>>,
}

impl Schema {
    /// Reads the extract.
    pub(super) fn read() -> Result<Self, String> {
        Ok(Self { text: repository::read(FILE)?, named: Mutex::default() })
    }

    /// The body of a resource type, a data source (`data.x`) or a shared body (`=x`); empty for what is not there.
    pub(super) fn body(&self, name: &str) -> Arc<Body> {
        let known = self.named.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = known {
            return known;
        }
        let body = Arc::new(self.parse(&self.lines(name), 1));
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), body.clone());
        body
    }

    /// The lines below a name in the first column.
    fn lines(&self, name: &str) -> Vec<&str> {
        let mut lines = self.text.lines();
        let found = lines.any(|line| line.split(' ').next() == Some(name));
        if found { lines.take_while(|line| line.starts_with(' ')).collect() } else { Vec::new() }
    }

    fn parse(&self, lines: &[&str], indent: usize) -> Body {
        let depth = |line: &str| line.len() - line.trim_start().len();
        let mut body = Body::new();
        let mut rest = lines;
        while let Some((line, after)) = rest.split_first() {
            let inner = after.iter().take_while(|line| depth(line) > indent).count();
            let (children, next) = after.split_at(inner);
            rest = next;
            let mut words = line.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
            let field = match kind.strip_prefix('{') {
                Some(nesting) => {
                    let shared = words.find(|word| word.starts_with('='));
                    let object = match shared {
                        Some(name) => self.body(name),
                        None => Arc::new(self.parse(children, indent + 1)),
                    };
                    let object = Shape::Object(object);
                    let shape = match nesting.split(',').next() {
                        Some("list") => Shape::List(Box::new(object)),
                        Some("set") => Shape::Set(Box::new(object)),
                        _ => object,
                    };
                    Field { shape, block: true }
                }
                None => Field { shape: self.shape(kind), block: false },
            };
            body.insert(name.to_owned(), field);
        }
        body
    }

    /// The fields of an object type that is written out.
    fn object(&self, fields: &str) -> Body {
        let mut body = Body::new();
        let (mut rest, mut depth, mut start) = (fields, 0usize, 0usize);
        for (at, char) in fields.char_indices() {
            match char {
                '{' | '(' => depth += 1,
                '}' | ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    body.extend(self.field(fields.get(start..at).unwrap_or_default()));
                    start = at + 1;
                    rest = fields.get(start..).unwrap_or_default();
                }
                _ => {}
            }
        }
        body.extend(self.field(rest));
        body
    }

    /// `name:type`.
    fn field(&self, text: &str) -> Option<(String, Field)> {
        let (name, kind) = text.split_once(':')?;
        Some((name.to_owned(), Field { shape: self.shape(kind), block: false }))
    }

    fn shape(&self, kind: &str) -> Shape {
        let inside = |open: &str| kind.strip_prefix(open).and_then(|rest| rest.strip_suffix(')'));
        if let Some(inner) = inside("l(") {
            Shape::List(Box::new(self.shape(inner)))
        } else if let Some(inner) = inside("S(") {
            Shape::Set(Box::new(self.shape(inner)))
        } else if let Some(inner) = inside("m(") {
            Shape::Map(Box::new(self.shape(inner)))
        } else if kind.starts_with('=') {
            Shape::Object(self.body(kind))
        } else if let Some(fields) = kind.strip_prefix("o{").and_then(|rest| rest.strip_suffix('}')) {
            Shape::Object(Arc::new(self.object(fields)))
        } else if matches!(kind, "s" | "n" | "b") {
            Shape::Scalar
        } else {
            Shape::Any
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_maps_and_blocks_are_told_apart() {
        let schema = Schema::read().expect("the extract is there");
        let group = schema.body("aws_security_group");
        let ingress = group.get("ingress").expect("it has ingress");
        let Shape::Set(object) = &ingress.shape else { panic!("{ingress:?}") };
        assert!(matches!(&**object, Shape::Object(body) if body.contains_key("cidr_blocks")));
        assert!(matches!(group.get("tags").map(|field| &field.shape), Some(Shape::Map(_))));
        let lifecycle = schema.body("aws_s3_bucket_lifecycle_configuration");
        assert!(lifecycle.get("rule").is_some_and(|field| field.block));
        let acl = schema.body("aws_network_acl");
        let Some(Shape::Set(object)) = acl.get("ingress").map(|field| &field.shape) else {
            panic!("{acl:?}")
        };
        assert!(matches!(&**object, Shape::Object(body) if body.contains_key("rule_no") && body.len() > 5));
        assert!(schema.body("aws_nothing").is_empty());
    }
}
