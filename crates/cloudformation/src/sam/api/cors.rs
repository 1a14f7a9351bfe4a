//! `Cors` of a REST API: an OPTIONS method for each path that has none, answered by API Gateway itself.

use source::document::{Entry, Node, NodeKind};

use super::body::{ANY, Body, INTEGRATION, normal};
use super::edit::{is_set, set};
use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count};

/// The methods that an OPTIONS method names where a path takes any.
const ALL: &str = "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'";

/// Header, name of the property in SAM, and type of the header.
const HEADERS: [(&str, &str, &str); 4] = [
    ("Access-Control-Allow-Headers", "AllowHeaders", "string"),
    ("Access-Control-Allow-Methods", "AllowMethods", "string"),
    ("Access-Control-Max-Age", "MaxAge", "integer"),
    ("Access-Control-Allow-Credentials", "AllowCredentials", "string"),
];

/// Adds the OPTIONS methods. None if that is more than the expansion may make.
pub(super) fn add(expansion: &mut Expansion<'_, '_>, body: &mut Body, cors: &Entry) -> Option<()> {
    let at = At(cors.key_span);
    if !is_set(&cors.value) {
        return Some(());
    }
    let cors = Settings::of(at, &cors.value);
    for path in body.path_names() {
        // `/a` and `/a/` are one resource of API Gateway.
        let short = path.strip_suffix('/').filter(|short| !short.is_empty());
        if short.is_some_and(|short| body.path_mut(short).is_some()) {
            continue;
        }
        expansion.spend(cors.size)?;
        body.each_item(&path, &mut |item| {
            if item.get("options").is_none() {
                let methods = cors.methods(item);
                set(item, "options", at, cors.method(methods));
            }
        });
    }
    Some(())
}

struct Settings {
    at: At,
    origin: Node,
    /// Header, type and value of what else is set; `AllowMethods` apart.
    headers: Vec<(&'static str, &'static str, Node)>,
    methods: Option<Node>,
    size: usize,
}

impl Settings {
    fn of(at: At, written: &Node) -> Self {
        let is_map = matches!(written.kind, NodeKind::Mapping(_)) && Call::of(written).is_none();
        if !is_map {
            return Self { at, origin: written.clone(), headers: Vec::new(), methods: None, size: 60 };
        }
        let origin = written.get("AllowOrigin").cloned().unwrap_or_else(|| at.text("'*'"));
        let mut headers = Vec::new();
        let mut methods = None;
        for (header, property, ty) in HEADERS {
            let Some(value) = written.get(property) else { continue };
            match property {
                "AllowCredentials" if is_true(value) => headers.push((header, ty, at.text("'true'"))),
                "AllowCredentials" => {}
                "AllowMethods" if is_set(value) => methods = Some(value.clone()),
                "MaxAge" => headers.push((header, ty, value.clone())),
                _ if is_set(value) => headers.push((header, ty, value.clone())),
                _ => {}
            }
        }
        Self { at, origin, headers, methods, size: 60 + count(written) }
    }

    /// The methods that a path's OPTIONS names: as written, or those that the path has.
    fn methods(&self, item: &Node) -> Node {
        if let Some(written) = &self.methods {
            return written.clone();
        }
        let mut names: Vec<String> = Vec::new();
        for entry in item.entries() {
            match normal(&entry.key) {
                Some(ANY) => return self.at.text(ALL),
                _ => names.push(entry.key.to_ascii_uppercase()),
            }
        }
        names.push("OPTIONS".to_owned());
        names.sort();
        names.dedup();
        self.at.text(format!("'{}'", names.join(",")))
    }

    fn method(&self, methods: Node) -> Node {
        let at = self.at;
        let typed = |ty: &str| at.map([("type", at.text(ty))]);
        let named = |header: &str| format!("method.response.header.{header}");
        let mut parameters = at.fields().with(&named("Access-Control-Allow-Origin"), self.origin.clone());
        let mut headers = at.fields().with("Access-Control-Allow-Origin", typed("string"));
        let methods = [("Access-Control-Allow-Methods", "string", methods)];
        for (header, ty, value) in self.headers.iter().chain(&methods) {
            parameters.set(&named(header), value.clone());
            headers.set(header, typed(ty));
        }
        let answer = at.map([
            ("statusCode", at.text("200")),
            ("responseParameters", parameters.node()),
            ("responseTemplates", at.map([("application/json", at.text("{}\n"))])),
        ]);
        let request = at.map([("application/json", at.text("{\n  \"statusCode\" : 200\n}\n"))]);
        let integration = at.map([
            ("type", at.text("mock")),
            ("requestTemplates", request),
            ("responses", at.map([("default", answer)])),
        ]);
        let described = at.text("Default response for CORS method");
        let response = at.map([("description", described), ("headers", headers.node())]);
        at.map([
            ("summary", at.text("CORS support")),
            ("consumes", at.texts(["application/json"])),
            ("produces", at.texts(["application/json"])),
            (INTEGRATION, integration),
            ("responses", at.map([("200", response)])),
        ])
    }
}

fn is_true(node: &Node) -> bool {
    crate::parameters::is_true(node)
}
