//! Prints a catalogue as Rust source, so that the build script of `crates/catalogue` can make it a constant of the
//! program. Each kind and rule is a constant of its own: small bodies compile in linear time.

use std::fmt::Write as _;

use crate::ir::{
    Arithmetic, AttrId, Attribute, AttributeSource, Body, Catalogue, Default, Deprecated, Example, Field,
    Filter, Fix, Framework, Grading, How, Kind, KindId, Language, Literal, Macro, Matching, Node, Op, Param,
    Pillar, Program, Record, Rule, Scope, Section, Severity, Spelling, Step, Table, TemplatePart, TextTest,
    Trait, Type, Within,
};

/// The catalogue as Rust source: constants and `pub static CATALOGUE: Catalogue`. The file that includes it brings
/// everything of [`crate::ir`] into scope with a glob import.
#[must_use]
pub fn emit(catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let kinds = constants(&mut out, "KIND", "Kind", catalogue.kinds);
    let rules = constants(&mut out, "RULE", "Rule", catalogue.rules);
    let tables = constants(&mut out, "TABLE", "Table", catalogue.tables);
    let frameworks = constants(&mut out, "FRAMEWORK", "Framework", catalogue.frameworks);
    let mut traits = String::new();
    catalogue.traits.emit(&mut traits);
    let _ = write!(
        out,
        "/// The built-in catalogue.\npub static CATALOGUE: Catalogue = Catalogue {{ kinds: &[{kinds}], traits: &{traits}, \
         rules: &[{rules}], tables: &[{tables}], frameworks: &[{frameworks}] }};\n"
    );
    out
}

/// One constant for each item; what is returned lists their names.
fn constants<T: Emit>(out: &mut String, prefix: &str, ty: &str, items: &[T]) -> String {
    let mut names = String::new();
    for (at, item) in items.iter().enumerate() {
        let _ = write!(out, "const {prefix}_{at}: {ty} = ");
        item.emit(out);
        out.push_str(";\n");
        let _ = write!(names, "{prefix}_{at},");
    }
    names
}

trait Emit {
    fn emit(&self, out: &mut String);

    /// A reference to it; a text is one by itself.
    fn emit_reference(&self, out: &mut String) {
        out.push('&');
        self.emit(out);
    }
}

impl Emit for str {
    fn emit(&self, out: &mut String) {
        let _ = write!(out, "{self:?}");
    }

    fn emit_reference(&self, out: &mut String) {
        self.emit(out);
    }
}

impl<T: Emit + ?Sized> Emit for &T {
    fn emit(&self, out: &mut String) {
        (**self).emit_reference(out);
    }
}

impl<T: Emit> Emit for [T] {
    fn emit(&self, out: &mut String) {
        out.push('[');
        for item in self {
            item.emit(out);
            out.push(',');
        }
        out.push(']');
    }
}

impl<T: Emit> Emit for Option<T> {
    fn emit(&self, out: &mut String) {
        match self {
            Some(value) => {
                out.push_str("Some(");
                value.emit(out);
                out.push(')');
            }
            None => out.push_str("None"),
        }
    }
}

impl<A: Emit, B: Emit> Emit for (A, B) {
    fn emit(&self, out: &mut String) {
        out.push('(');
        self.0.emit(out);
        out.push(',');
        self.1.emit(out);
        out.push(')');
    }
}

macro_rules! emit_plain {
    ($($ty:ty),*) => {$(
        impl Emit for $ty {
            fn emit(&self, out: &mut String) {
                let _ = write!(out, "{self:?}");
            }
        }
    )*};
}

macro_rules! emit_struct {
    ($($ty:ident { $($field:ident),* })*) => {$(
        impl Emit for $ty {
            fn emit(&self, out: &mut String) {
                let Self { $($field),* } = self;
                out.push_str(concat!(stringify!($ty), "{"));
                $(
                    out.push_str(concat!(stringify!($field), ":"));
                    $field.emit(out);
                    out.push(',');
                )*
                out.push('}');
            }
        }
    )*};
}

/// Variants without fields are written `Name()` here, so that one pattern serves all.
macro_rules! emit_enum {
    ($($ty:ident { $($variant:ident $fields:tt),* $(,)? })*) => {$(
        impl Emit for $ty {
            fn emit(&self, out: &mut String) {
                match self {
                    $(emit_enum!(@pattern $ty $variant $fields) => {
                        out.push_str(concat!(stringify!($ty), "::", stringify!($variant)));
                        emit_enum!(@body out $fields);
                    })*
                }
            }
        }
    )*};
    (@pattern $ty:ident $variant:ident ()) => { $ty::$variant };
    (@pattern $ty:ident $variant:ident ($($field:ident),+)) => { $ty::$variant($($field),+) };
    (@pattern $ty:ident $variant:ident {$($field:ident),+}) => { $ty::$variant { $($field),+ } };
    (@body $out:ident ()) => {};
    (@body $out:ident ($($field:ident),+)) => {
        $out.push('(');
        $($field.emit($out); $out.push(',');)+
        $out.push(')');
    };
    (@body $out:ident {$($field:ident),+}) => {
        $out.push('{');
        $($out.push_str(concat!(stringify!($field), ":")); $field.emit($out); $out.push(',');)+
        $out.push('}');
    };
}

