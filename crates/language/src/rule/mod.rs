//! Rule files: one control each. What a rule says is read here; its predicates are typed and lowered against the
//! models, its citations and names are looked up.

mod body;
mod parts;

use source::Span;
use source::document::{Entry, Node};

use crate::error::File;
use crate::ir::{Catalogue, Deprecated, Language, Pillar, Rule, Scope};
use crate::predicate::ty::{Ty, kinds_named};
use crate::reader::CUT_HELP;
use crate::tables::stem;
use crate::{leak, suggest};

const KEYS: &[&str] = &[
    "id",
    "title",
    "message",
    "help",
    "why",
    "severity",
    "pillar",
    "subject",
    "scope",
    "when",
    "unless",
    "check",
    "each",
    "none",
    "points_at",
    "params",
    "fix",
    "controls",
    "peers",
    "examples",
    "variable",
    "aliases",
    "languages",
    "covers",
    "since",
    "deprecated",
];
/// Subjects that are no kinds.
const THINGS: &[&str] = &["variable", "parameter", "provider", "backend", "module-call", "output"];

/// A rule file that is being read.
struct Reader<'r, 'f> {
    file: &'f File<'f>,
    root: &'f Node,
    entries: &'f [Entry],
    catalogue: &'r Catalogue,
}

/// What a rule speaks of.
struct Speaks {
    scope: Scope,
    /// The kinds and traits as named.
    names: &'static [&'static str],
    /// Type of `self`; none for accounts and regions.
    subject: Option<Ty>,
}

/// Reads a rule. `built_in` rules must cite a framework.
pub(crate) fn read<'f>(
    file: &'f File<'f>,
    root: &'f Node,
    catalogue: &Catalogue,
    built_in: bool,
) -> Option<Rule> {
    let entries = file.mapping(root, "the rule");
    for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
        file.unknown_key(entry, "a rule", KEYS.iter().copied());
    }
    let reader = Reader { file, root, entries, catalogue };
    let id = reader.id();
    let texts = ["title", "message", "help", "why"].map(|key| reader.text(key));
    let pillar = reader.pillar();
    let speaks = reader.scope();
    let params = reader.params();
    let body = speaks.as_ref().and_then(|speaks| reader.body(speaks, params));
    let controls = reader.cited("controls", true);
    if built_in && !controls.iter().any(|(framework, _)| matches!(*framework, "hipaa" | "well-architected")) {
        let help = "write `controls: {hipaa: [\"164.312(a)(1)\"], well-architected: [SEC08-BP01]}`";
        file.error(reader.start(), "the rule cites neither HIPAA nor Well-Architected", help);
    }
    let fix = speaks.as_ref().map(|speaks| reader.fix(speaks, body.as_ref()));
    let examples = reader.examples();
    let (speaks, body) = (speaks?, body?);
    if let Some(message) = reader.value("message") {
        reader.check_message(message, &speaks, body.element.as_ref());
    }
    let [title, message, help, why] = texts;
    let element = body.element;
    Some(Rule {
        id: id?,
        title: title?,
        message: message?,
        help: help?,
        why: why?,
        pillar: pillar?,
        severity: body.severity,
        scope: speaks.scope,
        subjects: speaks.names,
        when: body.when,
        body: body.body,
        points_at: reader.points_at(&speaks, element.as_ref()),
        params,
        controls,
        peers: reader.cited("peers", false),
        fix: fix?,
        variable_passes: reader.variable_passes(),
        aliases: reader.names("aliases"),
        languages: reader.languages(),
        covers: reader.names("covers"),
        since: reader.value("since").and_then(|node| file.string(node, "`since`")).map_or("", leak::text),
        deprecated: reader.deprecated(),
        file: leak::text(file.path),
        examples,
    })
}

