//! What data sources say that can be told from the source alone: policy documents, what the provider's configuration
//! says, and pure functions of the arguments. The answers are those of the AWS provider 5.100.

use std::sync::Arc;

use source::{Place, ProblemSeverity};
use value::{Format, Kind, MapShape, Origin, Part, Value};

use super::{Asked, policy_document};
use crate::eval::condition::over;
use crate::eval::{Evaluator, text};
use crate::expand::provider::ProviderSays;
use crate::functions::Invocation;

/// Attributes and their values.
type Answers = Vec<(&'static str, Value)>;

impl Evaluator<'_> {
    /// What can be told without asking.
    pub(super) fn answers(&mut self, asked: &Asked, arguments: &Value, says: ProviderSays) -> Answers {
        match asked.type_name.as_str() {
            "aws_iam_policy_document" => self.policy_document(asked, arguments),
            "aws_partition" => self.partition(asked, &says),
            "aws_region" => self.region(asked, arguments, &says),
            "aws_service_principal" => self.service_principal(asked, arguments, &says),
            "aws_caller_identity" => {
                let account = says.account.unwrap_or_else(|| asked.shared("account_id"));
                let rest = ["arn", "user_id"].map(|name| (name, asked.shared(name)));
                [("account_id", account.clone()), ("id", account)].into_iter().chain(rest).collect()
            }
            "aws_canonical_user_id" => ["id", "display_name"].map(|name| (name, asked.shared(name))).to_vec(),
            "aws_elb_service_account" | "aws_redshift_service_account" | "aws_cloudtrail_service_account"
                if !is_set(&arguments.get("region")) =>
            {
                ["id", "arn"].map(|name| (name, asked.shared(name))).to_vec()
            }
            "aws_default_tags" => {
                let none = || Value::map([], Origin::computed(asked.header));
                vec![("tags", says.default_tags.unwrap_or_else(none))]
            }
            "aws_arn" => {
                let arn = self.force(arguments.get("arn"));
                let mut answers = arn_fields(&arn, asked.header);
                answers.push(("id", arn));
                answers
            }
            "template_file" => self.template_file(asked, arguments),
            "local_file" => self.local_file(asked, arguments),
            "null_data_source" if is_set(&arguments.get("inputs")) => {
                vec![("outputs", arguments.get("inputs"))]
            }
            _ => Vec::new(),
        }
    }

    fn policy_document(&mut self, asked: &Asked, arguments: &Value) -> Answers {
        if let Some((sid, place)) = policy_document::repeated_sid(arguments) {
            let message = format!("two statements of {} have the sid \"{sid}\"", asked.address);
            let help = "give each statement a sid of its own, or none; Terraform refuses the document";
            let place = place.unwrap_or(asked.header);
            self.problem(ProblemSeverity::Warning, "terraform-policy-sid", place, message, help);
        }
        let mut document = policy_document::document(&mut |value| self.force(value), arguments, asked.header);
        if let Kind::Map(policy) = &mut document.kind {
            Arc::make_mut(policy).shape = MapShape::Document(Format::Json);
        }
        vec![("json", document.clone()), ("minified_json", document)]
    }

    fn partition(&mut self, asked: &Asked, says: &ProviderSays) -> Answers {
        let of = |name: fn(&Partition) -> &'static str| {
            let text =
                |region: &Value| Value::string(name(partition(region)), Origin::computed(asked.header));
            match &says.region {
                Some(region) => over(region, &Origin::computed(asked.header), text),
                None => text(&Value::absent()),
            }
        };
        vec![
            ("partition", of(|partition| partition.id)),
            ("id", of(|partition| partition.id)),
            ("dns_suffix", of(|partition| partition.suffix)),
            ("reverse_dns_prefix", of(|partition| partition.prefix)),
        ]
    }

    fn region(&mut self, asked: &Asked, arguments: &Value, says: &ProviderSays) -> Answers {
        let written = ["name", "region"].map(|name| arguments.get(name)).into_iter().find(is_set);
        let region = written.or_else(|| says.region.clone()).unwrap_or_else(|| asked.shared("name"));
        let region = self.force(region);
        let endpoint = texts(&[known("ec2."), region.clone(), known("."), suffix(&region)], asked.header);
        let mut answers = vec![("name", region.clone()), ("id", region.clone()), ("region", region)];
        answers.extend(endpoint.map(|endpoint| ("endpoint", endpoint)));
        answers
    }

    fn service_principal(&mut self, asked: &Asked, arguments: &Value, says: &ProviderSays) -> Answers {
        let service = self.force(arguments.get("service_name"));
        let region = Some(arguments.get("region")).filter(is_set).or_else(|| says.region.clone());
        let region = self.force(region.unwrap_or_else(|| asked.shared("region")));
        // Of all partitions' services, these three of China have names of their own.
        let own = matches!(service.as_str(), Some("codedeploy" | "elasticmapreduce" | "logs"));
        let suffix = match partition(&region).id {
            "aws-cn" if own => known("amazonaws.com.cn"),
            "aws" | "aws-cn" | "aws-us-gov" => known("amazonaws.com"),
            _ => return vec![("region", region)],
        };
        let name = texts(&[service.clone(), known("."), suffix.clone()], asked.header);
        let id = texts(&[service, known("."), region.clone(), known("."), suffix.clone()], asked.header);
        let (Some(name), Some(id)) = (name, id) else { return Vec::new() };
        vec![("name", name), ("id", id), ("suffix", suffix), ("region", region)]
    }

    fn template_file(&mut self, asked: &Asked, arguments: &Value) -> Answers {
        let template = arguments.get("template");
        if !is_set(&template) {
            return Vec::new();
        }
        let none = || Value::map([], Origin::computed(asked.header));
        let variables = Some(arguments.get("vars")).filter(is_set).unwrap_or_else(none);
        self.asked_function("templatestring", vec![template, variables], "rendered", asked)
    }

    /// A file inside the scan root; one that Terraform writes is not there yet.
    fn local_file(&mut self, asked: &Asked, arguments: &Value) -> Answers {
        let name = self.force(arguments.get("filename"));
        if name.as_str().is_none() {
            return Vec::new();
        }
        let mut answers = self.asked_function("file", vec![name.clone()], "content", asked);
        answers.extend(self.asked_function("filebase64", vec![name], "content_base64", asked));
        answers
    }

    /// What a function says, under the name of the attribute that has the same value.
    fn asked_function(
        &mut self,
        function: &str,
        arguments: Vec<Value>,
        attribute: &'static str,
        asked: &Asked,
    ) -> Answers {
        let value = self.invoke(&Invocation { name: function, arguments, place: asked.header });
        if value.is_absent() { Vec::new() } else { vec![(attribute, value)] }
    }
}

