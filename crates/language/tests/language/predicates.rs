//! What predicates may say, and what is said of those that may not.

use carelint_language::ir::{Body, Macro, Op, Program};

use super::world;

/// Compiles a rule of the world and shows its programs, one node a line.
fn lowered(asked: &str) -> String {
    let catalogue = match world::with("rules/rule.yaml", &world::rule(asked)) {
        Ok(catalogue) => catalogue,
        Err(errors) => return errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    let rule = catalogue.rule("rule").expect("it compiled");
    let mut out = String::new();
    if let Some(when) = rule.when {
        out += &format!("when\n{}", shown(&when, 1));
    }
    match rule.body {
        Body::Check(check) => out += &format!("check\n{}", shown(&check, 1)),
        Body::Each(list, check) => out += &format!("each\n{}check\n{}", shown(&list, 1), shown(&check, 1)),
        Body::None(list) => out += &format!("none\n{}", shown(&list, 1)),
    }
    for (severity, case) in rule.severity.cases {
        out += &format!("{severity:?}\n{}", shown(case, 1));
    }
    out
}

fn shown(program: &Program, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let mut out = String::new();
    for (at, node) in program.nodes.iter().enumerate() {
        let text = &program.text[node.span.0 as usize..node.span.1 as usize];
        let op = match node.op {
            Op::Macro(kind, range, _) => format!("Macro({kind:?}, {range})"),
            other => format!("{other:?}"),
        };
        out += &format!("{indent}{at} {op}  `{}`\n", text.replace('\n', " "));
        if let Op::Macro(Macro::Exists | Macro::All | Macro::Filter | Macro::Map, _, body) = node.op {
            out += &shown(&body, depth + 2);
        }
    }
    out
}

macro_rules! snapshots {
    ($($name:ident: $asked:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), format!("{}\n\n{}", $asked, lowered($asked)));
        }
    )*};
}

snapshots! {
    a_custody_is_asked_of_the_reference_itself:
        "subject: s3-bucket\nunless: size(self.logs_from) > 0\ncheck: 'self.algorithm != \"AES256\" && has(self.key) && self.key.custody == \"customer\"'\npoints_at: [key, algorithm]";
    a_method_takes_the_subject:
        "subject: s3-bucket\ncheck: 'self.policies.exists(p, p.denies_plain_transport(self))'";
    params_are_typed:
        "subject: s3-bucket\nwhen: self.purpose in params.purposes\nparams: {purposes: {type: list<string>, default: [backup]}, days: {type: number, default: 35, min: 1}}\ncheck: self.lock && has(self.lock_mode) && has(self.lock_days) && self.lock_days >= params.days";
    presence_is_enough:
        "subject: s3-bucket\nunless: size(self.logs_from) > 0\ncheck: has(self.log_bucket) || size(self.data_event_trails) > 0\nvariable: pass";
    tables_and_maps:
        "subject: [db-instance, db-cluster]\nunless: has(self.cluster)\ncheck: 'lookup(\"rds-tls\", self.engine).names.exists(p, p in self.parameters ? self.parameters[p].lowerAscii() in [\"1\",\"on\",\"true\"] : lookup(\"rds-tls\", self.engine, self.engine_version).required)'\npoints_at: [parameters]";
    incoming_nodes_are_counted:
        "subject: db-cluster\nwhen: self.engine.startsWith(\"aurora\")\ncheck: has(self.member_class) || size(self.members) >= 2 && size(self.zones) >= 2";
    references_in_records_of_facts_are_followed:
        "subject: [db-instance, db-cluster]\nunless: has(self.cluster)\ncheck: 'self.backups.exists(b, size(b.plan.rules) > 0)'";
    each_element_of_a_fact_fails:
        "subject: data-store\nnone: self.internet_paths\npoints_at: [public]";
    statements_of_a_list_of_policies:
        "subject: s3-bucket\ncheck: self.policies.statements.all(s, s.effect == \"Deny\")";
    elements_are_filtered:
        "subject: security-group\nparams: {ports: {type: list<string>, default: [\"1433-1434\"]}}\nnone: 'self.open_ports.filter(o, o.admits(\"tcp\", params.ports))'";
    macros_within_macros:
        "subject: lb-listener\nwhen: 'self.protocol == \"HTTP\"'\ncheck: |\n  self.actions.all(a, a.type == \"redirect\" && a.to == \"HTTPS\" || a.type == \"fixed-response\"\n    && a.code.startsWith(\"4\")) && self.rules.all(r, r.actions.all(a, a.type != \"forward\"))";
    numbers_of_a_table:
        "subject: lb-listener\nwhen: 'self.protocol in [\"HTTPS\",\"TLS\"]'\ncheck: 'lookup(\"elb-tls-policies\", self.tls_policy).minimum >= 1.2'";
    it_is_the_element:
        "subject: cloudfront-distribution\neach: self.behaviours\ncheck: 'it.viewer in [\"https-only\",\"redirect-to-https\"]'\nfix: {set: {it.viewer: redirect-to-https}, safe: true}";
    nested_records:
        "subject: web-acl\ncheck: 'self.rules.exists(r, r.override == \"none\" && r.tests.exists(t, t.managed == \"AWSManagedRulesSQLiRuleSet\") || r.action == \"block\" && r.tests.exists(t, t.sqli))'";
    statements_of_a_policy:
        "subject: permission-holder\nunless: self.only_a_boundary\neach: self.grants\ncheck: '!it.document.statements.exists(s, s.allows_everything())'";
    an_account_has_nodes:
        "scope: account\ncheck: 'nodes(\"cloudtrail\").exists(t, t.logging) || nodes(\"event-data-store\").exists(s, s.management_events)'";
    a_region_has_nodes_of_a_trait:
        "scope: region\nwhen: 'size(nodes(\"workload\")) > 0'\ncheck: 'nodes(\"guardduty-detector\").exists(d, d.enabled)'";
    any_resource_has_a_type:
        "subject: resource\ncheck: 'lookup(\"hipaa-services\", self.type).eligible'";
    secrets_are_judged_by_where_they_came_from:
        "subject: resource\neach: self.secrets\ncheck: 'it.came_from != \"literal\"'\nvariable: pass";
    enums_are_compared:
        "subject: cognito-pool\ncheck: self.mfa == \"ON\" && size(self.factors) > 0 || self.mfa == \"OPTIONAL\" && self.risk";
    raw_arguments:
        "subject: resource\ncheck: '!has(self.raw[\"timeouts\"].create) || self.tags[\"phi\"] == \"no\"'";
    arithmetic_and_negative_numbers:
        "subject: s3-bucket\ncheck: 'has(self.lock_days) && (self.lock_days - 1) * 2 + -3 > -5'";
    map_makes_a_list:
        "subject: security-group\ncheck: '\"0.0.0.0/0\" in self.ingress.map(r, r.protocol)'";
}

