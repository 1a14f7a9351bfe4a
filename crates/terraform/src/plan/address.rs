//! Addresses and references as plans write them, taken apart.

use smol_str::SmolStr;

/// Most references of one expression that are compared.
const MOST_REFERENCES: usize = 256;

/// A module call of an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name.
    pub(super) name: String,
    /// The instance key with its brackets, or empty.
    pub(super) instance: String,
}

/// The length of the instance key at the beginning of a text, brackets included; 0 if there is none.
pub(super) fn bracket(text: &str) -> usize {
    let quoted = text.starts_with("[\"");
    let mut escaped = false;
    let mut closing = false;
    for (at, char) in text.char_indices() {
        match char {
            '[' if at == 0 => {}
            _ if at == 0 => return 0,
            ']' if !quoted || closing => return at + 1,
            '\\' if quoted && !escaped => {
                (escaped, closing) = (true, false);
                continue;
            }
            _ => closing = char == '"' && !escaped && at > 1,
        }
        escaped = false;
    }
    text.len()
}

/// An address inside a module.
pub(super) fn inside(module: &str, address: &str) -> String {
    if module.is_empty() { address.to_owned() } else { format!("{module}.{address}") }
}

/// The module calls of `module.a["x"].module.b`.
pub(super) fn steps(address: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let (name, tail) = after.split_at(after.find(['.', '[']).unwrap_or(after.len()));
        let (instance, tail) = tail.split_at(bracket(tail));
        steps.push(Step { name: name.to_owned(), instance: instance.to_owned() });
        rest = tail.strip_prefix('.').unwrap_or(tail);
    }
    steps
}

/// The module that the call of a module stands in, and the instance key of the call.
pub(super) fn parent(module: &str) -> Option<(String, String)> {
    let steps = steps(module);
    let (last, before) = steps.split_last()?;
    let shown: Vec<String> =
        before.iter().map(|step| format!("module.{}{}", step.name, step.instance)).collect();
    Some((shown.join("."), last.instance.clone()))
}

/// `net["a"].vpc_id.x` as call, instance key, output, and what is selected of it (`.x`).
pub(super) fn module_output(rest: &str) -> Option<(&str, &str, &str, &str)> {
    let (call, rest) = rest.split_at(rest.find(['.', '['])?);
    let (instance, rest) = rest.split_at(bracket(rest));
    let rest = rest.strip_prefix('.')?;
    let (output, selected) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
    Some((call, instance, output, selected))
}

/// `aws_kms_key.x["a"].arn` as address and attribute.
pub(super) fn split(reference: &str) -> Option<(String, String)> {
    let (mode, own) = match reference.strip_prefix("data.") {
        Some(own) => ("data.", own),
        None => ("", reference),
    };
    let (type_name, rest) = own.split_once('.')?;
    let (name, rest) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
    let (instance, rest) = rest.split_at(bracket(rest));
    let attribute = rest.strip_prefix('.').unwrap_or(rest);
    Some((format!("{mode}{type_name}.{name}{instance}"), attribute.to_owned()))
}

/// The one most specific reference; `each.key`, `each.value` and `count.index` beside another choose its instance.
pub(super) fn single(names: &[SmolStr]) -> Option<SmolStr> {
    if names.len() > MOST_REFERENCES {
        return None;
    }
    let chooses = |name: &SmolStr| name.starts_with("each.") || name.starts_with("count.");
    let specific = |wanted: bool| {
        let of_kind: Vec<&SmolStr> = names.iter().filter(|name| chooses(name) == wanted).collect();
        let covered = |name: &SmolStr| {
            of_kind.iter().any(|longer| {
                longer.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        };
        let mut found: Vec<&SmolStr> = of_kind.iter().copied().filter(|name| !covered(name)).collect();
        found.dedup();
        found.into_iter().cloned().collect::<Vec<_>>()
    };
    let others = specific(false);
    let names = if others.is_empty() { specific(true) } else { others };
    match names.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// An address without its instance keys.
pub(super) fn without_keys(address: &str) -> String {
    let mut bare = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find('[') {
        let (before, keyed) = rest.split_at(at);
        bare.push_str(before);
        rest = keyed.get(bracket(keyed)..).unwrap_or_default();
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_address_is_taken_apart() {
        let step = |name: &str, instance: &str| Step { name: name.into(), instance: instance.into() };
        let expected = vec![step("a", "[\"x.y\"]"), step("b", "[0]")];
        assert_eq!(steps("module.a[\"x.y\"].module.b[0]"), expected);
        let outer = "module.a[\"x.y\"]".to_owned();
        assert_eq!(parent("module.a[\"x.y\"].module.b[0]"), Some((outer, "[0]".to_owned())));
    }

    #[test]
    fn a_key_may_hold_anything() {
        let check = |text: &str, length: usize| assert_eq!(bracket(text), length, "{text}");
        check("[0].x", 3);
        check("[\"a]b\"].x", 7);
        check(r#"["a\"]b"].x"#, 9);
        check(r#"["a\\"].x"#, 7);
        check("[\"\"].x", 4);
        check(".x", 0);
        check("", 0);
        check("[\"never closed", 14);
    }

    #[test]
    fn keys_can_be_taken_out() {
        assert_eq!(without_keys("module.a[\"x[0]\"].aws_vpc.v[0]"), "module.a.aws_vpc.v");
        assert_eq!(without_keys("aws_vpc.v"), "aws_vpc.v");
    }

    #[test]
    fn the_most_specific_reference_counts() {
        #[track_caller]
        fn check(names: &[&str], expected: Option<&str>) {
            let names: Vec<SmolStr> = names.iter().copied().map(SmolStr::from).collect();
            assert_eq!(single(&names).as_deref(), expected);
        }
        check(&["aws_kms_key.x.arn", "aws_kms_key.x"], Some("aws_kms_key.x.arn"));
        check(&["aws_kms_key.x.arn", "aws_kms_key.x", "var.y"], None);
        check(&["aws_kms_key.x", "each.key"], Some("aws_kms_key.x"));
        check(&["each.value.id", "each.value"], Some("each.value.id"));
        check(&["a.b.c", "a.b", "a.b.c", "a.b"], Some("a.b.c"));
        check(&[], None);
    }

    #[test]
    fn an_instance_is_part_of_the_address() {
        let check = |reference: &str, address: &str, attribute: &str| {
            assert_eq!(split(reference), Some((address.to_owned(), attribute.to_owned())));
        };
        check("aws_subnet.a[\"x\"].id", "aws_subnet.a[\"x\"]", "id");
        check("data.aws_iam_policy_document.x.json", "data.aws_iam_policy_document.x", "json");
        check("aws_subnet.a", "aws_subnet.a", "");
    }
}
