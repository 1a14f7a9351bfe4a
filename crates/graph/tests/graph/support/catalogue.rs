//! Kinds written by hand: a bucket with satellites, a database that inherits, a firewall with records, a key.

use language::ir::{
    AttrId, Attribute, AttributeSource, Catalogue, Default, Field, Filter, How, Kind, KindId, Language,
    Literal, Node, Op, Path, Program, Record, Spelling, Step, TemplatePart, Trait, Type, Within,
};

const BUCKET: KindId = KindId(0);
const CLUSTER: KindId = KindId(1);
const GROUP: KindId = KindId(6);

const fn spelled(name: &'static str, ty: Type) -> Attribute {
    Attribute {
        name,
        ty,
        source: AttributeSource::Spelled,
        required: false,
        fold: false,
        empty_is_absent: false,
        secret: false,
        otherwise: &[],
        default: None,
    }
}

const fn spelling(
    language: Language,
    types: &'static [&'static str],
    reads: &'static [(AttrId, How)],
) -> Spelling {
    Spelling {
        language,
        types,
        joins: &[],
        within: Within::Stack,
        filter: &[],
        under: &[],
        defaults: &[],
        preferred: &[],
        reads,
    }
}

const fn terraform(types: &'static [&'static str], reads: &'static [(AttrId, How)]) -> Spelling {
    spelling(Language::Terraform, types, reads)
}

const fn cloudformation(types: &'static [&'static str], reads: &'static [(AttrId, How)]) -> Spelling {
    spelling(Language::CloudFormation, types, reads)
}

const fn kind(
    name: &'static str,
    attributes: &'static [Attribute],
    records: &'static [Record],
    spellings: &'static [Spelling],
) -> Kind {
    Kind {
        name,
        traits: &[],
        service: "",
        identity_name: None,
        identity_arn: &[],
        reference: None,
        attributes,
        records,
        spellings,
    }
}

const fn field(name: &'static str, ty: Type) -> Field {
    Field { name, ty, default: None, secret: false }
}

const fn node(op: Op) -> Node {
    Node { op, span: (0, 0) }
}

macro_rules! path {
    ($($name:literal).+) => { &[$(Step::Name($name)),+] };
}

const TEXTS: Type = Type::List(&Type::String);
const TRUE: Literal = Literal::Bool(true);
const FALSE: Literal = Literal::Bool(false);

// Ids follow the sorted names.
mod bucket {
    use super::AttrId;
    pub(super) const ALGORITHM: AttrId = AttrId(0);
    pub(super) const BLOCK: AttrId = AttrId(1);
    pub(super) const LOG_BUCKET: AttrId = AttrId(3);
    pub(super) const NAME: AttrId = AttrId(5);
    pub(super) const POLICIES: AttrId = AttrId(6);
    pub(super) const TAGS: AttrId = AttrId(7);
    pub(super) const VERSIONING: AttrId = AttrId(8);
    pub(super) const WEBSITE: AttrId = AttrId(9);
}