/// The error of a check on a kind, as `start..: message | help`.
#[track_caller]
fn refused(subject: &str, predicate: &str, expect: &str) {
    let text = world::rule(&format!("subject: {subject}\ncheck: '{}'", predicate.replace('\'', "''")));
    let Err(errors) = world::with("rules/rule.yaml", &text) else { panic!("accepted: {predicate}") };
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(error.line, 2);
    // The predicate starts after `check: '`.
    assert_eq!(format!("{}: {} | {}", error.column - 9, error.message, error.help), expect);
}

#[test]
fn misspelt_names_are_told_with_what_was_meant() {
    refused(
        "s3-bucket",
        "self.versionning == \"Enabled\"",
        "0: s3-bucket has no attribute `versionning` | did you mean `versioning`?",
    );
    refused(
        "s3-bucket",
        "self.key.custodi == \"customer\"",
        "0: kms-key has no attribute `custodi` | did you mean `custody`?",
    );
    refused(
        "s3-bucket",
        "size(nodes(\"s3-buckt\")) > 0",
        "5: there is no kind `s3-buckt` | did you mean `s3-bucket`?",
    );
    refused(
        "s3-bucket",
        "lookup(\"rds-tsl\", self.name).required",
        "0: there is no table `rds-tsl` | did you mean `rds-tls`?",
    );
    refused(
        "s3-bucket",
        "lookup(\"rds-tls\", self.name).require",
        "0: the table `rds-tls` has no column `require` | did you mean `required`?",
    );
    refused(
        "s3-bucket",
        "self.name.startWith(\"a\")",
        "0: there is no method `startWith` | did you mean `startsWith`?",
    );
    refused("s3-bucket", "sise(self.policies) > 0", "0: there is no function `sise` | did you mean `size`?");
    refused(
        "security-group",
        "self.ingress.all(r, r.form == 1)",
        "20: the record `ingress` has no field `form` | did you mean `from`?",
    );
    refused("s3-bucket", "sefl.lock", "0: `sefl` is unknown | did you mean `self`?");
    refused(
        "s3-bucket",
        "versioning == \"Enabled\"",
        "0: `versioning` is unknown | write `self.versioning` for an attribute, `\"versioning\"` for a text",
    );
    refused(
        "s3-bucket",
        "self.lock_days > params.days",
        "17: the rule has no parameter `days` | add `params: {days: {type: number, default: 1}}` to the rule",
    );
}

