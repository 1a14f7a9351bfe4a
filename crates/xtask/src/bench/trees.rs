//! Trees to measure, grown from the fixtures: both forms of the telehealth platform in Terraform and CloudFormation,
//! repeated under other names. Invariant: growing a tree again gives the same bytes.

use crate::repository;

/// The name that every copy replaces by its own.
pub(super) const NAME: &str = "telehealth";

/// Folders of the fixture that are repeated, with the ends of their files.
const PARTS: [(&str, &[&str]); 4] = [
    ("compliant/terraform", &[".tf", ".tfvars"]),
    ("careless/terraform", &[".tf", ".tfvars"]),
    ("compliant/cloudformation", &[".yaml"]),
    ("careless/cloudformation", &[".yaml"]),
];

/// Writes the tree of this name and gives its folder.
pub(super) fn grow(name: &str, copies: usize) -> Result<String, String> {
    let folder = format!("target/bench/{name}");
    for (part, ends) in PARTS {
        let origin = format!("fixtures/{NAME}/{part}");
        for path in repository::files(&origin, ends) {
            let text = repository::read(&path)?;
            let inside = path.strip_prefix(&origin).unwrap_or(&path);
            for copy in 0..copies {
                let own = format!("{NAME}{copy:03}");
                let path = format!("{folder}/{own}/{part}{}", inside.replace(NAME, &own));
                repository::write(&path, &renamed(&text, &own))?;
            }
        }
    }
    Ok(folder)
}

/// The text with the names of a copy: those that begin with the platform's name, in whatever spelling.
pub(super) fn renamed(text: &str, own: &str) -> String {
    let capital = |name: &str| name.replacen('t', "T", 1);
    text.replace(NAME, own).replace(&capital(NAME), &capital(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_copy_are_its_own() {
        assert_eq!(
            renamed("telehealth-records TelehealthVpc", "telehealth007"),
            "telehealth007-records Telehealth007Vpc"
        );
    }
}
