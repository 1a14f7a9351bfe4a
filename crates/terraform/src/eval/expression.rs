//! Values of expressions.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{Condition, How, Item, Kind, List, MapEntry, Origin, Presence, Value};

use super::condition::choose;
use super::conversion::{Type, to_primitive};
use super::view::{MapBuilder, inherit, view};
use super::{Evaluator, Scope, text, unknown};
use crate::ast::{Conditional, Expr, ExprKind, Step};

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
        Value::new(Kind::List(Arc::new(List::new(values, None))), Origin::literal(expr.place))
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
                None => map.open(unknown_keys(&key_value), true),
            }
        }
        map.finish(Origin::literal(expr.place))
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
            Kind::Map(_) | Kind::String(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Template(_) => true,
            Kind::Reference(reference) => reference.attribute.is_empty(),
            Kind::Alternatives(_) => {
                return super::condition::over(source, &origin, |choice| {
                    self.splat(choice, steps, place, scope)
                });
            }
            Kind::List(_) | Kind::Unknown(_) => false,
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
        let list = Value::new(Kind::List(Arc::new(List::new(items, open))), origin);
        inherit(list, &source)
    }

    fn eval_conditional(&mut self, inner: &Conditional, expr: &Expr, scope: &Scope<'_>) -> Value {
        let condition = self.eval(&inner.condition, scope);
        let condition = self.force(condition);
        if condition.is_absent() || matches!(condition.kind, Kind::Null) {
            return Value::absent();
        }
        let sensitive = condition.sensitive;
        let condition = self.condition(&condition, &inner.condition, scope);
        let value = match condition {
            Condition::Always => unified(self.eval(&inner.then, scope), &inner.otherwise),
            Condition::Never => unified(self.eval(&inner.otherwise, scope), &inner.then),
            undecided => {
                let then = self.eval(&inner.then, scope);
                let otherwise = unified(self.eval(&inner.otherwise, scope), &inner.then);
                let then = unified(then, &inner.otherwise);
                let origin = Origin { how: How::Computed, ..Origin::computed(expr.place) };
                choose(vec![(undecided.clone(), then), (undecided.not(), otherwise)], origin)
            }
        };
        value.with_sensitivity(sensitive)
    }
}

/// The value of one branch of a conditional, as the type that both branches have in common: a number or a boolean
/// beside a string is a string.
fn unified(value: Value, other: &Expr) -> Value {
    let beside_text = matches!(other.kind, ExprKind::String(_) | ExprKind::Template(_));
    match (&value.kind, beside_text) {
        (Kind::Number(_) | Kind::Bool(_), true) => to_primitive(value, &Type::String),
        _ => value,
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