const BUCKET_KIND: Kind = Kind {
    identity_name: Some(bucket::NAME),
    identity_arn: &[
        TemplatePart::Text("arn:"),
        TemplatePart::Place("partition"),
        TemplatePart::Text(":s3:::"),
        TemplatePart::Attribute(bucket::NAME),
    ],
    reference: Some(bucket::NAME),
    ..kind(
        "bucket",
        &[
            Attribute {
                default: Some(Default::Literal(Literal::String("AES256"))),
                ..spelled("algorithm", Type::String)
            },
            spelled("block", Type::Bool),
            Attribute {
                source: AttributeSource::Incoming(&[(CLUSTER, "bucket")]),
                ..spelled("clusters", Type::List(&Type::Ref(&["cluster"])))
            },
            Attribute { empty_is_absent: true, ..spelled("log_bucket", Type::Ref(&["bucket"])) },
            Attribute {
                source: AttributeSource::Incoming(&[(BUCKET, "log_bucket")]),
                ..spelled("logs_from", Type::List(&Type::Ref(&["bucket"])))
            },
            Attribute { empty_is_absent: true, ..spelled("name", Type::String) },
            spelled("policies", Type::List(&Type::Policy)),
            spelled("tags", Type::Map(&Type::String)),
            spelled("versioning", Type::String),
            spelled("website", Type::Bool),
        ],
        &[],
        &[
            Spelling {
                defaults: &[(bucket::VERSIONING, Default::Literal(Literal::String("Disabled")))],
                ..terraform(
                    &["aws_s3_bucket"],
                    &[
                        (bucket::NAME, How::Path(path!("bucket"))),
                        (
                            bucket::LOG_BUCKET,
                            How::First(&[
                                How::Path(path!("logging"."target_bucket")),
                                How::SelfIf(path!("logging")),
                            ]),
                        ),
                        (bucket::POLICIES, How::Each { path: path!("policy"), through: &[], fields: &[] }),
                        (bucket::TAGS, How::Path(path!("tags"))),
                        (
                            bucket::VERSIONING,
                            How::Rename(
                                path!("versioning"."enabled"),
                                &[
                                    (TRUE, Literal::String("Enabled")),
                                    (FALSE, Literal::String("Suspended")),
                                    (Literal::String("default.*"), Literal::Null),
                                ],
                            ),
                        ),
                        (bucket::WEBSITE, How::Present(path!("website"))),
                    ],
                )
            },
            Spelling {
                joins: path!("bucket"),
                ..terraform(
                    &["aws_s3_bucket_versioning"],
                    &[(bucket::VERSIONING, How::Path(path!("versioning_configuration"."status")))],
                )
            },
            Spelling {
                joins: path!("bucket"),
                ..terraform(
                    &["aws_s3_bucket_policy"],
                    &[(bucket::POLICIES, How::Each { path: path!("policy"), through: &[], fields: &[] })],
                )
            },
            Spelling {
                joins: path!("bucket"),
                defaults: &[(bucket::BLOCK, Default::Literal(FALSE))],
                ..terraform(
                    &["aws_s3_bucket_public_access_block"],
                    &[(bucket::BLOCK, How::Path(path!("block_public_acls")))],
                )
            },
            Spelling {
                joins: path!("bucket"),
                ..terraform(
                    &["aws_s3_bucket_logging"],
                    &[(bucket::LOG_BUCKET, How::Path(path!("target_bucket")))],
                )
            },
            Spelling {
                joins: path!("bucket"),
                ..terraform(&["aws_s3_bucket_website_configuration"], &[(bucket::WEBSITE, How::Const(TRUE))])
            },
            cloudformation(
                &["AWS::S3::Bucket"],
                &[
                    (bucket::NAME, How::Path(path!("BucketName"))),
                    (bucket::TAGS, How::Pairs { path: path!("Tags"), key: "Key", value: "Value" }),
                    (
                        bucket::ALGORITHM,
                        How::Path(&[Step::Name("Encryption"), Step::Index(0), Step::Name("Algorithm")]),
                    ),
                ],
            ),
            Spelling {
                joins: path!("Bucket"),
                ..cloudformation(
                    &["AWS::S3::BucketPolicy"],
                    &[(
                        bucket::POLICIES,
                        How::Each { path: path!("PolicyDocument"), through: &[], fields: &[] },
                    )],
                )
            },
        ],
    )
};

const CLUSTER_KIND: Kind = Kind {
    identity_name: Some(AttrId(2)),
    ..kind(
        "cluster",
        &[
            spelled("bucket", Type::Ref(&["bucket"])),
            spelled("engine", Type::String),
            Attribute { fold: true, ..spelled("name", Type::String) },
            Attribute { otherwise: &[&["parent", "owner"]], ..spelled("owner", Type::String) },
            spelled("parent", Type::Ref(&["cluster"])),
        ],
        &[],
        &[Spelling {
            within: Within::Account,
            ..terraform(
                &["aws_rds_cluster"],
                &[
                    (AttrId(0), How::Path(path!("bucket"))),
                    (AttrId(1), How::Path(path!("engine"))),
                    (AttrId(2), How::Path(path!("cluster_identifier"))),
                    (AttrId(3), How::Path(path!("owner"))),
                    (AttrId(4), How::Path(path!("parent"))),
                ],
            )
        }],
    )
};

