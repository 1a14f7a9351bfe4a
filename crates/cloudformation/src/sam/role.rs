//! The role that SAM makes for a function or a state machine that is given none.

use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::document::{Node, NodeKind};

use super::expansion::Expansion;
use super::make::{At, Fields};
use super::managed_policies;
use super::serverless::{Made, Serverless};

/// A role in the making.
#[derive(Debug)]
pub(crate) struct Role {
    /// Its logical id.
    pub(crate) id: SmolStr,
    trust: Node,
    managed: Vec<Node>,
    inline: Vec<Node>,
    /// What of both is there already, whatever its place.
    known: FxHashSet<String>,
}

impl Role {
    /// A role without policies.
    pub(crate) fn new(id: impl Into<SmolStr>, trust: Node) -> Self {
        let id = id.into();
        Self { id, trust, managed: Vec::new(), inline: Vec::new(), known: FxHashSet::default() }
    }

    /// Attaches the policy that AWS manages under this path and name.
    pub(crate) fn managed_by_aws(&mut self, at: At, path: &str) {
        self.attach(managed_policies::at_path(at, path));
    }

    /// Attaches the policy that lets the role send traces. Partitions that came later have it under another name.
    pub(crate) fn traced(&mut self, expansion: &Expansion<'_, '_>, at: At) {
        let name = if expansion.is_first_partition() {
            "AWSXrayWriteOnlyAccess"
        } else {
            "AWSXRayDaemonWriteAccess"
        };
        self.managed_by_aws(at, name);
    }

    /// Attaches a policy by its ARN, once.
    pub(crate) fn attach(&mut self, arn: Node) {
        if self.known.insert(shape(&arn)) {
            self.managed.push(arn);
        }
    }

    /// Adds an entry of `Policies` as it is.
    pub(crate) fn inline(&mut self, policy: Node) {
        self.inline.push(policy);
    }

    /// Adds a policy of one document, unless one with the same document is there.
    pub(crate) fn allow(&mut self, at: At, name: &str, document: Node) {
        if self.known.insert(shape(&document)) {
            self.inline.push(named(at, name, document));
        }
    }

    /// The role, with the properties of the resource that are about it.
    pub(crate) fn made(self, serverless: &Serverless<'_>, tags: Node) -> Made {
        let at = serverless.at;
        let mut made = at.fields();
        made.set("AssumeRolePolicyDocument", self.trust);
        made.set("ManagedPolicyArns", at.list(self.managed));
        if !self.inline.is_empty() {
            made.set("Policies", at.list(self.inline));
        }
        made.hand_as(&serverless.properties, "RolePath", "Path");
        made.hand(&serverless.properties, "PermissionsBoundary");
        made.set("Tags", tags);
        serverless.further(self.id, "AWS::IAM::Role", made)
    }
}

/// The document that lets a service take a role.
pub(crate) fn trust(at: At, service: &str) -> Node {
    let principal = at.map([("Service", at.texts([service]))]);
    let statement =
        [("Action", at.texts(["sts:AssumeRole"])), ("Effect", at.text("Allow")), ("Principal", principal)];
    let statements = at.list([at.map(statement)]);
    at.map([("Version", at.text("2012-10-17")), ("Statement", statements)])
}

/// An entry of `Policies` of a role.
pub(crate) fn named(at: At, name: &str, document: Node) -> Node {
    at.map([("PolicyName", at.text(name)), ("PolicyDocument", document)])
}

/// A statement that allows actions on a resource.
pub(crate) fn allow<'a>(at: At, actions: impl IntoIterator<Item = &'a str>, resource: Node) -> Node {
    let actions = at.texts(actions);
    at.map([("Action", actions), ("Effect", at.text("Allow")), ("Resource", resource)])
}

/// A document of statements.
pub(crate) fn document(at: At, statements: impl IntoIterator<Item = Node>) -> Node {
    at.map([("Statement", at.list(statements))])
}

/// The policy that lets a role send to a destination of this type: SQS, SNS, EventBridge, Lambda or S3.
pub(crate) fn destination(at: At, kind: &str, arn: &Node, prefix: &str) -> Option<Node> {
    let (suffix, statements) = match kind {
        "SQS" => ("SQSPolicy", vec![allow(at, ["sqs:SendMessage"], arn.clone())]),
        "SNS" => ("SNSPolicy", vec![allow(at, ["sns:publish"], arn.clone())]),
        "EventBridge" => ("EventBridgePolicy", vec![allow(at, ["events:PutEvents"], arn.clone())]),
        "Lambda" => ("LambdaPolicy", vec![allow(at, ["lambda:InvokeFunction"], arn.clone())]),
        "S3" | "S3Bucket" => {
            let objects = at.join("/", [arn.clone(), at.text("*")]);
            let put = allow(at, ["s3:PutObject"], objects);
            ("S3Policy", vec![put, allow(at, ["s3:ListBucket"], arn.clone())])
        }
        _ => return None,
    };
    Some(named(at, &format!("{prefix}{suffix}"), document(at, statements)))
}

/// A text that is the same for nodes that say the same, wherever they stand.
fn shape(node: &Node) -> String {
    let mut text = String::new();
    write_shape(node, &mut text);
    text
}

fn write_shape(node: &Node, text: &mut String) {
    if let Some(tag) = &node.tag {
        text.push('!');
        text.push_str(tag);
    }
    match &node.kind {
        NodeKind::Scalar(scalar) => {
            text.push_str(&format!("{:?}", scalar.text));
        }
        NodeKind::Sequence(items) => {
            text.push('[');
            items.iter().for_each(|item| {
                write_shape(item, text);
                text.push(',');
            });
            text.push(']');
        }
        NodeKind::Mapping(entries) => {
            text.push('{');
            entries.iter().for_each(|entry| {
                text.push_str(&format!("{:?}:", entry.key));
                write_shape(&entry.value, text);
                text.push(',');
            });
            text.push('}');
        }
    }
}

/// The map of a policy's parts that a role made by hand has; used where no `Serverless` role is in the making.
pub(crate) fn of_service(at: At, service: &str, policies: Vec<Node>) -> Fields {
    let mut made = at.fields();
    made.set("AssumeRolePolicyDocument", trust(at, service));
    made.set("Policies", at.list(policies));
    made
}
