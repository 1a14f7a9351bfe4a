//! Suppressions that other tools have in the metadata of resources, for projects that want them to count here: each form
//! is a row of a table, and their ids are those that rules name as their peers. Invariant: only what gives a reason
//! counts, and what names one finding suppresses no other.

use std::sync::Arc;

use base64::Engine;
use language::ir::{Catalogue, Rule};
use regex::RegexBuilder;
use rules::Verdict;
use source::{Place, Problem, ProblemSeverity};
use value::declared::Resource;
use value::{Kind, Value};

use crate::suppressions::{Suppression, Suppressions};

/// Largest regular expression, compiled, in bytes.
const MOST_REGEX: usize = 1 << 18;

/// Another tool whose suppressions may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign(&'static Form);

/// How a tool writes a suppression.
#[derive(Debug, PartialEq, Eq)]
struct Form {
    /// Name of the tool, as rules name their peers.
    tool: &'static str,
    /// Where the list stands in the metadata.
    list: (&'static str, &'static str),
    /// Key of the id of the rule.
    id: &'static str,
    /// Key of the reason.
    reason: &'static str,
    /// Characters that a reason has at least, as the tool itself demands.
    least: usize,
}

const FORMS: [Form; 2] = [
    Form { tool: "cdk-nag", list: ("cdk_nag", "rules_to_suppress"), id: "id", reason: "reason", least: 10 },
    Form { tool: "checkov", list: ("checkov", "skip"), id: "id", reason: "comment", least: 1 },
];

impl Foreign {
    /// The tool of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FORMS.iter().find(|form| form.tool == name).map(Self)
    }

    /// Names of all tools.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|form| form.tool)
    }
}

/// What a suppression is narrowed to: texts, one of which the finding has, word by word or as a regular expression.
#[derive(Debug)]
pub(crate) enum Detail {
    Text(String),
    Pattern(regex::Regex),
}

impl Detail {
    fn of(item: &Value) -> Option<Self> {
        if let Some(text) = item.as_str() {
            return Some(Self::Text(text.to_owned()));
        }
        // As JavaScript writes it: `/^Resource::.*$/g`.
        let written = item.get("regex");
        let (pattern, flags) = written.as_str()?.strip_prefix('/')?.rsplit_once('/')?;
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(flags.contains('i')).size_limit(MOST_REGEX);
        builder.build().ok().map(Self::Pattern)
    }

    fn is_met(&self, text: &str) -> bool {
        match self {
            Self::Text(known) => known == text,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

/// Whether one of `details` tells of a finding, by its element and by the texts that decided it, bare or after the
/// words that cdk-nag puts before them.
pub(crate) fn tell_of(details: &[Detail], verdict: &Verdict) -> bool {
    let mut texts: Vec<&str> = verdict.element.iter().map(|element| element.key.as_str()).collect();
    verdict.decided.iter().for_each(|decided| texts_of(&decided.value, &mut texts));
    let words = ["", "Action::", "Resource::", "Policy::"];
    let told = |text: &&str| {
        let forms = words.iter().map(|word| format!("{word}{text}"));
        forms.into_iter().any(|form| details.iter().any(|detail| detail.is_met(&form)))
    };
    texts.iter().any(told)
}

fn texts_of<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match &value.kind {
        Kind::String(text) if !value.sensitive => texts.push(text),
        Kind::List(list) => list.items.iter().for_each(|item| texts_of(&item.value, texts)),
        _ => {}
    }
}

impl Suppressions {
    /// Reads what the tools that count here suppress on a resource.
    pub(crate) fn foreign(&mut self, resource: &Resource, catalogue: &'static Catalogue) {
        for Foreign(form) in self.honoured.clone() {
            let list = resource.meta.get("Metadata").get(form.list.0).get(form.list.1);
            let Kind::List(list) = &list.kind else { continue };
            for item in &list.items {
                self.foreign_item(form, &item.value, resource, catalogue);
            }
        }
    }

    fn foreign_item(
        &mut self,
        form: &'static Form,
        item: &Value,
        resource: &Resource,
        catalogue: &'static Catalogue,
    ) {
        let at = item.origin.place.unwrap_or(resource.place);
        let written = item.get(form.id);
        let Some(written) = written.as_str() else { return };
        // `ID[FINDING]` is one finding, as well.
        let (id, one) = match written.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            Some((id, one)) => (id, Some(Detail::Text(one.to_owned()))),
            None => (written, None),
        };
        let peers: Vec<&'static Rule> =
            catalogue.rules.iter().filter(|rule| is_peer(rule, form.tool, id)).collect();
        if peers.is_empty() {
            return;
        }
        let reason = reason(form, item).filter(|reason| {
            reason.chars().count() >= form.least && reason.chars().any(char::is_alphanumeric)
        });
        let Some(reason) = reason else { return self.without_reason(form, at) };
        let applies = item.get("applies_to");
        let narrowed = !applies.is_absent() || one.is_some();
        let listed = applies.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
        let listed = listed.iter().filter_map(|item| Detail::of(&item.value));
        let details: Option<Arc<[Detail]>> = narrowed.then(|| one.into_iter().chain(listed).collect());
        for rule in peers {
            let place = (at.file.index(), at.span.start, rule.id);
            let first = self.seen.insert(place);
            let known = |known: &Suppression| !first && known.at == at && known.rule.id == rule.id;
            let index = match self.all.iter().position(known) {
                Some(index) => index,
                None => self.add(rule, &reason, at),
            };
            if let Some(suppression) = self.all.get_mut(index) {
                suppression.details = details.clone();
            }
            self.by_resource.entry((resource.key.clone(), rule.id)).or_default().push(index);
        }
    }

    fn without_reason(&mut self, form: &Form, at: Place) {
        if self.seen.insert((at.file.index(), at.span.start, "suppression-without-reason")) {
            let message =
                format!("the suppression of {} gives no reason of use, so it suppresses nothing", form.tool);
            let help = format!("write at least {} characters into its `{}`", form.least, form.reason);
            let code = "suppression-without-reason";
            self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, help));
        }
    }
}

fn is_peer(rule: &Rule, tool: &str, id: &str) -> bool {
    rule.peers.iter().any(|(peer, ids)| *peer == tool && ids.contains(&id))
}

/// The reason; the CDK cannot put every character into a template, so cdk-nag may have encoded it.
fn reason(form: &Form, item: &Value) -> Option<String> {
    let written = item.get(form.reason);
    let written = written.as_str()?.trim();
    if item.get("is_reason_encoded").as_bool() != Some(true) {
        return Some(written.to_owned());
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(written).ok()?;
    String::from_utf8(bytes).ok()
}