/// Whether an argument is given.
fn is_set(value: &Value) -> bool {
    !matches!(value.kind, Kind::Absent | Kind::Null)
}

/// A partition of AWS.
struct Partition {
    /// How its regions begin.
    regions: &'static str,
    id: &'static str,
    suffix: &'static str,
    prefix: &'static str,
}

/// The commercial partition: what is assumed where no region says otherwise. Ending elsewhere shows in the region or
/// in written ARNs.
const AWS: Partition = Partition { regions: "", id: "aws", suffix: "amazonaws.com", prefix: "com.amazonaws" };

const OTHERS: [Partition; 6] = [
    Partition { regions: "cn-", id: "aws-cn", suffix: "amazonaws.com.cn", prefix: "cn.com.amazonaws" },
    Partition { regions: "us-gov-", id: "aws-us-gov", suffix: "amazonaws.com", prefix: "com.amazonaws" },
    Partition { regions: "us-iso-", id: "aws-iso", suffix: "c2s.ic.gov", prefix: "gov.ic.c2s" },
    Partition { regions: "us-isob-", id: "aws-iso-b", suffix: "sc2s.sgov.gov", prefix: "gov.sgov.sc2s" },
    Partition { regions: "eu-isoe-", id: "aws-iso-e", suffix: "cloud.adc-e.uk", prefix: "uk.adc-e.cloud" },
    Partition { regions: "us-isof-", id: "aws-iso-f", suffix: "csp.hci.ic.gov", prefix: "gov.ic.hci.csp" },
];

/// The partition of a region.
fn partition(region: &Value) -> &'static Partition {
    let begins =
        |partition: &&Partition| region.as_str().is_some_and(|region| region.starts_with(partition.regions));
    OTHERS.iter().find(begins).unwrap_or(&AWS)
}

fn suffix(region: &Value) -> Value {
    known(partition(region).suffix)
}

fn known(text: &'static str) -> Value {
    Value::string(text, Origin::default())
}

/// The text of several values one after another.
fn texts(values: &[Value], place: Place) -> Option<Value> {
    let mut parts = Vec::with_capacity(values.len());
    for value in values {
        parts.extend(text::parts(value)?);
    }
    Some(text::template(parts, Origin::computed(place)))
}

/// The fields of an ARN. A part that is not known is a field only where it stands alone between two colons; what
/// comes after another one is not told.
fn arn_fields(arn: &Value, place: Place) -> Answers {
    const FIELDS: [&str; 6] = ["arn", "partition", "service", "region", "account", "resource"];
    let parts = match &arn.kind {
        Kind::String(_) | Kind::Template(_) => text::parts(arn).unwrap_or_default(),
        _ => return Vec::new(),
    };
    let mut fields: Vec<Vec<Part>> = vec![Vec::new()];
    for part in parts {
        match part {
            Part::Text(text) => {
                let left = FIELDS.len() - fields.len();
                for (at, piece) in text.splitn(left + 1, ':').enumerate() {
                    if at > 0 {
                        fields.push(Vec::new());
                    }
                    if let (Some(field), false) = (fields.last_mut(), piece.is_empty()) {
                        field.push(Part::Text(piece.into()));
                    }
                }
            }
            value => fields.last_mut().into_iter().for_each(|field| field.push(value.clone())),
        }
    }
    let last = FIELDS.len() - 1;
    let whole = |(at, field): &(usize, &Vec<Part>)| {
        let mixed = field.iter().any(|part| matches!(part, Part::Value(_))) && field.len() > 1;
        *at == last || !mixed
    };
    let told: Vec<_> = fields.iter().enumerate().take_while(whole).collect();
    let is_arn = fields.len() == FIELDS.len()
        && matches!(fields.first().map(Vec::as_slice), Some([Part::Text(text)]) if text == "arn");
    if !is_arn {
        return Vec::new();
    }
    let answer = |(at, field): (usize, &Vec<Part>)| {
        Some((*FIELDS.get(at)?, text::template(field.clone(), Origin::computed(place))))
    };
    told.into_iter().skip(1).filter_map(answer).collect()
}