#[test]
fn an_attribute_of_a_list_of_kinds_is_in_all_of_them() {
    refused(
        "[s3-bucket, kms-key]",
        "self.rotation",
        "0: `rotation` is no attribute of s3-bucket, which the rule speaks of too | add it to the model there (`rotation: none` in spellings that do not have it)",
    );
}

#[test]
fn values_outside_of_an_enum_are_errors() {
    refused(
        "s3-bucket",
        "self.versioning == \"Enabeld\"",
        "0: `Enabeld` is no value that this can have | did you mean `Enabled`?",
    );
    refused(
        "s3-bucket",
        "self.versioning in [\"Enabled\", \"On\"]",
        "31: `On` is no value that this can have | known: Disabled, Enabled, Suspended",
    );
    refused(
        "db-cluster",
        "self.engine == \"MySQL\"",
        "0: `MySQL` has capitals, the value is folded to lower case | write `mysql`",
    );
}

#[test]
fn types_that_do_not_fit_are_errors() {
    refused(
        "s3-bucket",
        "self.lock_days == \"7\"",
        "0: a number is never equal to a string | quote both or none",
    );
    refused(
        "s3-bucket",
        "self.policies == \"x\"",
        "0: a list of policy is never equal to a string | ask a list with `in`, `exists`, `all` or `size`",
    );
    refused(
        "s3-bucket",
        "self.name > 3",
        "0: `self.name` is a string, not a number | docs/rule-grammar.md says what each operator takes",
    );
    refused(
        "s3-bucket",
        "self.name && self.lock",
        "0: `self.name` is a string, not a condition | compare it with something, or write `has(…)`",
    );
    refused(
        "s3-bucket",
        "self.key",
        "0: `self.key` is a reference (kms-key), not a condition | ask whether it is there with `has(…)`",
    );
    refused(
        "db-cluster",
        "self.parameters.exists(p, p == \"x\")",
        "0: `self.parameters` is a map | ask a map with `key in map` and `map[key]`",
    );
    refused(
        "s3-bucket",
        "self.lock ? 1 : \"x\"",
        "0: one branch is a number, the other a string | both branches of `?:` have one type",
    );
    refused(
        "s3-bucket",
        "self.name.matches(\"[a\")",
        "0: the regular expression is wrong: unclosed character class | the syntax is that of the regex crate",
    );
    refused(
        "s3-bucket",
        "self.name.grants_public()",
        "0: `self.name` is a string, not a record `statement` | docs/rule-grammar.md says what each operator takes",
    );
}

#[test]
fn what_is_absent_cannot_help_a_resource_to_pass() {
    refused(
        "s3-bucket",
        "!(self.lock_days < 7)",
        "2: `self.lock_days` may be absent; this would then be false and help the resource to pass | add `has(self.lock_days) &&`, give the attribute a default in the model, or mark it `required: true`",
    );
    refused(
        "s3-bucket",
        "self.name.startsWith(\"log\") ? true : self.lock",
        "0: `self.name` may be absent; this would then be false and help the resource to pass | add `has(self.name) &&`, give the attribute a default in the model, or mark it `required: true`",
    );
    refused(
        "security-group",
        "!self.ingress.exists(r, r.from < 22)",
        "24: `r.from` may be absent; this would then be false and help the resource to pass | add `has(r.from) &&`, give the attribute a default in the model, or mark it `required: true`",
    );
}

#[track_caller]
fn accepted(asked: &str) {
    let text = world::rule(asked);
    if let Err(errors) = world::with("rules/rule.yaml", &text) {
        panic!("{errors:?}");
    }
}

#[test]
fn a_guard_or_a_default_makes_an_absence_harmless() {
    accepted("subject: s3-bucket\ncheck: '!(has(self.lock_days) && self.lock_days < 7)'");
    accepted("subject: s3-bucket\ncheck: '!has(self.lock_days) || !(self.lock_days < 7)'");
    accepted("subject: s3-bucket\nwhen: has(self.lock_days)\ncheck: '!(self.lock_days < 7)'");
    accepted("subject: s3-bucket\nunless: self.lock_days < 7\ncheck: self.lock");
    accepted(
        "subject: s3-bucket\ncheck: 'has(self.name) && self.name.startsWith(\"log\") ? true : self.lock'",
    );
    accepted("subject: db-cluster\ncheck: '!self.engine.startsWith(\"aurora\")'");
    accepted("subject: lb-listener\ncheck: '!self.protocol.startsWith(\"HTTP\")'");
    accepted(
        "subject: db-cluster\ncheck: '\"a\" in self.parameters ? !self.parameters[\"a\"].startsWith(\"x\") : true'",
    );
    accepted("subject: db-instance\ncheck: 'self.port < 10'");
}

