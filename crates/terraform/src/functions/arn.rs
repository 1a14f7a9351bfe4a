//! The functions of the AWS provider, which are pure: `arn_parse`, `arn_build` and `trim_iam_role_path`.

use smol_str::SmolStr;
use value::{Origin, Value};

use super::{Answer, Refusal, string, text};

/// Names of the parts of an ARN after `arn:`, in their order.
const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

pub(super) fn arn_parse(arguments: &[Value]) -> Answer {
    let parts = parts(text(arguments, 0)?)?;
    let entry = |(name, part): (&str, &str)| (SmolStr::new(name), Value::string(part, Origin::default()));
    Ok(Value::map(PARTS.into_iter().zip(parts).map(entry), Origin::default()).kind)
}

pub(super) fn arn_build(arguments: &[Value]) -> Answer {
    let parts: Result<Vec<&str>, Refusal> = (0..PARTS.len()).map(|at| text(arguments, at)).collect();
    string(format!("arn:{}", parts?.join(":")))
}

/// The ARN of a role without the path before the role's name.
pub(super) fn trim_iam_role_path(arguments: &[Value]) -> Answer {
    let [partition, service, region, account, resource] = parts(text(arguments, 0)?)?;
    let path = resource.strip_prefix("role/").filter(|_| service == "iam").ok_or(Refusal::Error)?;
    let name = path.rsplit('/').next().unwrap_or_default();
    string(format!("arn:{partition}:{service}:{region}:{account}:role/{name}"))
}

fn parts(arn: &str) -> Result<[&str; 5], Refusal> {
    let rest = arn.strip_prefix("arn:").ok_or(Refusal::Error)?;
    let parts: Vec<&str> = rest.splitn(PARTS.len(), ':').collect();
    parts.try_into().map_err(|_| Refusal::Error)
}

#[cfg(test)]
mod tests {
    use value::Kind;

    use super::*;

    #[track_caller]
    fn check(function: super::super::Pure, arguments: &[&str], expect: Option<&str>) {
        let arguments: Vec<Value> =
            arguments.iter().map(|text| Value::string(*text, Origin::default())).collect();
        let found = function(&arguments).ok();
        let found = found.as_ref().and_then(|kind| match kind {
            Kind::String(text) => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(found, expect);
    }

    #[test]
    fn arns_are_built_and_the_paths_of_roles_cut() {
        check(arn_build, &["aws", "iam", "", "1", "role/a"], Some("arn:aws:iam::1:role/a"));
        check(trim_iam_role_path, &["arn:aws:iam::1:role/a/b/c"], Some("arn:aws:iam::1:role/c"));
        check(trim_iam_role_path, &["arn:aws:iam::1:role/c"], Some("arn:aws:iam::1:role/c"));
        check(trim_iam_role_path, &["arn:aws:iam::1:user/c"], None);
        check(trim_iam_role_path, &["arn:aws:sts::1:role/c"], None);
        check(trim_iam_role_path, &["role/c"], None);
    }
}