// protocol == "HTTP" -> "none"; has(subnets) -> "open"
const POLICY_CASES: &[(Program, Literal)] = &[
    (
        Program {
            nodes: &[
                node(Op::Subject),
                node(Op::Select(0, "engine")),
                node(Op::Literal(Literal::String("mysql"))),
                node(Op::Equal(1, 2)),
            ],
            text: "self.engine == \"mysql\"",
        },
        Literal::String("native"),
    ),
    (
        Program {
            nodes: &[node(Op::Subject), node(Op::Select(0, "cluster")), node(Op::Has(1)), node(Op::Not(2))],
            text: "!has(self.cluster)",
        },
        Literal::String("iam"),
    ),
];

const DATABASE_KIND: Kind = kind(
    "database",
    &[
        Attribute { default: Some(Default::Cases(POLICY_CASES)), ..spelled("auth", Type::String) },
        spelled("backup_days", Type::Number),
        spelled("cluster", Type::Ref(&["cluster"])),
        Attribute { otherwise: &[&["cluster", "engine"]], ..spelled("engine", Type::String) },
        spelled("parameters", Type::Map(&Type::String)),
        Attribute { secret: true, ..spelled("password", Type::String) },
        Attribute {
            default: Some(Default::Unknown("the snapshot decides")),
            // The cluster has no version of its own, so the second path holds.
            otherwise: &[&["cluster", "version"], &["cluster", "engine"]],
            ..spelled("version", Type::String)
        },
    ],
    &[],
    &[
        Spelling {
            defaults: &[(AttrId(1), Default::Literal(Literal::Number("0")))],
            ..terraform(
                &["aws_db_instance"],
                &[
                    (AttrId(1), How::Path(path!("backup_retention_period"))),
                    (AttrId(2), How::Path(path!("cluster"))),
                    (AttrId(3), How::Path(path!("engine"))),
                    (
                        AttrId(4),
                        How::Follow {
                            path: path!("parameter_group_name"),
                            how: &How::Pairs { path: path!("parameter"), key: "name", value: "value" },
                        },
                    ),
                    (AttrId(5), How::Path(path!("password"))),
                ],
            )
        },
        Spelling {
            defaults: &[(AttrId(1), Default::Literal(Literal::Number("1")))],
            ..cloudformation(
                &["AWS::RDS::DBInstance"],
                &[(AttrId(1), How::Path(path!("BackupRetentionPeriod")))],
            )
        },
    ],
);

// One attribute for each way of reading, all of one type of resource.
const EVERY_KIND: Kind = kind(
    "every",
    &[
        spelled("a_path", Type::String),
        spelled("b_list", TEXTS),
        spelled("c_index", Type::Number),
        spelled("d_entry", Type::Bool),
        spelled("e_one_of", Type::Enum(&["allow", "block"])),
        spelled("f_set_of", TEXTS),
        spelled("g_present", Type::Bool),
        spelled("h_const", Type::String),
        spelled("i_any", Type::Bool),
        spelled("j_first", Type::String),
        spelled("k_concat", TEXTS),
        Attribute { fold: true, ..spelled("l_fold", Type::String) },
        Attribute { empty_is_absent: true, ..spelled("m_empty", Type::String) },
        spelled("n_json", TEXTS),
    ],
    &[],
    &[terraform(
        &["every"],
        &[
            (AttrId(0), How::Path(path!("block"."name"))),
            (AttrId(1), How::Path(path!("block"."name"))),
            (AttrId(2), How::Path(&[Step::Name("block"), Step::Index(1), Step::Name("port")])),
            (AttrId(3), How::Path(&[Step::Name("entries"), Step::Entry("Key", "drop"), Step::Name("Value")])),
            (
                AttrId(4),
                How::OneOf(&[("allow", path!("action"."allow")), ("block", path!("action"."block"))]),
            ),
            (
                AttrId(5),
                How::SetOf(&[
                    ("sms", How::Present(path!("sms"))),
                    ("totp", How::Path(path!("totp"."enabled"))),
                ]),
            ),
            (AttrId(6), How::Present(path!("block"))),
            (AttrId(7), How::Const(Literal::String("classic"))),
            (AttrId(8), How::Any(&[How::Path(path!("one")), How::Path(path!("two"))])),
            (AttrId(9), How::First(&[How::Path(path!("one")), How::Path(path!("two"))])),
            (AttrId(10), How::Concat(&[How::Path(path!("ipv4")), How::Path(path!("ipv6"))])),
            (AttrId(11), How::Path(path!("protocol"))),
            (AttrId(12), How::Path(path!("name"))),
            (AttrId(13), How::Json { path: path!("text"), how: &How::Path(path!("names")) }),
        ],
    )],
);

