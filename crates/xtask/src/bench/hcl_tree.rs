//! A tree of Terraform alone, thousands of small modules: both forms of the fixture repeated under other names, and
//! beside each a root that calls its own copies of one small module.

use std::fmt::Write as _;

use super::trees::{NAME, renamed};
use crate::repository;

/// Folders of the fixture that are repeated.
const FORMS: [&str; 2] = ["compliant/terraform", "careless/terraform"];

/// The small module, in the compliant form.
const MODULE: &str = "compliant/terraform/modules/messaging";

/// Copies of the small module for each copy of the fixture.
const TEAMS: usize = 24;

/// Writes the tree of this name and gives its folder.
pub(super) fn grow(name: &str, copies: usize) -> Result<String, String> {
    let folder = format!("target/bench/{name}");
    for form in FORMS {
        for (inside, text) in texts(form)? {
            for copy in 0..copies {
                let own = format!("{NAME}{copy:03}");
                let path = format!("{folder}/{own}/{form}{}", inside.replace(NAME, &own));
                repository::write(&path, &renamed(&text, &own))?;
            }
        }
    }
    let module = texts(MODULE)?;
    for copy in 0..copies {
        let own = format!("{folder}/{NAME}{copy:03}/teams");
        repository::write(&format!("{own}/main.tf"), &calls(copy))?;
        for team in 0..TEAMS {
            for (inside, text) in &module {
                repository::write(&format!("{own}/team{team:02}{inside}"), text)?;
            }
        }
    }
    Ok(folder)
}

/// The Terraform files of a folder of the fixture, by path within it.
fn texts(folder: &str) -> Result<Vec<(String, String)>, String> {
    let origin = format!("fixtures/{NAME}/{folder}");
    let paths = repository::files(&origin, &[".tf", ".tfvars"]);
    let text = |path: String| {
        let text = repository::read(&path)?;
        Ok((path.strip_prefix(&origin).unwrap_or(&path).to_owned(), text))
    };
    paths.into_iter().map(text).collect()
}

/// A root that calls each copy of the small module.
fn calls(copy: usize) -> String {
    let mut text = String::from("resource \"aws_kms_key\" \"queues\" {\n  enable_key_rotation = true\n}\n");
    for team in 0..TEAMS {
        let _ = write!(
            text,
            "\nmodule \"team{team:02}\" {{\n  source           = \"./team{team:02}\"\n  \
             name             = \"copy{copy:03}-team{team:02}\"\n  \
             key_arn          = aws_kms_key.queues.arn\n  consumer_timeout = {}\n}}\n",
            30 + team
        );
    }
    text
}
