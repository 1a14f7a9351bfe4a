//! The properties of a resource against the shapes of its type.

use schemas::{Object, Property, ResourceType, Shape};
use smallvec::SmallVec;
use source::Span;
use source::document::{Entry, Node, NodeKind, Scalar};

use super::{Check, body_of_loop, is_rewritten, is_serverless, names};
use crate::intrinsic::Call;
use crate::scalar;

/// What is being looked at: the type, and the way to the value.
struct At<'a> {
    type_name: &'static str,
    /// Where it is, from the resource on; none for the properties as a whole.
    path: Option<&'a Path<'a>>,
}

/// A property with the way to it.
struct Path<'a> {
    name: &'a str,
    of: Option<&'a Path<'a>>,
}

impl At<'_> {
    /// `AWS::S3::Bucket`, `BucketEncryption of AWS::S3::Bucket`.
    fn shown(&self) -> String {
        match self.path() {
            Some(path) => format!("{path} of {}", self.type_name),
            None => self.type_name.to_owned(),
        }
    }

    fn path(&self) -> Option<String> {
        let mut steps: Vec<&str> =
            std::iter::successors(self.path, |path| path.of).map(|path| path.name).collect();
        steps.reverse();
        (!steps.is_empty()).then(|| steps.join("."))
    }
}

