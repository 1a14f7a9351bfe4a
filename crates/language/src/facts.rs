//! What rules may ask of the facts: names and types. The answers are computed in `crates/facts`, which has a test
//! that every name here is answered; this list is what predicates and models are checked against.

use crate::ir::{Field, Literal, Record, Type};

/// A fact that a model may give a kind as an attribute: `{fact: name}`.
#[derive(Debug, Clone, Copy)]
pub struct FactSignature {
    /// Its name in models.
    pub name: &'static str,
    /// Type of its value.
    pub ty: Type,
}

/// A method that predicates may call.
#[derive(Debug, Clone, Copy)]
pub struct MethodSignature {
    /// Its name.
    pub name: &'static str,
    /// Type of the receiver.
    pub receiver: Type,
    /// Types of the arguments.
    pub arguments: &'static [Type],
    /// Type of the result.
    pub result: Type,
}

const STRINGS: Type = Type::List(&Type::String);

/// Facts of nodes.
pub const NODE_FACTS: &[FactSignature] = &[
    // network: subnets by their effective route tables, groups by all their rules
    FactSignature { name: "subnet-public", ty: Type::Bool },
    FactSignature { name: "open-ports", ty: Type::List(&Type::Record("opening")) },
    // A security group whose ingress rules all name CloudFront's origin-facing prefix lists and no other source.
    FactSignature { name: "only-cloudfront", ty: Type::Bool },
    FactSignature { name: "internet-paths", ty: Type::List(&Type::Record("internet-path")) },
    FactSignature { name: "vpc-has-internet-gateway", ty: Type::Bool },
    // placement: the distinct Availability Zones that a resource spans
    FactSignature { name: "zones", ty: STRINGS },
    // attachment
    FactSignature { name: "backups", ty: Type::List(&Type::Record("backup")) },
    FactSignature {
        name: "data-event-trails",
        ty: Type::List(&Type::Ref(&["cloudtrail", "event-data-store"])),
    },
    // policies of Data Lifecycle Manager that take snapshots of a volume
    FactSignature { name: "snapshot-policies", ty: Type::List(&Type::Ref(&["lifecycle-policy"])) },
    // copies that AWS keeps up to date: replication, replicas, members of a global database
    FactSignature { name: "copies", ty: Type::List(&Type::Record("copy")) },
    // the resources that a key protects
    FactSignature { name: "protects", ty: Type::List(&Type::Ref(&[])) },
    // what a resource is for, from its tags and names
    FactSignature { name: "purpose", ty: Type::String },
    FactSignature { name: "phi", ty: Type::Enum(&["yes", "no", "unstated"]) },
    // attributes that the model marks `secret: true` and that hold something
    FactSignature { name: "secrets", ty: Type::List(&Type::Record("secret")) },
];

/// Facts of references: computed from the value, even where no node stands behind it.
pub const REFERENCE_FACTS: &[FactSignature] = &[
    // Who manages a key: `customer`, `aws` (an `alias/aws/…` key) or unknown.
    FactSignature { name: "key-custody", ty: Type::Enum(&["customer", "aws"]) },
];

/// Attributes that every node has, of whatever kind.
pub const EVERY_NODE: &[FactSignature] = &[
    FactSignature { name: "type", ty: Type::String },
    FactSignature { name: "address", ty: Type::String },
    FactSignature { name: "language", ty: Type::Enum(&["terraform", "cloudformation"]) },
    FactSignature { name: "phi", ty: Type::Enum(&["yes", "no", "unstated"]) },
    // It holds or handles health information, as far as the scan tells; every store, where nothing is marked.
    FactSignature { name: "phi_scope", ty: Type::Bool },
    FactSignature { name: "region", ty: Type::String },
    FactSignature { name: "tags", ty: Type::Map(&Type::String) },
    FactSignature { name: "secrets", ty: Type::List(&Type::Record("secret")) },
    FactSignature { name: "meta", ty: Type::Map(&Type::Any) },
];

/// Records that facts give.
pub const RECORDS: &[Record] = &[
    Record {
        name: "backup",
        key: &[],
        // `other_region`: its plan puts a copy into a vault of another Region.
        fields: &[
            field("other_account", Type::Bool),
            field("other_region", Type::Bool),
            field("plan", Type::Ref(&["backup-plan"])),
            field("selection", Type::Ref(&["backup-selection"])),
        ],
    },
    Record {
        name: "condition",
        key: &[],
        fields: &[field("key", Type::String), field("operator", Type::String), field("values", STRINGS)],
    },
    Record {
        name: "copy",
        key: &["region"],
        fields: &[
            field("other_account", Type::Bool),
            field("other_region", Type::Bool),
            field("region", Type::String),
            field("to", Type::Ref(&[])),
        ],
    },
    Record {
        name: "internet-path",
        key: &["port", "through"],
        // `direct`: to an address of the store itself or a load balancer's; else `through` a machine that has one.
        fields: &[
            field("direct", Type::Bool),
            field("hops", STRINGS),
            field("port", Type::Number),
            field("through", Type::String),
        ],
    },
    Record {
        name: "opening",
        key: &["protocol", "from", "to", "source"],
        fields: &[
            field("from", Type::Number),
            field("protocol", Type::String),
            field("source", Type::String),
            field("to", Type::Number),
        ],
    },
    Record { name: "principal", key: &[], fields: &[field("id", Type::String), field("type", Type::String)] },
    Record {
        name: "secret",
        key: &["name"],
        // `hidden`: of what came through an input, whether that is marked sensitive or NoEcho; `source`: the type of the
        // resource or data source that gives it.
        fields: &[
            field("came_from", Type::String),
            field("hidden", Type::Bool),
            field("name", Type::String),
            field("source", Type::String),
        ],
    },
    Record {
        name: "statement",
        key: &["sid"],
        fields: &[
            field("actions", STRINGS),
            field("conditions", Type::List(&Type::Record("condition"))),
            field("effect", Type::String),
            field("not_actions", STRINGS),
            field("not_principals", Type::List(&Type::Record("principal"))),
            field("not_resources", STRINGS),
            field("principals", Type::List(&Type::Record("principal"))),
            field("resources", STRINGS),
            field("sid", Type::String),
        ],
    },
];

/// Methods. A policy also has the attribute `statements`.
pub const METHODS: &[MethodSignature] = &[
    // The policy denies all access to the subject (and what it contains) that does not use TLS.
    method("denies_plain_transport", Type::Policy, &[Type::Any], Type::Bool),
    // An Allow whose action pattern and resource pattern both match everything.
    method("allows_everything", Type::Record("statement"), &[], Type::Bool),
    // An Allow for everyone without a condition that fixes who or where.
    method("grants_public", Type::Record("statement"), &[], Type::Bool),
    // It holds only from fixed networks (`aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce`), with MFA, or within an
    // organisation.
    method("is_narrowed", Type::Record("statement"), &[], Type::Bool),
    // The opening admits this protocol on some port of the ranges (`"22"`, `"1433-1434"`).
    method("admits", Type::Record("opening"), &[Type::String, STRINGS], Type::Bool),
    // How many ports the opening admits (65,536 for all).
    method("width", Type::Record("opening"), &[], Type::Number),
];

const fn field(name: &'static str, ty: Type) -> Field {
    Field { name, ty, default: None::<Literal>, secret: false }
}

const fn method(
    name: &'static str,
    receiver: Type,
    arguments: &'static [Type],
    result: Type,
) -> MethodSignature {
    MethodSignature { name, receiver, arguments, result }
}
