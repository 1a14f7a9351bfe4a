//! Paths of folders relative to the scan root, with `/` between parts; the scan root itself is `""`.

/// `path` seen from `folder`, `.` and `..` resolved by name; none if it leaves the scan root or is absolute.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The way from folder `from` to folder `to`, as `path.module` gives it: `.` for the same folder.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let split =
        |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (split(from), split(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let parts: Vec<String> = up.chain(to.into_iter().skip(shared)).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_scan_root() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "./").as_deref(), Some("a"));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/etc"), None);
    }

    #[test]
    fn the_way_between_folders_goes_through_their_common_part() {
        assert_eq!(relative("envs/prod", "modules/vpc"), "../../modules/vpc");
        assert_eq!(relative("", "modules/vpc"), "modules/vpc");
        assert_eq!(relative("a", "a"), ".");
    }
}
