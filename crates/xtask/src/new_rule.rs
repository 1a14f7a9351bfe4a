//! The skeleton of a rule file. It does not compile as a rule until its blanks are filled in.

mod import;

use std::fs;

use crate::{Complaints, repository};

/// The blanks of the examples.
const EXAMPLES: &str = "\
examples:
  pass:
    terraform: |
      <…>
    cloudformation: |
      <…>
  fail:
    terraform: |
      <…> #~ fail
    cloudformation: |
      <…> #~ fail
";

/// The framework whose controls follow from the sections of HIPAA that an entry cites.
const NIST: &str = "rules/frameworks/nist-800-53.yaml";

/// Writes `rules/<folder>/<id>.yaml` for each of the ids, from their entries in the catalogue at `path`.
pub(crate) fn import(path: &str, ids: &[&str]) -> Complaints {
    let catalogue = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let texts = catalogue.and_then(|catalogue| Ok((catalogue, repository::read(NIST)?)));
    let (catalogue, nist) = match texts {
        Ok(texts) => texts,
        Err(error) => return vec![error],
    };
    ids.iter().flat_map(|id| import_one(&catalogue, &nist, id)).collect()
}

fn import_one(catalogue: &str, nist: &str, id: &str) -> Complaints {
    if !is_id(id) {
        return vec![no_id(id)];
    }
    let entry = match import::find(catalogue, id) {
        Ok(entry) => entry,
        Err(error) => return vec![error],
    };
    let known = folder_of(id, &repository::folders("rules"), &repository::files("rules", &[".yaml"]));
    match known.or_else(|| is_id(&entry.service).then(|| entry.service.clone())) {
        Some(folder) => place(id, &folder, &import::draft(&entry, nist)),
        None => vec![format!("{id}: {} is no folder", entry.service)],
    }
}

/// Writes `rules/<folder>/<id>.yaml`. Without a folder it is the one whose rules begin like the id.
pub(crate) fn write(id: &str, folder: Option<&str>) -> Complaints {
    if !is_id(id) {
        return vec![no_id(id)];
    }
    let folders = repository::folders("rules");
    let folder = match folder {
        Some(folder) => Some(folder.to_owned()),
        None => folder_of(id, &folders, &repository::files("rules", &[".yaml"])),
    };
    let Some(folder) = folder else {
        return vec![format!(
            "{id}: which folder of rules/? cargo xtask new-rule {id} FOLDER ({})",
            folders.join(", ")
        )];
    };
    place(id, &folder, &skeleton(id))
}

fn is_id(id: &str) -> bool {
    let mut words = id.split('-');
    words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

fn no_id(id: &str) -> String {
    format!("{id}: an id is lower-case words joined by hyphens, like s3-versioning")
}

/// Writes the file, unless it is there.
fn place(id: &str, folder: &str, text: &str) -> Complaints {
    let path = format!("rules/{folder}/{id}.yaml");
    if repository::read(&path).is_ok() {
        return vec![format!("{path} is there already")];
    }
    match repository::write(&path, text) {
        Ok(()) => {
            println!("{path} (then: cargo test -p carelint --test examples, cargo xtask generate)");
            Complaints::new()
        }
        Err(error) => vec![error],
    }
}

/// The folder that the id's first word names, or that holds rules with the same first word.
fn folder_of(id: &str, folders: &[String], files: &[String]) -> Option<String> {
    let service = id.split('-').next()?;
    if let Some(folder) = folders.iter().find(|folder| *folder == service) {
        return Some(folder.clone());
    }
    let kin = files.iter().filter_map(|path| path.strip_prefix("rules/")?.split_once('/'));
    let mut kin =
        kin.filter(|(_, file)| file.strip_prefix(service).is_some_and(|rest| rest.starts_with('-')));
    kin.next().map(|(folder, _)| folder.to_owned())
}

fn skeleton(id: &str) -> String {
    format!(
        "\
id: {id}
title: <the good state, in words>
message: <the bad state; {{self.attribute}} shows a value>
help: |
  Terraform: <what to type>
  CloudFormation: <what to type>
why: |
  <what happens without it, for a reader who has never met the service>
pillar: security
severity: high
subject: <kind of rules/*/model.yaml>
check: self.<attribute> == \"<value>\"
controls:
  hipaa: [\"<164.…>\"]
  well-architected: [<SEC…>]
  nist-800-53: [<…>]
peers:
  checkov: [<CKV_…>]
{EXAMPLES}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, expect: Option<&str>) {
        let folders = ["s3", "security-group"].map(str::to_owned);
        let files = ["rules/s3/model.yaml", "rules/security-group/sg-no-public-ssh.yaml"].map(str::to_owned);
        assert_eq!(folder_of(id, &folders, &files).as_deref(), expect);
    }

    #[test]
    fn the_folder_follows_from_the_id() {
        check("s3-versioning", Some("s3"));
        check("sg-no-public-rdp", Some("security-group"));
        check("kms-rotation", None);
    }

    #[test]
    fn an_id_is_lower_case_words() {
        for id in ["S3-x", "s3--x", "s3_x", "", "../x"] {
            assert_eq!(write(id, Some("s3")).len(), 1, "{id}");
        }
    }
}
