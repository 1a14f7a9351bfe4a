//! Finds resources by the key that a reference holds. Invariant: a reference to an address without its instance, or
//! with an instance that is not known, finds all instances that it may mean.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use value::Reference;
use value::declared::Declared;

/// The resources that a reference may mean, by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Instances {
    /// None of the scan.
    None,
    /// This one.
    One(u32),
    /// One of these, or any number of the instances that one of them stands for.
    Any(Vec<u32>),
}

/// Index of resources by key.
pub(crate) struct Keys<'a> {
    declared: &'a Declared,
    exact: FxHashMap<&'a str, u32>,
    /// Instances by their key without any index.
    instances: FxHashMap<Cow<'a, str>, Vec<u32>>,
}

/// Most instances of one address that a reference is followed to.
const MOST_INSTANCES: usize = 64;

impl<'a> Keys<'a> {
    pub(crate) fn new(declared: &'a Declared) -> Self {
        let mut exact = FxHashMap::default();
        exact.reserve(declared.resources.len());
        let mut instances: FxHashMap<Cow<'a, str>, Vec<u32>> = FxHashMap::default();
        for (resource, index) in declared.resources.iter().zip(0u32..) {
            // Of two resources with one key the first is found; the front end has told of the clash.
            exact.entry(resource.key.as_str()).or_insert(index);
            if resource.key.contains('[') {
                instances.entry(without_indices(&resource.key)).or_default().push(index);
            }
        }
        Self { declared, exact, instances }
    }

    /// The resource with this very key.
    pub(crate) fn exact(&self, key: &str) -> Option<u32> {
        self.exact.get(key).copied()
    }

    /// The resources that a reference may mean.
    pub(crate) fn find(&self, reference: &Reference) -> Instances {
        let stands_for_many = |index: u32| {
            self.declared.resources.get(index as usize).is_some_and(|resource| resource.presence.many)
        };
        if let Some(index) = self.exact(&reference.to) {
            let any = reference.many && stands_for_many(index);
            return if any { Instances::Any(vec![index]) } else { Instances::One(index) };
        }
        let Some(candidates) = self.instances.get(&*without_indices(&reference.to)) else {
            return Instances::None;
        };
        let may_be = |index: &&u32| {
            let resource = self.declared.resources.get(**index as usize);
            resource.is_some_and(|resource| agree(&reference.to, &resource.key))
        };
        let found: Vec<u32> = candidates.iter().filter(may_be).take(MOST_INSTANCES).copied().collect();
        match found.as_slice() {
            [] => Instances::None,
            [only] if !stands_for_many(*only) => Instances::One(*only),
            _ => Instances::Any(found),
        }
    }
}

/// A key without the indices of its address: `m["a"].t.n[0]` becomes `m.t.n`.
fn without_indices(key: &str) -> Cow<'_, str> {
    if !key.contains('[') {
        return Cow::Borrowed(key);
    }
    Cow::Owned(segments(key).map(|(name, _)| name).collect::<Vec<_>>().join("."))
}

/// Whether two keys with the same names may mean the same instance: an index that is missing, or `*`, may be any.
fn agree(a: &str, b: &str) -> bool {
    let open = |index: &str| index.is_empty() || index == "[*]";
    segments(a).zip(segments(b)).all(|((_, x), (_, y))| x == y || open(x) || open(y))
}

/// The parts of a key between its dots: name and index with its brackets. Dots inside an index do not count.
pub(crate) fn segments(key: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(key);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (mut quoted, mut escaped, mut depth) = (false, false, 0usize);
        let mut bracket = None;
        let mut end = text.len();
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' if depth > 0 => quoted = !quoted,
                b'[' if !quoted => {
                    bracket.get_or_insert(at);
                    depth += 1;
                }
                b']' if !quoted => depth = depth.saturating_sub(1),
                b'.' if depth == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let (segment, after) = text.split_at_checked(end).unwrap_or((text, ""));
        rest = after.strip_prefix('.');
        Some(segment.split_at_checked(bracket.unwrap_or(segment.len())).unwrap_or((segment, "")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, stripped: &str) {
        assert_eq!(without_indices(key), stripped);
    }

    #[test]
    fn indices_are_stripped_at_every_level() {
        check("r\u{1f}aws_x.y", "r\u{1f}aws_x.y");
        check("r\u{1f}module.m[\"a.b\"].aws_x.y[0]", "r\u{1f}module.m.aws_x.y");
        check("r\u{1f}aws_x.y[\"a]\\\"b.c\"]", "r\u{1f}aws_x.y");
        check("stacks/a[", "stacks/a");
    }

    #[test]
    fn an_index_that_is_missing_or_a_star_may_be_any() {
        assert!(agree("m[*].x.y", "m[0].x.y[1]"));
        assert!(agree("m.x.y", "m[0].x.y"));
        assert!(!agree("m[1].x.y", "m[0].x.y"));
    }
}
