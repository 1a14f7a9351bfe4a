//! Values of expressions.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{Condition, How, Item, Kind, List, ListShape, MapEntry, Origin, Presence, Type, Value};

use super::condition::choose;
use super::view::{MapBuilder, inherit, view};
use super::{Evaluator, Scope, text, unknown};
use crate::ast::{Conditional, Expr, ExprKind, Step};
use crate::functions::convert::{convert, unify};

impl Evaluator<'_> {
    /// The value of an expression; absent where Terraform would refuse it.
    pub(crate) fn eval(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let literal = |kind| Value::new(kind, Origin::literal(expr.place));
        match &expr.kind {
            ExprKind::Null => literal(Kind::Null),
            ExprKind::Bool(known) => literal(Kind::Bool(*known)),
            ExprKind::Number(number) => literal(Kind::Number(number.clone())),
            ExprKind::String(text) => literal(Kind::String(text.clone())),
            ExprKind::Broken => unknown("its syntax is at fault", expr.place),
            _ => self.deeper(expr.place, |this| this.eval_compound(expr, scope)),
        }
    }

    fn eval_compound(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        match &expr.kind {
            ExprKind::List(items) => self.eval_list(items, expr, scope),
            ExprKind::Object(entries) => self.eval_object(entries, expr, scope),
            ExprKind::Template(pieces) => self.eval_template(pieces, expr.place, scope),
            ExprKind::Name(_) => self.eval_path(expr, &[], expr.place, scope),
            ExprKind::Path(base, steps) => self.eval_path(base, steps, expr.place, scope),
            ExprKind::Splat(base, steps) => self.eval_splat(base, steps, expr, scope),
            ExprKind::Conditional(inner) => self.eval_conditional(inner, expr, scope),
            ExprKind::Call(call) => self.eval_call(call, expr, scope),
            ExprKind::Unary(operator, operand) => {
                let value = self.eval(operand, scope);
                self.unary(*operator, value, operand, expr.place, scope)
            }
            ExprKind::Binary(operator, operands) => self.eval_binary(*operator, operands, expr.place, scope),
            ExprKind::For(inner) => self.eval_for(inner, expr, scope),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Broken => Value::absent(),
        }
    }

    fn eval_list(&mut self, items: &[Expr], expr: &Expr, scope: &Scope<'_>) -> Value {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = self.eval(item, scope);
            if value.is_absent() {
                return value;
            }
            values.push(Item::certain(value));
        }
        let list = Value::new(Kind::List(Arc::new(List::new(values, None))), Origin::literal(expr.place));
        self.bounded(list, expr.place)
    }

    fn eval_object(&mut self, entries: &[(Expr, Expr)], expr: &Expr, scope: &Scope<'_>) -> Value {
        let mut map = MapBuilder::default();
        for (key, value) in entries {
            let key_value = self.eval(key, scope);
            let key_value = self.force(key_value);
            let value = self.eval(value, scope);
            if value.is_absent() || key_value.is_absent() {
                return Value::absent();
            }
            match text::primitive(&key_value) {
                Some(name) => map.put(MapEntry { place: Some(key.place), ..MapEntry::certain(name, value) }),
                None if is_no_key(&key_value) => return Value::absent(),
                None => map.open(unknown_keys(&key_value), true),
            }
        }
        self.bounded(map.finish(Origin::literal(expr.place)), expr.place)
    }

    /// The steps of a path, after its base.
    pub(crate) fn eval_steps(
        &mut self,
        base: Value,
        steps: &[Step],
        expr: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let mut value = base;
        for step in steps {
            value = match step {
                Step::Attribute(name) => self.attribute(&value, name, expr),
                Step::Index(key) => {
                    let key = self.eval(key, scope);
                    self.index(&value, &key, expr)
                }
                Step::Splat(steps) => self.splat(&value, steps, expr, scope),
            };
            if value.is_absent() {
                return value;
            }
        }
        value
    }

    fn eval_splat(&mut self, base: &Expr, steps: &[Step], expr: &Expr, scope: &Scope<'_>) -> Value {
        let source = self.eval(base, scope);
        self.splat(&source, steps, expr.place, scope)
    }

    fn splat(&mut self, source: &Value, steps: &[Step], place: Place, scope: &Scope<'_>) -> Value {
        let origin = Origin::computed(place);
        let single = match &source.kind {
            Kind::Absent => return Value::absent(),
            Kind::Null => return Value::list([], origin),
            Kind::List(_) => text::document(source).is_some(),
            Kind::Map(_) | Kind::String(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Template(_) => true,
            Kind::Reference(reference) => reference.attribute.is_empty(),
            Kind::Alternatives(_) => {
                return super::condition::over(source, &origin, |choice| {
                    self.splat(choice, steps, place, scope)
                });
            }
            Kind::Unknown(_) => false,
        };
        if single {
            let value = self.eval_steps(source.clone(), steps, place, scope);
            return if value.is_absent() { value } else { Value::list([value], origin) };
        }
        let source = self.force(source.clone());
        let Some(view) = view(&source) else { return Value::absent() };
        let open = view.open.clone();
        let mut items = Vec::with_capacity(view.entries.len());
        for entry in view.entries {
            if !self.pay(1) {
                return self.limit_hit(place);
            }
            let value = self.eval_steps(entry.value, steps, place, scope);
            if value.is_absent() {
                return value;
            }
            items.push(Item { value, presence: entry.presence });
        }
        let shape = match source.as_list().map(|list| &list.shape) {
            Some(ListShape::List(element) | ListShape::Set(element)) => {
                ListShape::List(selected(element, steps))
            }
            _ => ListShape::Tuple,
        };
        let list = Value::new(Kind::List(Arc::new(List::new(items, open).shaped(shape))), origin);
        let list = self.bounded(list, place);
        inherit(list, &source)
    }

    fn eval_conditional(&mut self, inner: &Conditional, expr: &Expr, scope: &Scope<'_>) -> Value {
        let condition = self.eval(&inner.condition, scope);
        let Some(condition) = self.boolean(condition) else { return Value::absent() };
        // Both are looked at: the result has the type that they have in common, and is as secret as either.
        let then = self.eval(&inner.then, scope);
        let otherwise = self.eval(&inner.otherwise, scope);
        if !self.pay((extent(&then) + extent(&otherwise)) / 8) {
            return self.limit_hit(expr.place);
        }
        let sensitive = condition.sensitive || then.sensitive || otherwise.sensitive;
        let Some((then, otherwise)) = of_one_type(then, otherwise) else { return Value::absent() };
        let value = match self.condition(&condition, &inner.condition, scope) {
            Condition::Always => then,
            Condition::Never => otherwise,
            undecided => {
                let origin = Origin { how: How::Computed, ..Origin::computed(expr.place) };
                choose(vec![(undecided.clone(), then), (undecided.not(), otherwise)], origin)
            }
        };
        value.with_sensitivity(sensitive)
    }

    /// A value where a boolean is wanted, looked through; none where Terraform refuses it.
    pub(super) fn boolean(&mut self, value: Value) -> Option<Value> {
        let value = self.force(value);
        let value = match value.kind {
            Kind::Bool(_) => return Some(value),
            Kind::Null => return None,
            Kind::Unknown(ref unknown) if !matches!(unknown.ty, Type::Any | Type::Bool | Type::String) => {
                return None;
            }
            _ => convert(value, &Type::Bool),
        };
        (!value.is_absent()).then_some(value)
    }
}