#[test]
fn what_cel_knows_besides_is_refused() {
    for (predicate, column, what) in [
        ("{\"a\": 1}.a == 1", 0, "a map is not admitted"),
        ("b\"abc\" == b\"abc\"", 0, "a bytes literal is not admitted"),
        ("self.name / 2 == 1", 10, "this operator is not admitted"),
        ("-self.lock_days < 1", 0, "this operator is not admitted"),
        ("Message{a: 1} == null", 7, "a message is not admitted"),
    ] {
        let expect =
            format!("{column}: {what} | predicates are a part of CEL; docs/rule-grammar.md lists it");
        refused("s3-bucket", predicate, &expect);
    }
    refused(
        "db-cluster",
        "has(self.parameters[\"a\"])",
        "0: `has(m[k])` is no CEL | write `k in m`, or `list.exists(x, …)`",
    );
    refused(
        "s3-bucket",
        "self.policies.exists_one(p, true)",
        "0: there is no method `exists_one` | known: admits, all, allows_everything, atLeast, contains, denies_plain_transport, endsWith, exists, filter, grants_public, is_narrowed, lowerAscii, map, matches, startsWith, width",
    );
    refused(
        "s3-bucket",
        "duration(\"1s\") == self.name",
        "0: there is no function `duration` | known: all, atLeast, contains, endsWith, exists, filter, has, lookup, lowerAscii, map, matches, nodes, size, startsWith",
    );
}

#[test]
fn syntax_errors_are_told_in_plain_words() {
    refused(
        "s3-bucket",
        "self.lock &&",
        "12: the predicate ends too early | predicates are CEL: `&& || ! == != < in ?:`, calls, `.field` and `[index]`",
    );
    refused(
        "s3-bucket",
        "self.versioning = \"x\"",
        "16: the predicate cannot be read at `= \"x\"` | equality is `==`",
    );
    refused(
        "s3-bucket",
        "(self.lock",
        "10: the predicate ends too early | brackets do not match; a plain YAML value ends at ` #` and at `: `, inside `{…}` also at a comma: quote it",
    );
    refused(
        "s3-bucket",
        "self.lock and self.lock",
        "10: the predicate cannot be read at `and self.lock` | the operators are `&&`, `||` and `!`",
    );
    refused(
        "s3-bucket",
        "if == 1",
        "0: `if` is a reserved word of CEL | predicates are CEL: `&& || ! == != < in ?:`, calls, `.field` and `[index]`",
    );
}

#[test]
fn a_deep_or_long_predicate_is_refused_not_a_crash() {
    for text in ["(".repeat(2000), "!".repeat(3000), "self.lock && ".repeat(1000), "[".repeat(4000)] {
        let rule = world::rule(&format!("subject: s3-bucket\ncheck: '{text}'"));
        assert!(world::with("rules/rule.yaml", &rule).is_err());
    }
}

#[test]
fn a_flag_that_may_be_absent_does_not_help() {
    let help =
        "add `has(self.on) &&`, give the attribute a default in the model, or mark it `required: true`";
    let told = "`self.on` may be absent; this would then be false and help the resource to pass";
    let kind = "x:\n  service: X\n  attributes: {on: bool, sure: {type: bool, default: false}, there: bool}\n  spelled:\n    - {terraform: aws_x, there: {present: there}}\n";
    let errors = |asked: &str| match world::with_all(&[
        ("x/model.yaml", kind),
        ("rules/rule.yaml", &world::rule(asked)),
    ]) {
        Ok(_) => "none".to_owned(),
        Err(errors) => errors.iter().map(|error| format!("{} | {}", error.message, error.help)).collect(),
    };
    let refused = format!("{told} | {help}");
    assert_eq!(errors("subject: x\ncheck: '!self.on'"), refused);
    assert_eq!(errors("subject: x\nwhen: self.on\ncheck: has(self.on)"), refused);
    assert_eq!(errors("subject: x\ncheck: self.on"), "none");
    assert_eq!(errors("subject: x\nunless: self.on\ncheck: self.sure"), "none");
    assert_eq!(errors("subject: x\ncheck: '!(has(self.on) && self.on)'"), "none");
    assert_eq!(errors("subject: x\ncheck: '!self.sure && !self.there'"), "none");
}

#[test]
fn a_version_has_digits() {
    refused(
        "s3-bucket",
        "self.name.atLeast(\"latest\")",
        "18: `latest` is no version | write `x.atLeast(\"8.0.35\")`",
    );
}