impl Check<'_> {
    /// The properties of the resource in `entry`.
    pub(super) fn properties(&mut self, known: ResourceType, entry: &Entry) {
        let at = At { type_name: known.name(), path: None };
        match entry.value.entry("Properties") {
            Some(written) => self.object(&written.value, written.key_span, &[known.properties()], &[], &at),
            None => self.required(known.properties(), &[], entry.key_span, &at),
        }
    }

    /// A value that is one of several shapes; `span` is its key.
    fn value(&mut self, node: &Node, span: Span, shapes: &[Shape], at: &At<'_>) {
        if shapes.iter().any(|shape| shape.is_anything()) {
            return;
        }
        if let Some(call) = Call::of(node) {
            if let ("If", [_, yes, no]) = (call.name, call.items()) {
                self.value(yes, span, shapes, at);
                self.value(no, span, shapes, at);
            }
            return;
        }
        // A tag that says no function is a directive of another tool, which replaces the value.
        if node.tag.as_deref().is_some_and(|tag| !tag.starts_with('!')) {
            return;
        }
        let objects = distinct(shapes.iter().flat_map(|shape| shape.objects()));
        let values = distinct(shapes.iter().flat_map(|shape| shape.values()));
        let items = distinct(shapes.iter().flat_map(|shape| shape.items()));
        let is_free = shapes.iter().any(|shape| shape.is_free());
        let takes_scalar =
            shapes.iter().any(|shape| shape.takes_string() || shape.takes_number() || shape.takes_bool());
        let wanted = if takes_scalar {
            "one text, number or boolean"
        } else if !items.is_empty() {
            "a list"
        } else {
            "an object"
        };
        match &node.kind {
            NodeKind::Mapping(_) if !objects.is_empty() || !values.is_empty() => {
                if !is_free {
                    self.object(node, span, &objects, &values, at);
                }
            }
            NodeKind::Mapping(_) if !is_free => self.wrong_shape(span, "an object", wanted, at),
            NodeKind::Sequence(nodes) if !items.is_empty() => {
                nodes.iter().for_each(|node| self.value(node, span, &items, at));
            }
            NodeKind::Sequence(_) => self.wrong_shape(span, "a list", wanted, at),
            NodeKind::Scalar(scalar) if !takes_scalar && is_plain(scalar) => {
                self.wrong_shape(span, "one value", wanted, at);
            }
            NodeKind::Mapping(_) | NodeKind::Scalar(_) => {}
        }
    }

    fn wrong_shape(&mut self, span: Span, found: &str, wanted: &str, at: &At<'_>) {
        if is_serverless(at.type_name) {
            return;
        }
        let message = format!("{} takes {wanted}, not {found}", at.shown());
        let help = "write it in the form that the property takes";
        self.say("cloudformation-wrong-shape", span, message, help);
    }

    /// A mapping that is one of several objects, or a map whose values are of one of several shapes.
    fn object(&mut self, node: &Node, span: Span, objects: &[Object], values: &[Shape], at: &At<'_>) {
        if let Some(call) = Call::of(node) {
            if let ("If", [_, yes, no]) = (call.name, call.items()) {
                self.object(yes, span, objects, values, at);
                self.object(no, span, objects, values, at);
            }
            return;
        }
        let entries = node.entries();
        if is_rewritten(entries) {
            return;
        }
        self.entries(entries, objects, values, at);
        let is_open = entries.iter().any(|entry| entry.key.starts_with("Fn::") || entry.key == "<<");
        if let ([object], [], false, NodeKind::Mapping(_)) = (objects, values, is_open, &node.kind) {
            self.required(*object, entries, span, at);
        }
    }

    fn entries(&mut self, entries: &[Entry], objects: &[Object], values: &[Shape], at: &At<'_>) {
        for entry in entries {
            if let Some(body) = body_of_loop(entry) {
                self.entries(body.entries(), objects, values, at);
                continue;
            }
            // Names that a loop makes, merge keys and included parts are for those who evaluate them.
            if entry.key.contains("${") || entry.key.starts_with("Fn::") || entry.key == "<<" {
                continue;
            }
            let known: Few<Property> =
                objects.iter().filter_map(|object| object.property(&entry.key)).collect();
            if known.is_empty() && values.is_empty() {
                self.unknown(entry, objects, at);
                continue;
            }
            let only_read = !known.is_empty() && known.iter().all(|property| property.is_read_only());
            if only_read && !is_serverless(at.type_name) && !is_settable(at.type_name, &entry.key) {
                self.read_only(entry, at);
                continue;
            }
            let shapes = match known.is_empty() {
                true => values.iter().copied().collect(),
                false => distinct(known.iter().map(|property| property.shape())),
            };
            let path = Path { name: &entry.key, of: at.path };
            let at = At { type_name: at.type_name, path: Some(&path) };
            self.value(&entry.value, entry.key_span, &shapes, &at);
        }
    }

    fn unknown(&mut self, entry: &Entry, objects: &[Object], at: &At<'_>) {
        let message = format!("{} has no property {}", at.shown(), entry.key);
        let mut known: Vec<&str> = objects
            .iter()
            .flat_map(|object| object.properties())
            .filter(|one| !one.is_read_only())
            .map(Property::name)
            .collect();
        known.sort_unstable();
        known.dedup();
        if is_serverless(at.type_name)
            && at.path.is_some()
            && names::meant(&entry.key, known.iter().copied()).is_none()
        {
            return;
        }
        let help = names::suggest(&entry.key, known);
        self.say("cloudformation-unknown-property", entry.key_span, message, help);
    }

    fn read_only(&mut self, entry: &Entry, at: &At<'_>) {
        let message = format!("{} of {} is read-only", entry.key, at.shown());
        let help = "leave it out: the service sets it, and Fn::GetAtt reads it";
        self.say("cloudformation-read-only-property", entry.key_span, message, help);
    }

    /// What an object lacks. What stands there under a misspelt name has been told of already.
    fn required(&mut self, object: Object, entries: &[Entry], span: Span, at: &At<'_>) {
        if is_serverless(at.type_name) {
            return;
        }
        let stands_for = |entry: &Entry, name: &str| {
            object.property(&entry.key).is_none() && names::meant(&entry.key, [name]).is_some()
        };
        let is_missing = |property: &Property| {
            property.is_required()
                && !entries.iter().any(|entry| entry.key == property.name())
                && !entries.iter().any(|entry| stands_for(entry, property.name()))
        };
        for property in object.properties().filter(is_missing) {
            let message = format!("{} has no {}, which is required", at.shown(), property.name());
            self.say("cloudformation-missing-property", span, message, "add it");
        }
    }
}

/// Whether a property is set by templates although the schemas call it read-only: documented as a property, and set by
/// what SAM makes of a GraphQL API.
fn is_settable(type_name: &str, property: &str) -> bool {
    (type_name, property) == ("AWS::AppSync::ApiKey", "ApiKeyId")
}

/// Whether a scalar says a value of its own: null says none, and a dynamic reference stands for something else.
fn is_plain(found: &Scalar) -> bool {
    !matches!(scalar::kind(found), value::Kind::Null) && !found.text.contains("{{resolve:")
}

/// Almost every property has one shape, and what may stand in it is one thing.
type Few<T> = SmallVec<[T; 4]>;

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Few<T> {
    let mut found: Few<T> = SmallVec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}