emit_plain!(bool, u16, u32, KindId, AttrId);

emit_struct! {
    Kind { name, traits, service, identity_name, identity_arn, reference, attributes, records, spellings }
    Trait { name, attributes, kinds }
    Attribute { name, ty, source, required, fold, empty_is_absent, secret, otherwise, default }
    Record { name, key, fields }
    Field { name, ty, default, secret }
    Spelling { language, types, joins, within, filter, under, defaults, preferred, reads }
    Table { name, dated, source, matching, columns, rows }
    Framework { name, title, source, sections }
    Section { id, title, requirement, group }
    Rule {
        id, title, message, help, why, pillar, severity, scope, subjects, when, body, points_at, params, controls, peers, fix,
        variable_passes, aliases, languages, covers, since, deprecated, file, examples
    }
    Grading { cases, otherwise }
    Deprecated { since, instead }
    Param { name, ty, default, min }
    Example { passes, language, text, line }
    Program { nodes, text }
    Node { op, span }
}

emit_enum! {
    Language { Terraform(), CloudFormation() }
    TemplatePart { Text(text), Attribute(attribute), Place(place) }
    AttributeSource { Spelled(), Incoming(pointers), Fact(name), ReferenceFact(name) }
    Type {
        Bool(), Number(), String(), Enum(values), Cidr(), Policy(), Ref(kinds), List(inner), Map(inner), Record(name), Any(),
    }
    Within { Stack(), Account() }
    Filter { Equals(path, literal), Differs(path, literal), Present(path), Absent(path) }
    Step { Name(name), Index(index), Entry(key, text) }
    Default { Literal(literal), Unknown(reason), Cases(cases) }
    Literal { Null(), Bool(value), Number(text), String(text), List(items) }
    How {
        Path(path), Rename(path, pairs), OneOf(choices), SetOf(members), Present(path), Const(literal), Any(hows),
        First(hows), SelfIf(path), Pairs { path, key, value }, Concat(hows), Each { path, through, fields },
        Follow { path, how }, Json { path, how },
    }
    Matching { Exact(), LongestPrefix(), Glob() }
    Pillar {
        Security(), Reliability(), OperationalExcellence(), PerformanceEfficiency(), CostOptimization(), Sustainability(),
    }
    Severity { Info(), Low(), Medium(), High(), Critical() }
    Scope { Kinds(kinds), AnyResource(), Things(mode), Account(), Region() }
    Body { Check(program), Each(list, program), None(list) }
    Fix { None(), Set { set, safe }, Snippet(snippets) }
    Arithmetic { Add(), Subtract(), Multiply() }
    Macro { Exists(), All(), Filter(), Map() }
    TextTest { StartsWith(), EndsWith(), Contains(), AtLeast() }
    Op {
        Literal(literal), List(items), Subject(), It(), Variable(at), Select(operand, name), Follow(operand, kinds),
        ReferenceFact(operand, name), Statements(operand), Index(operand, index), Param(name), Raw(operand), And(operands),
        Or(operands), Not(operand), Equal(left, right), NotEqual(left, right), Less(left, right), LessOrEqual(left, right),
        In(item, range), Arithmetic(op, left, right), Conditional(condition, then, otherwise), Has(operand), Size(operand),
        Macro(kind, range, body), Text(test, operand, argument), Matches(operand, pattern), Lower(operand),
        Lookup(table, keys), Nodes(kinds), Method(name, receiver, arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &impl Emit, expect: &str) {
        let mut out = String::new();
        value.emit(&mut out);
        assert_eq!(out, expect);
    }

    #[test]
    fn values_are_printed_as_rust() {
        check(&Type::List(&Type::Ref(&["a", "b"])), r#"Type::List(&Type::Ref(&["a","b",],),)"#);
        check(&Some(Literal::String("\"é\n")), r#"Some(Literal::String("\"é\n",))"#);
        check(
            &How::Pairs { path: &[Step::Name("t")], key: "k", value: "v" },
            r#"How::Pairs{path:&[Step::Name("t",),],key:"k",value:"v",}"#,
        );
        check(&Node { op: Op::Not(3), span: (1, 2) }, "Node{op:Op::Not(3,),span:(1,2),}");
    }
}
