//! What stands behind references: an attribute that is written as another resource's argument (`aws_rds_cluster.a.engine`)
//! has that argument's value. Invariant: only scalars that the source tells take a reference's place; references that
//! models type as such are left alone.

use language::ir::Type;
use smol_str::SmolStr;
use value::declared::Mode;
use value::{Condition, Item, Kind, Origin, Reference, Value};

use super::Reader;
use crate::choices::{is_nothing, list, map};
use crate::keys::Instances;

/// Longest chain of references that is followed.
const LONGEST: usize = 8;

impl Reader<'_, '_> {
    /// A value as read, known scalars in the place of references to them, if it is to be of a scalar type or a list of one.
    pub(super) fn behind(&self, value: Value, ty: Type) -> Value {
        match ty {
            Type::Bool | Type::Number | Type::String | Type::Enum(_) | Type::Cidr => {
                self.scalar(value, LONGEST)
            }
            Type::List(Type::Bool | Type::Number | Type::String | Type::Enum(_) | Type::Cidr) => {
                self.scalars(value)
            }
            _ => value,
        }
    }

    fn scalars(&self, value: Value) -> Value {
        match &value.kind {
            Kind::List(elements) if elements.items.iter().any(|item| may_refer(&item.value)) => {
                let item =
                    |item: &Item| Item { value: self.scalar(item.value.clone(), LONGEST), ..item.clone() };
                let items = elements.items.iter().map(item).collect();
                let known = elements.with(items);
                list(known, value.origin.clone()).with_sensitivity(value.sensitive)
            }
            Kind::Alternatives(_) => map(&value, &mut |choice| self.scalars(choice.clone())),
            Kind::Reference(_) => self.scalar(value, LONGEST),
            _ => value,
        }
    }

    fn scalar(&self, value: Value, left: usize) -> Value {
        if left == 0 || !may_refer(&value) {
            return value;
        }
        map(&value, &mut |choice| {
            let Kind::Reference(reference) = &choice.kind else { return choice.clone() };
            let Some((written, there)) = self.written(reference) else { return choice.clone() };
            let known = map(&self.scalar(written, left - 1), &mut |written| match written.kind {
                Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => Value {
                    origin: Origin { how: value::How::Computed, ..choice.origin.clone() },
                    sensitive: choice.sensitive || written.sensitive,
                    ..written.clone()
                },
                _ => choice.clone(),
            });
            match there {
                Condition::Always => known,
                there => Value::alternatives(
                    [(there.clone(), known), (there.not(), choice.clone())],
                    choice.origin.clone(),
                )
                .with_sensitivity(choice.sensitive),
            }
        })
    }

    /// The argument that an attribute of one managed resource is written as, and where that resource is there.
    fn written(&self, reference: &Reference) -> Option<(Value, Condition)> {
        let Instances::One(index) = self.keys.find(reference) else { return None };
        if reference.many || reference.attribute.is_empty() {
            return None;
        }
        let resource = self
            .declared
            .resources
            .get(index as usize)
            .filter(|found| found.mode == Mode::Managed && !found.presence.many)?;
        let steps = reference.attribute.split('.').map(SmolStr::from);
        let written = steps.fold(resource.attributes.clone(), |value, step| value.get(&step));
        (!is_nothing(&written)).then(|| (written, resource.presence.when.clone()))
    }
}

fn may_refer(value: &Value) -> bool {
    match &value.kind {
        Kind::Reference(_) => true,
        Kind::Alternatives(alternatives) => alternatives.choices.iter().any(|(_, choice)| may_refer(choice)),
        _ => false,
    }
}
