//! `Domain` of an HTTP or WebSocket API: the domain name, what of it leads to the API, and its records.

use smol_str::SmolStr;
use source::document::Node;

use crate::sam::api::edit::is_set;
use crate::sam::api::mutual_tls;
use crate::sam::api::zones::{Domain, Zones, base_paths};
use crate::sam::expansion::Expansion;
use crate::sam::resolved::resolved;
use crate::sam::serverless::Serverless;

/// Makes what the property `Domain` of an API asks for.
pub(super) fn make(
    expansion: &mut Expansion<'_, '_>,
    api: &Serverless<'_>,
    zones: &mut Zones,
    tagged: Option<Node>,
) {
    let Some(domain) = api.get("Domain").filter(|node| is_set(node)) else { return };
    let at = api.at("Domain");
    let said = resolved(expansion, domain);
    let Some(name) = said.get("DomainName") else { return };
    let id = SmolStr::from(format!("ApiGatewayDomainNameV2{}", super::hash(name)));
    let mut configuration = at.fields();
    configuration.hand(domain, "CertificateArn");
    match domain.get("EndpointConfiguration").filter(|node| is_set(node)) {
        Some(_) => configuration.hand_as(domain, "EndpointConfiguration", "EndpointType"),
        None => configuration.set("EndpointType", at.text("REGIONAL")),
    }
    configuration.hand_all(domain, &["OwnershipVerificationCertificateArn", "SecurityPolicy"]);
    let mut properties = at.fields();
    properties.hand(domain, "DomainName");
    properties.set("DomainNameConfigurations", at.list([configuration.node()]));
    mutual_tls(&mut properties, domain);
    if let Some(tagged) = tagged {
        properties.set("Tags", tagged);
    }
    expansion.put(api.further(id.clone(), "AWS::ApiGatewayV2::DomainName", properties));
    expansion.stand_for(format!("{}.DomainName", api.id), id.clone());

    let mapping = |id_end: String, path: Option<&str>| {
        let mut properties = at.fields().with("DomainName", at.reference(&id));
        properties.set("ApiId", at.reference(api.id));
        properties.set("Stage", at.reference(&format!("{}.Stage", api.id)));
        if let Some(path) = path {
            properties.set("ApiMappingKey", at.text(path.trim_matches('/')));
        }
        api.further(format!("{}{id_end}ApiMapping", api.id), "AWS::ApiGatewayV2::ApiMapping", properties)
    };
    let paths = base_paths(&said);
    if paths.is_empty() {
        expansion.put(mapping(String::new(), None));
    }
    for path in paths {
        let letters = path.chars().filter(|letter| !matches!(letter, '-' | '_' | '/')).collect();
        expansion.put(mapping(letters, Some(&path)));
    }
    zones.add(api, &Domain { written: domain, said: &said, endpoint: "REGIONAL", id: &id });
}
