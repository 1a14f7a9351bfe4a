//! Problems of templates that are made up.

use source::Problem;
use value::declared::Declared;

/// Codes of problems that are about the schemas of resource types. Tables of tests use made-up properties.
const OF_SCHEMAS: [&str; 4] = [
    "cloudformation-unknown-property",
    "cloudformation-missing-property",
    "cloudformation-wrong-shape",
    "cloudformation-unknown-attribute",
];

/// The problems that are not about the schemas of resource types.
pub(crate) fn problems(declared: &Declared) -> impl Iterator<Item = &Problem> {
    declared.problems.iter().filter(|problem| !OF_SCHEMAS.contains(&problem.code))
}