const KEY_KIND: Kind = kind(
    "key",
    &[spelled("usage", Type::String)],
    &[],
    &[terraform(&["aws_kms_key"], &[(AttrId(0), How::Path(path!("key_usage")))])],
);

const INGRESS: Record = Record {
    name: "ingress",
    key: &["protocol", "from"],
    fields: &[
        field("cidrs", TEXTS),
        field("from", Type::Number),
        Field { default: Some(Literal::String("-1")), ..field("protocol", Type::String) },
    ],
};

const CIDRS: How = How::Concat(&[How::Path(path!("cidr_blocks")), How::Path(path!("ipv6_cidr_blocks"))]);
const FIELDS: &[(&str, How)] =
    &[("cidrs", CIDRS), ("from", How::Path(path!("from_port"))), ("protocol", How::Path(path!("protocol")))];

const GROUP_KIND: Kind = Kind {
    traits: &["endpoint"],
    ..kind(
        "security-group",
        &[spelled("ingress", Type::List(&Type::Record("ingress")))],
        &[INGRESS],
        &[
            terraform(
                &["aws_security_group"],
                &[(AttrId(0), How::Each { path: path!("ingress"), through: &[], fields: FIELDS })],
            ),
            Spelling {
                joins: path!("security_group_id"),
                filter: &[Filter::Equals(path!("type"), Literal::String("ingress"))],
                ..terraform(
                    &["aws_security_group_rule"],
                    &[(AttrId(0), How::Each { path: &[], through: &[], fields: FIELDS })],
                )
            },
        ],
    )
};

// One type that is two kinds, by what it says; and a satellite of two roles that may be many.
const ROLE_KIND: Kind = Kind {
    identity_name: Some(AttrId(1)),
    identity_arn: &[
        TemplatePart::Text("arn:"),
        TemplatePart::Place("partition"),
        TemplatePart::Text(":iam::"),
        TemplatePart::Place("account"),
        TemplatePart::Text(":role/"),
        TemplatePart::Attribute(AttrId(1)),
    ],
    ..kind(
        "role",
        &[spelled("grants", Type::List(&Type::Policy)), spelled("name", Type::String)],
        &[],
        &[
            Spelling {
                filter: &[Filter::Differs(path!("kind"), Literal::String("user"))],
                ..terraform(&["aws_iam_role"], &[(AttrId(1), How::Path(path!("name")))])
            },
            Spelling {
                joins: path!("roles"),
                within: Within::Account,
                ..terraform(
                    &["aws_iam_policy"],
                    &[(AttrId(0), How::Each { path: path!("policy"), through: &[], fields: &[] })],
                )
            },
        ],
    )
};

const RULE: Record =
    Record { name: "test", key: &[], fields: &[field("managed", Type::String), field("sqli", Type::Bool)] };
const WRAPPERS: &[Path] = &[path!("and"."statement"), path!("scope_down")];

const WAF_KIND: Kind = kind(
    "web-acl",
    &[spelled("tests", Type::List(&Type::Record("test")))],
    &[RULE],
    &[terraform(
        &["aws_wafv2_web_acl"],
        &[(
            AttrId(0),
            How::Each {
                path: path!("statement"),
                through: WRAPPERS,
                fields: &[
                    ("managed", How::Path(path!("managed"."name"))),
                    ("sqli", How::Present(path!("sqli"))),
                ],
            },
        )],
    )],
);

pub(crate) static CATALOGUE: Catalogue = Catalogue {
    kinds: &[BUCKET_KIND, CLUSTER_KIND, DATABASE_KIND, EVERY_KIND, KEY_KIND, ROLE_KIND, GROUP_KIND, WAF_KIND],
    traits: &[Trait { name: "endpoint", attributes: &[], kinds: &[GROUP] }],
    rules: &[],
    tables: &[],
    frameworks: &[],
};
