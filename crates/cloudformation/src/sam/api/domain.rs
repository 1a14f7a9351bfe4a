//! `Domain` of a REST API: the domain name, what of it leads to the API, and its records.

use smol_str::SmolStr;
use source::document::Node;

use super::edit::{is_set, plain};
use super::zones::{Domain, Zones, base_paths};
use crate::sam::digest;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields};
use crate::sam::resolved::resolved;
use crate::sam::serverless::Serverless;
use crate::sam::tags;

/// Properties of a domain name that stand as they are written.
const OPTIONAL: [&str; 4] =
    ["SecurityPolicy", "EndpointAccessMode", "Policy", "OwnershipVerificationCertificateArn"];

/// Makes what the property `Domain` of an API asks for.
pub(super) fn make(
    expansion: &mut Expansion<'_, '_>,
    api: &Serverless<'_>,
    zones: &mut Zones,
    tagged: Option<&Node>,
) {
    let Some(domain) = api.get("Domain").filter(|node| is_set(node)) else { return };
    let at = api.at("Domain");
    let said = resolved(expansion, domain);
    let Some(name) = said.get("DomainName") else { return };
    let endpoint = domain.get("EndpointConfiguration").filter(|node| is_set(node)).cloned();
    let kind = match &endpoint {
        Some(_) => said.get("EndpointConfiguration").and_then(plain).cloned().unwrap_or_default(),
        None => SmolStr::new_static("REGIONAL"),
    };
    let endpoint = endpoint.unwrap_or_else(|| at.text("REGIONAL"));
    let is_private = kind == "PRIVATE";
    let version = if is_private { "V2" } else { "" };
    let id = SmolStr::from(format!("ApiGatewayDomainName{version}{}", digest::of_node(name)));

    let mut properties = at.fields();
    properties.hand(domain, "DomainName");
    let certificate = if kind == "REGIONAL" { "RegionalCertificateArn" } else { "CertificateArn" };
    properties.hand_as(domain, "CertificateArn", certificate);
    properties.set("EndpointConfiguration", endpoints(at, endpoint, domain));
    if !is_private {
        mutual_tls(&mut properties, domain);
    }
    properties.hand_all(domain, &OPTIONAL);
    if let Some(tags) = tagged {
        properties.set("Tags", tags::list(api.at("Tags"), tags));
    }
    let type_name = if is_private { "AWS::ApiGateway::DomainNameV2" } else { "AWS::ApiGateway::DomainName" };
    expansion.put(api.further(id.clone(), type_name, properties));
    let referred = if is_private { "DomainNameV2" } else { "DomainName" };
    expansion.stand_for(format!("{}.{referred}", api.id), id.clone());

    mappings(expansion, api, at, &said, &Mapped { id: &id, is_private });
    if is_private {
        association(expansion, api, at, &said, &id);
    }
    zones.add(api, &Domain { written: domain, said: &said, endpoint: &kind, id: &id });
}

fn endpoints(at: At, endpoint: Node, domain: &Node) -> Node {
    let mut endpoints = at.fields().with("Types", at.list([endpoint]));
    endpoints.hand(domain, "IpAddressType");
    endpoints.node()
}

/// `MutualTlsAuthentication`: whose certificates callers must show.
pub(crate) fn mutual_tls(properties: &mut Fields, domain: &Node) {
    let Some(written) = domain.entry("MutualTlsAuthentication").filter(|entry| is_set(&entry.value)) else {
        return;
    };
    let mut store = At(written.key_span).fields();
    for key in ["TruststoreUri", "TruststoreVersion"] {
        if written.value.get(key).is_some_and(is_set) {
            store.hand(&written.value, key);
        }
    }
    properties.set("MutualTlsAuthentication", store.node());
}

struct Mapped<'n> {
    id: &'n str,
    is_private: bool,
}

/// What of the domain name leads to the API.
fn mappings(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, at: At, domain: &Node, to: &Mapped<'_>) {
    let normalize = domain.get("NormalizeBasePath").is_none_or(is_set);
    let mapping = |id: String, path: Option<Node>| {
        let name = if to.is_private { "DomainNameArn" } else { "DomainName" };
        let mut properties = at.fields().with(name, at.reference(to.id));
        properties.set("RestApiId", at.reference(api.id));
        properties.set("Stage", at.reference(&format!("{}.Stage", api.id)));
        if let Some(path) = path {
            properties.set("BasePath", path);
        }
        let version = if to.is_private {
            "AWS::ApiGateway::BasePathMappingV2"
        } else {
            "AWS::ApiGateway::BasePathMapping"
        };
        api.further(id, version, properties)
    };
    let paths = base_paths(domain);
    if paths.is_empty() {
        return expansion.put(mapping(format!("{}BasePathMapping", api.id), None));
    }
    for path in paths {
        let letters: String = path.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let id = format!("{}{letters}BasePathMapping", api.id);
        let path = if normalize { at.text(letters) } else { at.text(path) };
        expansion.put(mapping(id, Some(path)));
    }
}

/// Lets an endpoint of a network reach a private domain name.
fn association(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, at: At, domain: &Node, id: &str) {
    let Some(written) = domain.get("AccessAssociation").filter(|node| is_set(node)) else { return };
    let endpoint = written.get("VpcEndpointId");
    let shown = endpoint.map_or_else(|| "null".to_owned(), digest::json);
    let hash = digest::of_text(&format!("[{shown},{}]", digest::json(&at.text(id))));
    let mut properties = at.fields().with("DomainNameArn", at.reference(id));
    properties.set("AccessAssociationSourceType", at.text("VPCE"));
    properties.hand_as(written, "VpcEndpointId", "AccessAssociationSource");
    let id = format!("DomainNameAccessAssociation{hash}");
    expansion.put(api.further(id, "AWS::ApiGateway::DomainNameAccessAssociation", properties));
}
