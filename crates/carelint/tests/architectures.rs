//! The reference architectures in every language: one `verdicts.txt` for each form of each, and every language of it is
//! held to that.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world says so and stops"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const TERRAFORM: &str = "terraform";
const PLAN: &str = "plan";
const CLOUDFORMATION: &str = "cloudformation";
const CDK: &str = "cdk";

/// A folder of `fixtures` and the languages that it is written in, in both forms.
struct Architecture {
    name: &'static str,
    languages: &'static [&'static str],
}

const TELEHEALTH: Architecture =
    Architecture { name: "telehealth", languages: &[TERRAFORM, PLAN, CLOUDFORMATION, CDK] };

const LAKE: Architecture = Architecture { name: "lake", languages: &[TERRAFORM, CLOUDFORMATION] };

const HEAD: &str =
    "# Rule, kind, name (letters and digits, in lower case) and verdict. Every language is held to every line,
# and nothing fails or is unknown in a language that no line names. Where a language cannot say it, the line
# ends with those that it holds in, as in `unknown [cloudformation cdk]`. UPDATE_VERDICTS=1 writes what all
# agree on and keeps the lines that name their languages, as long as they are true.
";

/// Rule, kind and name of each judged result, with its verdict.
type Verdicts = BTreeMap<String, String>;

/// A line of `verdicts.txt`.
struct Line {
    subject: String,
    verdict: String,
    /// The languages that it holds in, if not in all.
    only: Option<Vec<String>>,
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let (text, only) = match line.strip_suffix(']').and_then(|line| line.split_once(" [")) {
            Some((text, only)) => (text, Some(only.split(' ').map(str::to_owned).collect())),
            None => (line, None),
        };
        let (subject, verdict) = text.rsplit_once(' ')?;
        let verdict = ["pass", "fail", "unknown"].into_iter().find(|known| *known == verdict)?;
        Some(Self { subject: subject.to_owned(), verdict: verdict.to_owned(), only })
    }

    fn concerns(&self, language: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|name| name == language))
    }

    fn write(&self) -> String {
        let only = self.only.as_ref().map(|only| format!(" [{}]", only.join(" "))).unwrap_or_default();
        format!("{} {}{only}\n", self.subject, self.verdict)
    }
}

