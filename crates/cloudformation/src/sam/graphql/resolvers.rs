//! Functions and resolvers of a GraphQL API: what answers its fields.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::sources::Sources;
use super::{api_id, is_none_source, name};
use crate::sam::api::edit::{is_set, items, plain};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields};
use crate::sam::serverless::Serverless;

/// Code of a resolver that says none: it hands on what its functions give.
const CODE: &str = "export function request(ctx) { return {}; }\nexport function response(ctx) { return ctx.prev.result; }\n";

/// Makes the functions and resolvers.
pub(super) fn add(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, sources: Sources) {
    let mut made = Made { sources, none: None, functions: FxHashMap::default() };
    for function in api.entries("Functions") {
        made.function(expansion, api, function);
    }
    for of_type in api.entries("Resolvers") {
        for resolver in of_type.value.entries() {
            made.resolver(expansion, api, &of_type.key, resolver);
        }
    }
    if let Some(at) = made.none {
        let id = format!("{}NoneDataSource", api.id);
        let mut properties = at.fields().with("ApiId", api_id(api, at));
        properties.set("Name", at.text(id.as_str()));
        properties.set("Type", at.text("NONE"));
        expansion.put(api.further(id, "AWS::AppSync::DataSource", properties));
    }
}

/// What was made so far.
struct Made {
    sources: Sources,
    /// Where the data source that is none is first used.
    none: Option<At>,
    /// Ids of the functions, by their keys.
    functions: FxHashMap<SmolStr, Node>,
}

impl Made {
    fn function(&mut self, expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, function: &Entry) {
        let at = At(function.key_span);
        let written = &function.value;
        if let Some(known) = written.get("Id").filter(|node| is_set(node)) {
            self.functions.insert(function.key.clone(), known.clone());
            return;
        }
        let id = format!("{}{}", api.id, function.key);
        let mut properties = at.fields().with("ApiId", api_id(api, at));
        name(&mut properties, function, at);
        code(&mut properties, written);
        if let Some(source) = written.get("DataSource") {
            properties.set("DataSourceName", self.source(api, at, source));
        }
        properties.hand_all(written, &["MaxBatchSize", "Description"]);
        properties.hand_as(written, "Sync", "SyncConfig");
        runtime(&mut properties, written);
        self.functions.insert(function.key.clone(), at.attribute(&id, "FunctionId"));
        expansion.put(api.further(id, "AWS::AppSync::FunctionConfiguration", properties));
    }

    fn source(&mut self, api: &Serverless<'_>, at: At, written: &Node) -> Node {
        if is_none_source(written) {
            self.none.get_or_insert(at);
            return at.attribute(&format!("{}NoneDataSource", api.id), "Name");
        }
        match plain(written).and_then(|name| self.sources.get(name)) {
            Some(id) => at.attribute(id, "Name"),
            None => written.clone(),
        }
    }

    fn resolver(
        &self,
        expansion: &mut Expansion<'_, '_>,
        api: &Serverless<'_>,
        type_name: &SmolStr,
        resolver: &Entry,
    ) {
        let at = At(resolver.key_span);
        let written = &resolver.value;
        let mut properties = at.fields().with("ApiId", api_id(api, at));
        properties.set("TypeName", at.text(type_name.clone()));
        match written.get("FieldName").filter(|node| is_set(node)) {
            Some(_) => properties.hand(written, "FieldName"),
            None => properties.set("FieldName", at.text(resolver.key.clone())),
        }
        if written.get("InlineCode").or(written.get("CodeUri")).is_some_and(is_set) {
            code(&mut properties, written);
            runtime(&mut properties, written);
        } else {
            properties.set("Code", at.text(CODE));
            let version = at.text("1.0.0");
            properties.set("Runtime", at.map([("Name", at.text("APPSYNC_JS")), ("RuntimeVersion", version)]));
        }
        if let Some(pipeline) = written.entry("Pipeline").filter(|entry| is_set(&entry.value)) {
            let place = At(pipeline.key_span);
            properties.set("Kind", place.text("PIPELINE"));
            let known = |item: &Node| plain(item).and_then(|name| self.functions.get(name)).cloned();
            let functions =
                items(&pipeline.value).iter().map(|item| known(item).unwrap_or_else(|| item.clone()));
            properties.set("PipelineConfig", place.map([("Functions", place.list(functions))]));
        }
        properties.hand_as(written, "Caching", "CachingConfig");
        properties.hand(written, "MaxBatchSize");
        let id = format!("{}{type_name}{}", api.id, resolver.key);
        let made = api.further(id, "AWS::AppSync::Resolver", properties);
        expansion.put(made.depends_on(&format!("{}Schema", api.id)));
    }
}

fn code(properties: &mut Fields, written: &Node) {
    properties.hand_as(written, "InlineCode", "Code");
    properties.hand_as(written, "CodeUri", "CodeS3Location");
}

fn runtime(properties: &mut Fields, written: &Node) {
    let Some(runtime) = written.entry("Runtime").filter(|entry| is_set(&entry.value)) else { return };
    let mut made = At(runtime.key_span).fields();
    made.hand(&runtime.value, "Name");
    made.hand_as(&runtime.value, "Version", "RuntimeVersion");
    properties.set("Runtime", made.node());
}