impl<'f> Reader<'_, 'f> {
    fn entry(&self, key: &str) -> Option<&'f Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn value(&self, key: &str) -> Option<&'f Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Where a rule as a whole starts.
    fn start(&self) -> Span {
        self.entries.first().map_or(self.root.span, |entry| entry.key_span)
    }

    fn text(&self, key: &str) -> Option<&'static str> {
        let Some(node) = self.value(key) else {
            self.file.error(self.start(), format!("the rule has no `{key}`"), format!("write `{key}: …`"));
            return None;
        };
        self.file.string(node, &format!("`{key}`")).map(|text| leak::text(text.trim_end()))
    }

    fn id(&self) -> Option<&'static str> {
        let id = self.text("id")?;
        let (span, stem) = (self.value("id").map_or(self.start(), |node| node.span), stem(self.file.path));
        self.file.name(id, span, '-', &[]);
        if id != stem {
            self.file.error(
                span,
                format!("the rule `{id}` is in a file called `{stem}`"),
                "give both one name",
            );
        }
        Some(id)
    }

    fn pillar(&self) -> Option<Pillar> {
        let text = self.text("pillar")?;
        let found = Pillar::ALL.into_iter().find(|pillar| pillar.id() == text);
        if found.is_none() {
            let help = suggest::help(text, Pillar::ALL.iter().map(|pillar| pillar.id()));
            self.file.error(
                self.value("pillar").map_or(self.start(), |node| node.span),
                format!("there is no pillar `{text}`"),
                help,
            );
        }
        found
    }

    fn scope(&self) -> Option<Speaks> {
        let file = self.file;
        match (self.value("subject"), self.value("scope")) {
            (Some(node), None) => self.subject(node),
            (None, Some(node)) => {
                let scope = match file.string(node, "`scope`")? {
                    "account" => Scope::Account,
                    "region" => Scope::Region,
                    other => {
                        file.error(
                            node.span,
                            format!("`scope: {other}` has no meaning"),
                            "write `account` or `region`, or `subject: KIND`",
                        );
                        return None;
                    }
                };
                Some(Speaks { scope, names: &[], subject: None })
            }
            _ => {
                file.error(
                    self.start(),
                    "a rule has either `subject` or `scope`",
                    "write `subject: KIND`, or `scope: account`",
                );
                None
            }
        }
    }

    fn subject(&self, node: &Node) -> Option<Speaks> {
        let file = self.file;
        let names = file.strings(node, "a subject");
        if let [(name, _)] = names.as_slice() {
            if *name == "resource" {
                return Some(Speaks {
                    scope: Scope::AnyResource,
                    names: &[],
                    subject: Some(Ty::Node(Vec::new())),
                });
            }
            if THINGS.contains(name) {
                return Some(Speaks {
                    scope: Scope::Things(leak::text(name)),
                    names: &[],
                    subject: Some(Ty::Node(Vec::new())),
                });
            }
        }
        let mut known = true;
        for (name, span) in &names {
            if self.catalogue.kind_named(name).is_none() && self.catalogue.trait_named(name).is_none() {
                let kinds = self.catalogue.kinds.iter().map(|kind| kind.name);
                let traits = self.catalogue.traits.iter().map(|known| known.name);
                let all: Vec<&str> =
                    kinds.chain(traits).chain(THINGS.iter().copied()).chain(["resource"]).collect();
                file.error(*span, format!("there is no kind `{name}`"), suggest::help(name, all));
                known = false;
            }
        }
        if !known || names.is_empty() {
            return None;
        }
        let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
        let kinds = kinds_named(self.catalogue, &names);
        if kinds.is_empty() {
            file.error(
                node.span,
                "no kind declares this trait",
                "add `is: [TRAIT]` to the models that have its attributes",
            );
            return None;
        }
        let names = leak::texts(&names);
        Some(Speaks {
            scope: Scope::Kinds(leak::slice(kinds.clone())),
            names,
            subject: Some(Ty::Node(kinds)),
        })
    }

    fn names(&self, key: &str) -> &'static [&'static str] {
        let Some(node) = self.value(key) else { return &[] };
        let names = self.file.strings(node, "a rule id");
        leak::texts(&names.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    }

    fn deprecated(&self) -> Option<Deprecated> {
        let node = self.value("deprecated")?;
        let fields = self.file.fields(node, "`deprecated`", &["since", "use"]);
        let text = |key: &str| {
            let field = fields.iter().find(|field| field.key == key)?;
            self.file.string(&field.value, &format!("`{key}`")).map(leak::text)
        };
        let (since, instead) = (text("since"), text("use"));
        if since.is_none() || instead.is_none() {
            let help = "write `deprecated: {since: 1.2.0, use: rule-id}`";
            self.file.error(node.span, "`deprecated` lacks `since` or `use`", help);
        }
        Some(Deprecated { since: since?, instead: instead? })
    }

    fn languages(&self) -> &'static [Language] {
        let Some(node) = self.value("languages") else { return &[] };
        let mut languages = Vec::new();
        for (name, span) in self.file.strings(node, "a language") {
            languages.extend(self.language(name, span));
        }
        leak::slice(languages)
    }

    fn language(&self, name: &str, span: Span) -> Option<Language> {
        match name {
            "terraform" => Some(Language::Terraform),
            "cloudformation" => Some(Language::CloudFormation),
            _ => {
                let help = suggest::help(name, ["terraform", "cloudformation"]);
                self.file.error(span, format!("there is no language `{name}`"), help);
                None
            }
        }
    }

    fn variable_passes(&self) -> bool {
        let Some(node) = self.value("variable") else { return false };
        match self.file.string(node, "`variable`") {
            Some("pass") => true,
            Some("unknown") | None => false,
            Some(other) => {
                self.file.error(
                    node.span,
                    format!("`variable: {other}` has no meaning"),
                    "write `pass` where presence decides, else leave it out",
                );
                false
            }
        }
    }

    /// Reports a fault in a predicate at its place in the file.
    fn fault(&self, node: &Node, fault: crate::predicate::Fault) {
        let (start, end) = (self.file.offset_in(node, fault.span.0), self.file.offset_in(node, fault.span.1));
        let flow = self
            .file
            .text()
            .get(..node.span.start as usize)
            .is_some_and(|before| before.rsplit('\n').next().is_some_and(|line| line.contains('{')));
        let help = if flow && fault.help.starts_with("brackets") { CUT_HELP.to_owned() } else { fault.help };
        self.file.error(Span { start, end: end.max(start) }, fault.message, help);
    }
}