/// A name that is the same in every language: letters and digits of the resource's own name, in lower case.
fn name(resource: &Value) -> String {
    let text = |key: &str| resource[key].as_str();
    let own = match (text("construct_path"), text("logical_id")) {
        (Some(path), _) => {
            path.rsplit('/').find(|part| !["Resource", "Default"].contains(part)).unwrap_or_default()
        }
        (None, Some(id)) => id,
        (None, None) => {
            // `module.x.aws_subnet.private["a"]` is `private["a"]`.
            let (address, kind) = (text("address").unwrap_or_default(), text("type").unwrap_or_default());
            address.rsplit_once(&format!("{kind}.")).map_or(address, |(_, own)| own)
        }
    };
    own.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

impl Architecture {
    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(self.name)
    }

    /// What the program says of one language of one form, with the settings of the fixture's `carelint.toml`.
    fn verdicts(&self, form: &str, language: &str) -> Verdicts {
        let folder = format!("{form}/{}", if language == CDK { "cdk/cdk.out" } else { language });
        let mut command = Command::new(env!("CARGO_BIN_EXE_carelint"));
        command.current_dir(self.folder()).args(["check", &folder, "--format", "json"]).env_clear();
        let output = command.output().expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        let rows = |key: &str| report.get(key).and_then(Value::as_array).expect("rows");
        let errors: Vec<_> = rows("problems").iter().filter(|row| row["severity"] == "error").collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let mut verdicts = Verdicts::new();
        for row in rows("results") {
            let [rule, status] = ["rule", "status"].map(|key| row[key].as_str().unwrap_or_default());
            if !["pass", "fail", "unknown"].contains(&status) {
                continue;
            }
            let subject = match &row["resource"] {
                Value::Null => "account account".to_owned(),
                resource => format!("{} {}", resource["kind"].as_str().unwrap_or("-"), name(resource)),
            };
            // Several elements of one subject: the worst counts.
            let verdict = verdicts.entry(format!("{rule} {subject}")).or_insert_with(|| status.to_owned());
            if verdict == "pass" || status == "fail" {
                *verdict = status.to_owned();
            }
        }
        verdicts
    }

    fn lines(&self, form: &str) -> Vec<Line> {
        let path = self.folder().join(form).join("verdicts.txt");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().filter(|line| !line.starts_with('#')).filter_map(Line::read).collect()
    }

    /// Writes what all languages agree on, when `UPDATE_VERDICTS` is set. Where they do not agree, the line is left out,
    /// so that the test tells of it, unless it names the languages that it is true in.
    fn update(&self, form: &str, found: &BTreeMap<&str, Verdicts>) {
        let mut lines: Vec<Line> = self.lines(form);
        lines.retain(|line| {
            line.only.as_ref().is_some_and(|only| {
                let said = |language: &String| found.get(language.as_str())?.get(&line.subject);
                only.iter().all(|language| said(language) == Some(&line.verdict))
            })
        });
        for (subject, verdict) in found.values().take(1).flatten() {
            if found.values().all(|other| other.get(subject) == Some(verdict)) {
                lines.push(Line { subject: subject.clone(), verdict: verdict.clone(), only: None });
            }
        }
        lines.sort_by(|a, b| a.subject.cmp(&b.subject));
        let text: String = std::iter::once(HEAD.to_owned()).chain(lines.iter().map(Line::write)).collect();
        std::fs::write(self.folder().join(form).join("verdicts.txt"), text).expect("it can be written");
    }

    /// Every line of `verdicts.txt` holds in the languages that it concerns, and nothing fails or is unknown that no
    /// line names.
    #[track_caller]
    fn holds(&self, form: &str) {
        let found: BTreeMap<&str, Verdicts> =
            self.languages.iter().map(|language| (*language, self.verdicts(form, language))).collect();
        if std::env::var_os("UPDATE_VERDICTS").is_some() {
            self.update(form, &found);
        }
        let lines = self.lines(form);
        assert!(!lines.is_empty(), "{}/{form}/verdicts.txt says nothing", self.name);
        let mut wrong = Vec::new();
        for (language, found) in &found {
            let mut expected = BTreeSet::new();
            for line in lines.iter().filter(|line| line.concerns(language)) {
                expected.insert(line.subject.as_str());
                let said = found.get(&line.subject).map_or("nothing", String::as_str);
                if said != line.verdict {
                    wrong.push(format!(
                        "{}: {} expected, {said} found [{language}]",
                        line.subject, line.verdict
                    ));
                }
            }
            for (subject, verdict) in found {
                if verdict != "pass" && !expected.contains(subject.as_str()) {
                    wrong.push(format!("{subject}: {verdict} found, nothing expected [{language}]"));
                }
            }
        }
        // What is said of one subject in several languages stands together.
        wrong.sort();
        assert!(wrong.is_empty(), "{}/{form}: {} wrong\n{}", self.name, wrong.len(), wrong.join("\n"));
    }

    /// The compliant form, in which nothing may fail but the rules of `open`: what the architecture does without, and says so
    /// in its README.
    #[track_caller]
    fn complies(&self, open: &[&str]) {
        self.holds("compliant");
        let lines = self.lines("compliant");
        let failing = lines.iter().filter(|line| line.verdict == "fail");
        let failing: BTreeSet<&str> = failing.filter_map(|line| line.subject.split(' ').next()).collect();
        assert_eq!(failing, open.iter().copied().collect(), "{}", self.name);
    }
}

#[test]
fn the_compliant_telehealth_platform_holds_in_all_languages() {
    TELEHEALTH.complies(&[
        // It stands in one Region.
        "aurora-global-database",
        "s3-replication-cross-region",
        // CloudFormation has no type for the block.
        "s3-account-public-access-block",
        // Its parameter group sets up no auditing.
        "rds-audit-logging",
    ]);
}

#[test]
fn the_careless_telehealth_platform_holds_in_all_languages() {
    TELEHEALTH.holds("careless");
}

#[test]
fn the_compliant_data_lake_holds_in_all_languages() {
    LAKE.complies(&[]);
}

#[test]
fn the_careless_data_lake_holds_in_all_languages() {
    LAKE.holds("careless");
}