/// The type of what steps lead to from values of a type; `Any` if it cannot be told.
fn selected(ty: &Type, steps: &[Step]) -> Type {
    let mut ty = ty.clone();
    for step in steps {
        ty = match step {
            Step::Attribute(name) => ty.select(name),
            Step::Index(key) => match &key.kind {
                ExprKind::String(name) => ty.select(name),
                ExprKind::Number(at) => ty.select(&at.to_string()),
                _ if matches!(ty, Type::List(_) | Type::Map(_)) => ty.select(""),
                _ => Type::Any,
            },
            Step::Splat(rest) => match &ty {
                Type::List(inner) | Type::Set(inner) => return Type::list(selected(inner, rest)),
                _ => Type::Any,
            },
        };
    }
    ty
}

/// Both branches of a conditional as the type that they have in common; none if they have none. A branch that is
/// null, or that Terraform would refuse, says nothing.
fn of_one_type(then: Value, otherwise: Value) -> Option<(Value, Value)> {
    let untyped = |value: &Value| matches!(value.kind, Kind::Null | Kind::Absent);
    let alike = matches!(
        (&then.kind, &otherwise.kind),
        (Kind::Bool(_), Kind::Bool(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::String(_) | Kind::Template(_), Kind::String(_) | Kind::Template(_))
    );
    if alike || untyped(&then) || untyped(&otherwise) {
        return Some((then, otherwise));
    }
    let types = [then.ty(), otherwise.ty()];
    let [a, b] = &types;
    if a == b || *a == Type::Any || *b == Type::Any {
        return Some((then, otherwise));
    }
    let ty = unify(&types)?;
    Some((convert(then, &ty), convert(otherwise, &ty)))
}

/// How many elements a value has at all depths: what a walk over it costs.
pub(super) fn extent(value: &Value) -> usize {
    match &value.kind {
        Kind::List(list) => list.items.iter().map(|item| 1 + extent(&item.value)).sum(),
        Kind::Map(map) => map.entries.iter().map(|entry| 1 + extent(&entry.value)).sum(),
        _ => 0,
    }
}

/// Whether a known value cannot be a key.
pub(crate) fn is_no_key(key: &Value) -> bool {
    match &key.kind {
        Kind::Null | Kind::Absent => true,
        Kind::List(_) | Kind::Map(_) => text::document(key).is_none(),
        _ => false,
    }
}

/// Why a map may have keys that are not known.
pub(crate) fn unknown_keys(key: &Value) -> Arc<value::Unknown> {
    let reason = super::identity::reason(key).unwrap_or_else(|| SmolStr::new_static("a key is not known"));
    Arc::new(value::Unknown { may_be_absent: true, ..value::Unknown::fresh(reason) })
}

/// Presence of something found under two presences.
pub(crate) fn both(a: &Presence, condition: Condition) -> Presence {
    let when = super::condition::simplified(a.when.clone().and(condition));
    Presence { when, many: a.many }
}
