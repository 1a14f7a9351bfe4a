//! Entries of a catalogue (a JSON object a line) as drafts of rules: what can be copied is copied, what must be thought
//! about stands in comments that are deleted. A draft does not compile as a rule until its blanks are filled in.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

use super::EXAMPLES;

/// What an entry says of one control.
#[derive(Deserialize)]
pub(super) struct Entry {
    /// The id of the rule.
    pub(super) id: String,
    /// The service, in one word: the folder where no rule of its kin stands yet.
    pub(super) service: String,
    title: String,
    pillar: String,
    severity: String,
    scope: String,
    #[serde(default)]
    terraform: Vec<String>,
    #[serde(default)]
    cloudformation: Vec<String>,
    #[serde(default)]
    passes_when: String,
    #[serde(default)]
    fails_when: String,
    #[serde(default)]
    unknown_when: String,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    fix: String,
    #[serde(default)]
    autofix: String,
    #[serde(default)]
    hipaa: Vec<String>,
    #[serde(default)]
    well_architected: Vec<String>,
    #[serde(default)]
    peers: BTreeMap<String, Vec<String>>,
}

/// Tools as catalogues and as rules name them, in the order of rules.
const TOOLS: [(&str, &str); 6] = [
    ("checkov", "checkov"),
    ("trivy", "trivy"),
    ("cdk_nag", "cdk-nag"),
    ("guard", "cfn-guard"),
    ("config_rule", "aws-config"),
    ("terrascan", "terrascan"),
];

/// The entry of an id in the text of a catalogue.
pub(super) fn find(catalogue: &str, id: &str) -> Result<Entry, String> {
    for (number, line) in catalogue.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let entry: Entry =
            serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        if entry.id == id {
            return Ok(entry);
        }
    }
    Err(format!("{id}: no entry of the catalogue"))
}

/// The draft of an entry. `nist` is the text of the framework that relates sections of HIPAA to controls of NIST.
pub(super) fn draft(entry: &Entry, nist: &str) -> String {
    let mut text = String::new();
    let subject =
        if entry.scope == "account" { "scope: account" } else { "subject: <kind of rules/*/model.yaml>" };
    let _ = write!(
        text,
        "{}id: {}
title: {}
message: <the bad state; {{self.attribute}} shows a value>
help: |
{}why: |
  <what happens without it, for a reader who has never met the service>
pillar: {}
severity: {}
{subject}
check: <self.attribute>
{}{}{}{EXAMPLES}",
        remarks(entry),
        entry.id,
        scalar(&entry.title),
        indented(&entry.fix),
        entry.pillar,
        entry.severity,
        fix(&entry.autofix),
        controls(entry, nist),
        peers(entry),
    );
    text
}

/// The catalogue's texts, to be deleted.
fn remarks(entry: &Entry) -> String {
    let texts = [
        ("terraform", entry.terraform.join(", ")),
        ("cloudformation", entry.cloudformation.join(", ")),
        ("passes when", entry.passes_when.clone()),
        ("fails when", entry.fails_when.clone()),
        ("unknown when", entry.unknown_when.clone()),
        ("notes", entry.notes.clone()),
    ];
    let said = texts.iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| format!("# {name}: {}\n", text.replace('\n', "\n#   "))).collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn fix(autofix: &str) -> String {
    match autofix {
        "safe" => "fix: {set: {<attribute>: <value>}, safe: true}\n".to_owned(),
        "unsafe" => "fix: {set: {<attribute>: <value>}, safe: false}\n".to_owned(),
        _ => String::new(),
    }
}

fn controls(entry: &Entry, nist: &str) -> String {
    let mut text = "controls:\n".to_owned();
    let related = related(&entry.hipaa, nist);
    for (framework, sections, quoted) in [
        ("hipaa", &entry.hipaa, true),
        ("well-architected", &entry.well_architected, false),
        ("nist-800-53", &related, false),
    ] {
        if !sections.is_empty() {
            let _ = writeln!(text, "  {framework}: [{}]", list(sections, quoted));
        }
    }
    text
}

/// The controls of NIST that configuration can give evidence for, of all the sections; what is only near is deleted by hand.
fn related(sections: &[String], nist: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let lines = nist.lines().skip_while(|line| *line != "in_code:").skip(1);
    for (section, controls) in lines.filter_map(|line| line.split_once("\": ")) {
        let section = section.trim_start().trim_start_matches('"');
        if sections.iter().any(|cited| cited == section) {
            let controls: Vec<String> = serde_json::from_str(controls).unwrap_or_default();
            found.extend(controls);
        }
    }
    found.sort_by_cached_key(|control| place(control));
    found.dedup();
    found
}

