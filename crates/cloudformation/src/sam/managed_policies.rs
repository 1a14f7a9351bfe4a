//! ARNs of the policies that AWS manages, from their names.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use source::document::Node;

use super::make::At;

/// The names by path; the file says what it is and where it comes from.
const NAMES: &str = include_str!("managed-policies.txt");

/// What stands between `policy/` and the end of the ARN, by name.
static PATHS: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    let mut paths = FxHashMap::default();
    let mut path = "";
    for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix("path") {
            Some(rest) => path = rest.trim(),
            None => line.split_whitespace().for_each(|name| {
                paths.insert(name, path);
            }),
        }
    }
    paths
});

/// The ARN of a managed policy. A name that AWS does not manage, and an ARN, stay as they are.
pub(crate) fn arn(at: At, name: &str) -> Node {
    match PATHS.get(name) {
        Some(&"") => at_path(at, name),
        Some(path) => at_path(at, &format!("{path}/{name}")),
        None => at.text(name),
    }
}

/// The ARN of the policy that AWS manages under this path and name.
pub(crate) fn at_path(at: At, path: &str) -> Node {
    at.sub(&format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}"))
}

#[cfg(test)]
mod tests {
    use super::PATHS;

    #[test]
    fn names_are_known_by_their_path() {
        assert_eq!(PATHS.get("AdministratorAccess"), Some(&""));
        assert_eq!(PATHS.get("AWSLambdaBasicExecutionRole"), Some(&"service-role"));
        assert_eq!(PATHS.get("SystemAdministrator"), Some(&"job-function"));
        assert_eq!(PATHS.get("Mine"), None);
    }
}
