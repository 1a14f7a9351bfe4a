//! What is said of files that are wrong, and where it points.

use super::world;

/// The errors of one more file in the world, one a line: `line:column message | help`.
fn errors_of(path: &str, text: &str) -> String {
    match world::with(path, text) {
        Ok(_) => "none".to_owned(),
        Err(errors) => {
            let line = |error: &carelint_language::CompileError| {
                assert_eq!(error.file, path);
                format!("{}:{} {} | {}", error.line, error.column, error.message, error.help)
            };
            errors.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

#[track_caller]
fn model(text: &str, expect: &str) {
    assert_eq!(errors_of("x/model.yaml", text), expect);
}

#[track_caller]
fn rule(asked: &str, expect: &str) {
    assert_eq!(errors_of("x/rule.yaml", &world::rule(asked)), expect);
}

#[track_caller]
fn table(text: &str, expect: &str) {
    assert_eq!(errors_of("tables/t.yaml", text), expect);
}

/// A kind with these attributes and this Terraform spelling.
fn kind(attributes: &str, spelling: &str) -> String {
    format!(
        "x:\n  service: X\n  attributes: {attributes}\n  spelled:\n    - {{terraform: aws_x, {spelling}}}\n"
    )
}

#[test]
fn keys_that_are_unknown_or_repeated() {
    model(
        "x:\n  service: X\n  atributes: {}\n  spelled: []\n",
        "3:3 the kind `x` has no `atributes` | did you mean `attributes`?",
    );
    model(
        "x:\n  service: X\n  service: Y\n  spelled: []\n",
        "3:3 `service` stands twice in the kind `x` | keep one of them; YAML would silently take the last",
    );
    model(&kind("{a: string}", "b: c"), "5:26 `x` has no attribute `b` | did you mean `a`?");
    rule(
        "subject: s3-bucket\nchek: self.lock",
        "1:1 a rule asks one thing | write `check: …`, or `each: LIST` with `check: …` about `it`, or `none: LIST`\n2:1 a rule has no `chek` | did you mean `check`?",
    );
}

#[test]
fn attributes_and_their_types() {
    model(
        &kind("{a: strng}", "a: a"),
        "3:16 `strng` is neither a type nor a record of the kind | did you mean `string`?",
    );
    model(
        &kind("{a: list<strin>}", "a: a"),
        "3:16 `strin` is neither a type nor a record of the kind | did you mean `string`?",
    );
    model(&kind("{a: {type: List}}", "a: a"), "3:26 `List` is no type | did you mean `list`?");
    model(&kind("{a: ref kms-kye}", "a: a"), "3:16 there is no kind `kms-kye` | did you mean `kms-key`?");
    model(
        &kind("{a: ~}", ""),
        "3:16 `a` has no type | write a type: bool, number, string, {enum: […]}, cidr, policy, ref KIND, list<…>, map<…>",
    );
    model(&kind("{a: {required: true}}", ""), "3:16 `a` has no type | write `{type: …}`");
    model(
        &kind("{a: {type: string, requird: true}}", ""),
        "3:34 the attribute `a` has no `requird` | did you mean `required`?",
    );
    model(
        &kind("{tags: string}", ""),
        "3:16 every resource has the attribute `tags` | rules may ask it already; call an attribute of the service differently",
    );
    model(&kind("{joins: string}", ""), "3:16 `joins` has a meaning of its own | choose another name");
    model(
        &kind("{aB: string}", ""),
        "3:16 `aB` is no name | names are lower case letters and digits, words joined by `_`",
    );
    model(&kind("{a: {enum: [x, x]}}", ""), "3:30 `x` stands twice in the enum | keep one of them");
    model(
        &kind("{a: {type: {enum: [X]}, fold: true}}", ""),
        "3:16 `X` has capitals, `a` is folded | folded values are lower case; write the enum in lower case",
    );
    model(&kind("{a: {fact: zonse}}", ""), "3:26 there is no fact `zonse` | did you mean `zones`?");
    model(
        &kind("{a: {incoming: [s3-bucket.log_bucket]}}", ""),
        "3:31 `s3-bucket.log_bucket` does not point to `x` | give it the type `ref x` or `list<ref x>`",
    );
    model(
        &kind("{a: {incoming: [s3-bucket.log_buckt]}}", ""),
        "3:31 s3-bucket has no attribute `log_buckt` | did you mean `log_bucket`?",
    );
    model(
        &kind("{k: ref kms-key, a: {type: bool, else: k.rotatoin}}", "k: k, a: a"),
        "3:54 kms-key has no attribute `rotatoin` | did you mean `rotation`?",
    );
    model(
        &kind("{k: ref kms-key, a: {type: string, else: k.rotation}}", "k: k, a: a"),
        "3:56 `k.rotation` is a boolean, `a` is a string | both need one type",
    );
}

#[test]
fn traits_are_kept() {
    let of = |attributes: &str| {
        format!(
            "x:\n  service: X\n  is: [data-store]\n  attributes: {attributes}\n  spelled:\n    - {{terraform: aws_x}}\n"
        )
    };
    model(
        &of("{port: string}"),
        "4:16 `port` is string here and number in the trait `data-store` | rules ask all kinds of a trait alike: give it the type of the trait",
    );
    model(
        &of("{}").replace("data-store", "data-stor"),
        "3:8 there is no trait `data-stor` | did you mean `data-store`?",
    );
}

#[test]
fn ways_of_reading_fit_the_type() {
    model(
        &kind("{a: string}", "a: {present: b}"),
        "5:29 `{present: …}` does not give string | docs/model-grammar.md says what each way of reading gives",
    );
    model(
        &kind("{a: {enum: [b, c]}}", "a: {path: p, map: {x: d}}"),
        "5:48 \"d\" is no value of enum [b, c] | did you mean `b`?",
    );
    model(
        &kind("{a: string}", "a: [b, c]"),
        "5:29 a list of ways to read gives a list, the type is string | write `{first: […]}` for the first that is there",
    );
    model(
        &kind("{a: map<string>}", "a: {pairs: p, key: Name}"),
        "5:29 `pairs` lacks `key` or `value` | write `{pairs: path, key: Name, value: Value}`",
    );
    model(
        &kind("{a: string}", "a: {presnt: b}"),
        "5:29 this is no way to read a value | did you mean `present`?",
    );
    model(
        &kind("{a: string}", "a: 'b..c'"),
        "5:29 `b..c` is no path: `` is no name | paths are `block.attribute`, `list[0]`, `list[Key=text].Value`, `.`",
    );
    model(
        &kind("{a: list<string>}", "a: {each: b, c: d}"),
        "5:39 `c`: the elements are no records | declare a record of the kind and make the attribute a list of it",
    );
    model(&kind("{a: {fact: zones}}", "a: b"), "5:26 `a` is computed, no spelling gives it | leave it out");
    model(
        "x:\n  service: X\n  records: {r: {fields: {f: string}}}\n  attributes: {a: list<r>}\n  spelled:\n    - {terraform: aws_x, a: {each: b, g: d}}\n",
        "6:39 the record `r` has no `g` | did you mean `f`?",
    );
}

#[test]
fn spellings_name_a_language_and_types() {
    model(
        "x:\n  service: X\n  spelled:\n    - {joins: a}\n",
        "4:7 a spelling names one language | write `- terraform: aws_x` or `- cloudformation: \"AWS::X::Y\"`",
    );
    model(
        "x:\n  service: X\n  spelled:\n    - {terraform: \"AWS::X::Y\"}\n",
        "4:19 `AWS::X::Y` is no resource type of this language | Terraform types are like `aws_s3_bucket`, CloudFormation types like `\"AWS::S3::Bucket\"`",
    );
    model(
        "x:\n  service: X\n",
        "1:1 no language spells `x` | write `spelled:` with one entry for each resource type",
    );
    model(
        "x:\n  spelled: []\n",
        "1:1 the kind `x` has no `service` | write AWS's name of the service: `service: Amazon S3`",
    );
    model(
        &kind("{}", "within: account"),
        "5:34 `within` without `joins` | only satellites have a subject to be near to",
    );
    model(
        &kind("{}", "where: {t: [a, b]}"),
        "5:37 a filter compares with one value | write one spelling for each value, or `{not: […]}` for all others",
    );
    model(
        "x:\n  service: X\n  spelled:\n    - {terraform: aws_kms_key}\n",
        "1:1 `aws_kms_key` is the subject of both `kms-key` and `x` | tell them apart with `where` in both, or make it one kind",
    );
    model(
        "kms-key:\n  service: X\n  spelled:\n    - {terraform: aws_x}\n",
        "1:1 the kind `kms-key` is described in all/model.yaml too | keep one description",
    );
}

#[test]
fn defaults_fit_the_type_and_ask_only_what_is_spelled() {
    model(
        &kind("{a: {type: number, default: \"7\"}}", ""),
        "3:43 \"7\" is no value of number | change the value or the type",
    );
    model(&kind("{a: {type: string, default: 7}}", ""), "3:43 7 is no value of string | quote it");
    model(
        &kind("{a: {type: {enum: [b]}, default: c}}", ""),
        "3:48 \"c\" is no value of enum [b] | did you mean `b`?",
    );
    model(
        &kind("{a: bool, b: ref kms-key}", "default: {a: [{if: self.b.rotation, value: true}]}"),
        "5:45 a reference cannot be asked in a default | conditions of defaults ask only the spelled attributes of `self`",
    );
    model(
        &kind("{a: bool}", "default: {a: [{if: 'self.c == 1', value: true}]}"),
        "5:46 x has no attribute `c` | did you mean `a`?",
    );
}

#[test]
fn yaml_traps_are_told() {
    rule(
        "subject: s3-bucket\nwhen: !self.lock\ncheck: self.lock",
        "2:7 `!self.lock` is a tag, which has no meaning here | YAML reads a leading `!` as a tag: quote the value, or write `unless:` in place of `when: !…`",
    );
    rule(
        "subject: s3-bucket\nseverity: {low: self.policies.exists(p, p.denies_plain_transport(self)), else: high}\ncheck: self.lock",
        "2:39 the predicate ends too early | inside `{…}` YAML cuts at commas and at `: `: write the mapping in block style, or quote the predicate\n10:1 `severity` stands twice in the rule | keep one of them; YAML would silently take the last",
    );
    rule(
        "subject: s3-bucket\ncheck: self.name == \" # \"",
        "2:21 the predicate cannot be read at `\"` | a quote is open; a plain YAML value ends at ` #` and at `: `: put the predicate in single quotes",
    );
    rule(
        "subject: s3-bucket\ncheck: |\n  self.lock\n    && self.versionin == \"Enabled\"",
        "4:8 s3-bucket has no attribute `versionin` | did you mean `versioning`?",
    );
    assert!(errors_of("x/rule.yaml", "check: \"a\" == 1\n").starts_with("1:"));
    assert!(errors_of("x/rule.yaml", "").contains("the file is empty"));
    assert!(errors_of("x/rule.yaml", "- a\n").contains(" the rule is a list | "));
}

#[test]
fn enums_are_read_by_yaml_1_2() {
    model(&kind("{a: {type: {enum: [OFF, ON, yes]}, default: OFF}}", ""), "none");
}

#[test]
fn citations_and_names_exist() {
    let broken = |from: &str, to: &str| {
        errors_of("x/rule.yaml", &world::rule("subject: s3-bucket\ncheck: self.lock").replace(from, to))
    };
    assert_eq!(
        broken("164.312(a)(1)", "164.312(a)(2)"),
        "10:20 HIPAA Security Rule has no section `164.312(a)(2)` | did you mean `164.312(a)(1)`?"
    );
    assert_eq!(
        broken("hipaa:", "hippa:"),
        "1:1 the rule cites neither HIPAA nor Well-Architected | write `controls: {hipaa: [\"164.312(a)(1)\"], well-architected: [SEC08-BP01]}`\n10:12 there is no framework `hippa` | did you mean `hipaa`?"
    );
    assert_eq!(
        broken("pillar: security", "pillar: securty"),
        "8:9 there is no pillar `securty` | did you mean `security`?"
    );
    assert_eq!(
        broken("severity: high", "severity: hihg"),
        "9:11 there is no severity `hihg` | did you mean `high`?"
    );
    assert_eq!(
        broken("id: rule", "id: rool"),
        "3:5 the rule `rool` is in a file called `rule` | give both one name"
    );
    assert_eq!(broken("message: Bad\n", ""), "1:1 the rule has no `message` | write `message: …`");
    assert_eq!(
        broken("message: Bad", "message: 'Bad {self.vrsioning}'"),
        "5:15 s3-bucket has no attribute `vrsioning` | did you mean `versioning`?"
    );
    assert_eq!(
        broken("message: Bad", "message: 'Bad {self.password}'"),
        "5:15 `password` is a secret | messages never show secrets"
    );
    assert_eq!(
        broken("fail: {", "fale: {"),
        "11:11 `examples` lacks `pass` or `fail` | show both, in each language of the rule\n11:34 `examples` has no `fale` | did you mean `fail`?"
    );
    rule(
        "subject: s3-buckt\ncheck: self.lock",
        "1:10 there is no kind `s3-buckt` | did you mean `s3-bucket`?",
    );
    rule(
        "subject: s3-bucket\ncheck: self.lock\npoints_at: [lok]",
        "3:13 s3-bucket has no attribute `lok` | did you mean `lock`?",
    );
    rule(
        "subject: s3-bucket\ncheck: self.lock\ncovers: [other]",
        "3:9 there is no rule `other` | known: rule",
    );
    rule(
        "subject: s3-bucket\ncheck: self.lock\nfix: {set: {versioning: Enabeld}, safe: true}",
        "3:25 `Enabeld` is no value that this can have | did you mean `Enabled`?",
    );
    rule(
        "subject: s3-bucket\ncheck: self.lock\nfix: {set: {lock: true}}",
        "3:6 `fix` does not say if it is safe | write `safe: true` if nothing is replaced, stopped or paid",
    );
    rule(
        "scope: account\ncheck: self.lock",
        "2:8 there is no `self` here | ask `nodes(\"kind\")` in rules of an account or region",
    );
    rule(
        "subject: s3-bucket\ncheck: it.x",
        "2:8 there is no `it` here | `it` is the element of `each` or `none`",
    );
    rule(
        "subject: s3-bucket\nnone: self.name",
        "2:7 this is a string, not a list | `each` and `none` take a list of elements",
    );
    rule(
        "subject: s3-bucket\nwhen: self.lock\nunless: self.lock\ncheck: self.lock",
        "3:9 a rule has `when` or `unless`, not both | write `when: A && !B`, quoted",
    );
}

#[test]
fn tables_hold_what_their_columns_say() {
    let text = |columns: &str, rows: &str| {
        format!("table: t\ndated: \"2026-01-01\"\nsource: s\ncolumns: {columns}\nrows: {rows}\n")
    };
    table(
        &text("{a: number}", "{k: {a: x}}"),
        "5:15 \"x\" is no number | quote texts that look like numbers or booleans",
    );
    table(&text("{a: string}", "{k: {b: x}}"), "5:12 the table has no `b` | did you mean `a`?");
    table(
        &text("{a: string}", "{k: {a: x}}").replace("2026-01-01", "January"),
        "2:8 `January` is no day | write `YYYY-MM-DD`",
    );
    table(
        &text("{a: string}", "{k: {a: x}}").replace("table: t", "table: other"),
        "1:8 the table `other` is in a file called `t` | give both one name",
    );
    table("table: t\n", "1:1 `dated` is missing | write `dated: …`");
}

#[test]
fn one_rule_may_not_take_the_name_of_another() {
    let text = world::rule("subject: s3-bucket\ncheck: self.lock");
    let mut files = world::FILES.to_vec();
    files.push(carelint_language::RuleSource { path: "a/rule.yaml", text: &text });
    files.push(carelint_language::RuleSource { path: "b/rule.yaml", text: &text });
    let errors = carelint_language::compile(&files).expect_err("two rules of one name");
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0].message, "`rule` is the id or an alias of the rule in b/rule.yaml too");
}

#[test]
fn what_takes_the_place_of_a_deprecated_rule_exists() {
    let asked = "subject: s3-bucket\ncheck: self.lock\nsince: 1.0.0\n";
    rule(&format!("{asked}deprecated: {{since: 1.2.0, use: rule}}"), "none");
    rule(
        &format!("{asked}deprecated: {{since: 1.2.0, use: other}}"),
        "4:13 there is no rule `other` | known: rule",
    );
    rule(
        &format!("{asked}deprecated: {{since: 1.2.0}}"),
        "4:13 `deprecated` lacks `since` or `use` | write `deprecated: {since: 1.2.0, use: rule-id}`",
    );
}