/// `CP-9(1)` between `CP-9` and `CP-10`.
fn place(control: &str) -> (String, u32, String) {
    let (family, rest) = control.split_once('-').unwrap_or((control, ""));
    let end = rest.find('(').unwrap_or(rest.len());
    let (number, part) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (family.to_owned(), number.parse().unwrap_or(0), part.to_owned())
}

fn peers(entry: &Entry) -> String {
    let mut text = String::new();
    for (key, name) in TOOLS {
        let Some(ids) = entry.peers.get(key).filter(|ids| !ids.is_empty()) else { continue };
        let _ = writeln!(text, "  {name}: [{}]", list(ids, false));
    }
    if text.is_empty() { text } else { format!("peers:\n{text}") }
}

fn list(items: &[String], quoted: bool) -> String {
    let items = items.iter().map(|item| if quoted { format!("\"{item}\"") } else { item.clone() });
    items.collect::<Vec<_>>().join(", ")
}

/// A text as YAML; in quotes where a bare one would be read otherwise.
fn scalar(text: &str) -> String {
    let safe = text.starts_with(char::is_alphanumeric) && !text.contains(": ") && !text.contains(" #");
    if safe { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = r##"
{"id": "efs-backup", "wave": 1, "service": "efs", "title": "File systems are backed up", "pillar": "reliability", "severity": "medium", "scope": "relation", "terraform": ["aws_efs_file_system"], "cloudformation": ["AWS::EFS::FileSystem"], "passes_when": "status ENABLED", "fails_when": "Neither.", "unknown_when": "", "fix": "Terraform: a\nCloudFormation: b", "autofix": "safe", "hipaa": ["164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)"], "well_architected": ["REL09-BP01"], "seeds": [], "peers": {"guard": ["efs_backup"], "checkov": ["CKV2_AWS_18"], "trivy": []}, "notes": ""}
{"id": "acct-x", "wave": 1, "service": "ebs", "title": "Off: #1", "pillar": "security", "severity": "low", "scope": "account", "autofix": "none", "peers": {}}
"##;

    const NIST: &str = "\
maps:
  \"164.308(a)(7)(i)\": [\"CP-1\", \"CP-2\"]
in_code:
  \"164.308(a)(7)(i)\": [\"CP-10\", \"CP-2\"]
  \"164.308(a)(7)(ii)(A)\": [\"CP-9(1)\", \"CP-9\", \"CP-2\"]
  \"164.312(b)\": [\"AU-2\"]
";

    #[track_caller]
    fn check(id: &str, lines: &[&str], absent: &[&str]) {
        let draft = find(CATALOGUE, id).map(|entry| draft(&entry, NIST)).unwrap_or_default();
        for line in lines {
            assert!(draft.lines().any(|drafted| drafted == *line), "{line}\nis not in\n{draft}");
        }
        for start in absent {
            assert!(!draft.lines().any(|drafted| drafted.starts_with(start)), "{start}\nis in\n{draft}");
        }
    }

    #[test]
    fn what_can_be_copied_is_copied() {
        let lines = [
            "id: efs-backup",
            "title: File systems are backed up",
            "pillar: reliability",
            "severity: medium",
            "subject: <kind of rules/*/model.yaml>",
            "  Terraform: a",
            "  CloudFormation: b",
            "fix: {set: {<attribute>: <value>}, safe: true}",
            "  hipaa: [\"164.308(a)(7)(i)\", \"164.308(a)(7)(ii)(A)\"]",
            "  well-architected: [REL09-BP01]",
            "  nist-800-53: [CP-2, CP-9, CP-9(1), CP-10]",
            "  checkov: [CKV2_AWS_18]",
            "  cfn-guard: [efs_backup]",
            "# passes when: status ENABLED",
        ];
        check("efs-backup", &lines, &["  trivy", "# unknown when", "# notes"]);
    }

    #[test]
    fn what_an_entry_leaves_out_is_left_out() {
        let lines = ["scope: account", "title: \"Off: #1\""];
        check("acct-x", &lines, &["peers", "subject", "fix", "  hipaa", "  nist"]);
    }

    #[test]
    fn an_entry_that_is_not_there_and_a_line_that_is_no_entry_are_told() {
        assert!(find(CATALOGUE, "none-such").is_err_and(|error| error.contains("no entry")));
        assert!(find("\n{\"id\": 1}", "x").is_err_and(|error| error.starts_with("line 2")));
    }
}
