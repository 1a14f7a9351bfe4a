//! Resources that stand for any number of instances. Invariant: two of them are paired only if each level of their
//! repetition is the same one (the same `module.m[*]`), or is counted by the same expression.

use value::Kind;
use value::declared::Resource;

use crate::graph::Graph;
use crate::keys::segments;

/// A level of repetition whose number is not known: a resource or a module call around it.
struct Level<'r> {
    /// Key of the resource or call that is repeated.
    key: &'r str,
    /// The expression that counts its instances, if it has an identity.
    counted_by: Option<&'r str>,
}

impl Graph<'_> {
    /// Whether two resources that each stand for any number of instances have one for one.
    pub(crate) fn one_each(&self, a: &Resource, b: &Resource) -> bool {
        if !a.presence.many || !b.presence.many {
            return false;
        }
        let (a, b) = (self.levels(a), self.levels(b));
        let same = |(a, b): (&Level<'_>, &Level<'_>)| {
            a.key == b.key || a.counted_by.is_some_and(|known| b.counted_by == Some(known))
        };
        a.len() == b.len() && a.iter().zip(&b).all(same)
    }

    /// Whether what `from` says of `target` is said of the one copy of it that stands beside `from`.
    pub(crate) fn is_beside(&self, from: &Resource, target: &Resource) -> bool {
        let around = self.levels(from);
        self.levels(target).iter().all(|level| around.iter().any(|known| known.key == level.key))
    }

    fn levels<'r>(&'r self, resource: &'r Resource) -> Vec<Level<'r>> {
        if !resource.presence.many {
            return Vec::new();
        }
        let key = resource.key.as_str();
        let mut levels = Vec::new();
        let mut end = 0;
        for (name, index) in segments(key) {
            end += name.len() + index.len();
            if index == "[*]"
                && let Some(key) = key.get(..end)
            {
                levels.push(Level { key, counted_by: self.counted_by(key) });
            }
            end += 1;
        }
        if levels.is_empty() {
            levels.push(Level { key, counted_by: counted_by(resource) });
        }
        levels
    }

    fn counted_by(&self, key: &str) -> Option<&str> {
        let index = self.keys.exact(key)?;
        counted_by(self.declared.resources.get(index as usize)?)
    }
}

fn counted_by(resource: &Resource) -> Option<&str> {
    match &resource.instance.as_ref()?.kind {
        Kind::Unknown(unknown) => unknown.identity.as_ref().map(|identity| identity.text.as_str()),
        _ => None,
    }
}
