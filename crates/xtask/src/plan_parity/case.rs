//! A case: its files, what it is planned with, and the gaps that it lists. Everything but `case.toml`, the state and the
//! plan is part of the configuration.

use std::fmt;

use carelint::Inputs;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::repository;

/// The plan beside a configuration.
pub(super) const PLAN: &str = "plan.json";

/// What a case says of itself.
const ABOUT: &str = "case.toml";

/// `case.toml`: all of it is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct About {
    /// Values of variables, as `-var` takes them.
    pub(super) vars: Vec<(String, String)>,
    /// Files of variables, later ones winning.
    pub(super) var_files: Vec<String>,
    /// The workspace.
    pub(super) workspace: String,
    /// The state that the plan starts from.
    pub(super) state: Option<String>,
    /// Gaps.
    pub(super) listed: Vec<Listed>,
}

/// A gap with its reason: an attribute that the plan knows and carelint does not, or a rule that is decided on one side
/// alone. A difference of known values is listed word by word (`differs`), and only where the provider writes another
/// value than the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Address of the resource; `*` for all of the case.
    pub(super) address: String,
    /// Path of the attribute, what is below it included; empty for a rule.
    #[serde(default)]
    pub(super) attribute: String,
    /// Id of the rule; empty for an attribute. `*` at the address `region`: the plan does not tell the region.
    #[serde(default)]
    pub(super) rule: String,
    /// The difference as it is told: `planned "tcp", evaluated "6"`.
    #[serde(default)]
    pub(super) differs: String,
    /// Why.
    pub(super) reason: String,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}{}: {}", self.address, self.attribute, self.rule, self.differs, self.reason)
    }
}

/// A case, read.
pub(super) struct Case {
    /// Path and text of the files of the configuration, relative to its folder.
    pub(super) files: Vec<(String, String)>,
    /// The plan as text.
    pub(super) plan_text: String,
    /// The plan.
    pub(super) plan: Json,
    /// What it is checked with.
    pub(super) inputs: Inputs,
    /// Its gaps.
    pub(super) listed: Vec<Listed>,
}

impl Case {
    /// Reads a case with its plan.
    pub(super) fn read(folder: &str, name: &str) -> Result<Self, String> {
        let about = about(folder, name)?;
        let base = format!("{folder}/{name}");
        let plan_text = repository::read(&format!("{base}/{PLAN}"))
            .map_err(|error| format!("{error}; make it with `cargo xtask plan-parity --refresh {name}`"))?;
        let plan = serde_json::from_str(&plan_text).map_err(|error| format!("{base}/{PLAN}: {error}"))?;
        let mut files = Vec::new();
        for path in repository::files(&base, &[""]) {
            let inside = path.strip_prefix(&format!("{base}/")).unwrap_or(&path).to_owned();
            if inside != PLAN && inside != ABOUT && Some(&inside) != about.state.as_ref() {
                files.push((inside, repository::read(&path)?));
            }
        }
        let inputs = Inputs {
            vars: about.vars,
            var_files: about.var_files.iter().map(|file| format!("source/{file}")).collect(),
            workspace: about.workspace,
            ..Inputs::default()
        };
        Ok(Self { files, plan_text, plan, inputs, listed: about.listed })
    }

    /// Whether a gap in an attribute is listed; `met` notes which were.
    pub(super) fn lists_attribute(
        &self,
        address: &str,
        attribute: &str,
        differs: &str,
        met: &mut [bool],
    ) -> bool {
        self.lists(met, |listed| {
            let below = attribute.strip_prefix(listed.attribute.as_str());
            !listed.attribute.is_empty()
                && listed.differs == differs
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                && (listed.address == address || listed.address == "*")
        })
    }

    /// Whether a gap in a rule is listed.
    pub(super) fn lists_rule(&self, address: &str, rule: &str, met: &mut [bool]) -> bool {
        self.lists(met, |listed| listed.rule == rule && (listed.address == address || listed.address == "*"))
    }

    /// Whether it is listed that the plan does not tell the region.
    pub(super) fn lists_region(&self, met: &mut [bool]) -> bool {
        self.lists_rule("region", "*", met)
    }

    fn lists(&self, met: &mut [bool], fits: impl Fn(&Listed) -> bool) -> bool {
        let Some(at) = self.listed.iter().position(fits) else { return false };
        if let Some(met) = met.get_mut(at) {
            *met = true;
        }
        true
    }
}

/// What a case says of itself.
pub(super) fn about(folder: &str, name: &str) -> Result<About, String> {
    let path = format!("{folder}/{name}/{ABOUT}");
    match repository::read(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| format!("{path}: {error}")),
        Err(_) => Ok(About::default()),
    }
}
