//! Links of the manual: a relative one leads to a file or folder of the repository. Anchors are not looked at.

use std::path::{Component, Path, PathBuf};

use crate::{Complaints, repository};

/// Links that lead nowhere.
pub(super) fn check() -> Complaints {
    let pages = repository::files("docs", &[".md"]).into_iter().chain(["README.md".to_owned()]);
    pages.flat_map(|path| dead(&path, &repository::read(&path).unwrap_or_default())).collect()
}

fn dead(path: &str, text: &str) -> Complaints {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let mut complaints = Complaints::new();
    for (number, link) in links(text) {
        let target = link.split('#').next().unwrap_or_default();
        if target.is_empty() || link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let exists = inside(&folder.join(target)).is_some_and(|path| repository::root().join(path).exists());
        if !exists {
            complaints.push(format!("{path}:{number}: the link {link} leads nowhere"));
        }
    }
    complaints
}

/// Line and target of each link outside of code blocks.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.extend(targets.map(|target| (number, target)));
    }
    links
}

/// The path with `..` resolved; none if it leaves the repository.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut inside = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => inside.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                if !inside.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_code_are_none() {
        assert_eq!(links("a [b](c.md) d\n```\n[e](f)\n```\n[g](h#i)"), vec![(1, "c.md"), (5, "h#i")]);
    }

    #[test]
    fn a_link_out_of_the_repository_leads_nowhere() {
        assert_eq!(
            dead("docs/a.md", "[x](../../etc/passwd) [y](architecture.md) [z](https://example.org)").len(),
            1
        );
    }
}
