//! The functions of Terraform 1.11 and OpenTofu: their parameters, what they give, and how they are evaluated here.
//! A test holds the table against Terraform's own list.

use value::Type;

use super::Special;
use super::{Pure, numbers, sets, strings, texts};
use super::{arn, choices, collections, csv, dates, encoding, files, format, hashes, lists, maps, network};

/// How a function is evaluated.
#[derive(Clone, Copy)]
pub(super) enum Function {
    /// Of wholly known arguments.
    Pure(Pure),
    /// It copes with unknown arguments.
    Special(Special),
    /// Pure, but not computed, for this reason: unknown, and the same for the same arguments.
    Opaque(&'static str),
    /// Different at every run.
    Fresh,
}

/// A parameter's type, as arguments are converted to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    String,
    Number,
    /// Anything but null.
    Any,
    /// Anything.
    Nullable,
    /// A list of one type.
    List,
    /// A set of one type.
    Set,
    /// A list of strings.
    Strings,
    /// A list of booleans.
    Bools,
    /// A map to lists of strings.
    MapOfStrings,
}

/// A function.
pub(super) struct Definition {
    pub(super) name: &'static str,
    /// A letter for each parameter; a star says that the last one may be repeated, or left out.
    parameters: &'static str,
    /// A letter for the type of the result.
    result: char,
    pub(super) function: Function,
}

impl Parameter {
    /// Whether a text or a number is asked for, which may stand behind a reference.
    pub(super) fn is_primitive(self) -> bool {
        matches!(self, Self::String | Self::Number)
    }
}

impl Definition {
    /// The parameter of the argument at a position; none if there are too many arguments.
    pub(super) fn parameter(&self, at: usize) -> Option<Parameter> {
        let letters = self.parameters.trim_end_matches('*');
        let letter =
            letters.chars().nth(at).or_else(|| letters.chars().last().filter(|_| self.is_variadic()));
        Some(match letter? {
            's' => Parameter::String,
            'n' => Parameter::Number,
            'a' => Parameter::Any,
            'l' => Parameter::List,
            'e' => Parameter::Set,
            't' => Parameter::Strings,
            'o' => Parameter::Bools,
            'm' => Parameter::MapOfStrings,
            _ => Parameter::Nullable,
        })
    }

    /// Whether the last parameter may be repeated.
    pub(super) fn is_variadic(&self) -> bool {
        self.parameters.ends_with('*')
    }

    /// Fewest arguments.
    pub(super) fn least(&self) -> usize {
        self.parameters.trim_end_matches('*').len() - usize::from(self.is_variadic())
    }

    /// The type of the result, as far as it does not depend on the arguments.
    pub(super) fn result(&self) -> Type {
        match self.result {
            's' => Type::String,
            'n' => Type::Number,
            'b' => Type::Bool,
            't' => Type::list(Type::String),
            'r' => Type::list(Type::Number),
            'l' => Type::list(Type::Any),
            'e' => Type::set(Type::Any),
            'f' => Type::set(Type::String),
            'k' => Type::map(Type::Any),
            'm' => Type::map(Type::list(Type::String)),
            _ => Type::Any,
        }
    }

    /// Parameters and result as letters, for the test.
    #[cfg(test)]
    pub(super) fn signature(&self) -> (&'static str, char) {
        (self.parameters, self.result)
    }
}

/// The function of this name; none if neither Terraform nor OpenTofu has it.
pub(super) fn find(name: &str) -> Option<&'static Definition> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let at = TABLE.binary_search_by(|known| known.name.cmp(name)).ok()?;
    TABLE.get(at)
}

const fn pure(name: &'static str, parameters: &'static str, result: char, function: Pure) -> Definition {
    Definition { name, parameters, result, function: Function::Pure(function) }
}

const fn special(
    name: &'static str,
    parameters: &'static str,
    result: char,
    function: Special,
) -> Definition {
    Definition { name, parameters, result, function: Function::Special(function) }
}

const fn opaque(name: &'static str, parameters: &'static str, reason: &'static str) -> Definition {
    Definition { name, parameters, result: 's', function: Function::Opaque(reason) }
}

const fn fresh(name: &'static str, parameters: &'static str) -> Definition {
    Definition { name, parameters, result: 's', function: Function::Fresh }
}

/// Sorted by name.
const TABLE: &[Definition] = &[
    pure("abs", "n", 'n', numbers::abs),
    pure("abspath", "s", 's', strings::abspath),
    special("alltrue", "o", 'b', choices::alltrue),
    special("anytrue", "o", 'b', choices::anytrue),
    pure("base64decode", "s", 's', texts::base64decode),
    pure("base64encode", "s", 's', texts::base64encode),
    pure("base64gunzip", "s", 's', texts::base64gunzip),
    opaque("base64gzip", "s", "compressed bytes depend on the program that compresses"),
    pure("base64sha256", "s", 's', hashes::base64sha256),
    pure("base64sha512", "s", 's', hashes::base64sha512),
    pure("basename", "s", 's', strings::basename),
    fresh("bcrypt", "sn*"),
    special("can", "a", 'b', choices::not_called),
    pure("ceil", "n", 'n', numbers::ceil),
    pure("chomp", "s", 's', strings::chomp),
    special("chunklist", "ln", 'l', lists::chunklist),
    pure("cidrcontains", "ss", 'b', network::cidrcontains),
    pure("cidrhost", "sn", 's', network::cidrhost),
    pure("cidrnetmask", "s", 's', network::cidrnetmask),
    pure("cidrsubnet", "snn", 's', network::cidrsubnet),
    pure("cidrsubnets", "sn*", 't', network::cidrsubnets),
    special("coalesce", "d*", 'a', choices::coalesce),
    special("coalescelist", "d*", 'a', choices::coalescelist),
    special("compact", "t", 't', lists::compact),
    special("concat", "a*", 'a', lists::concat),
    special("contains", "aa", 'b', choices::contains),
    pure("csvdecode", "s", 'a', csv::csvdecode),
    pure("dirname", "s", 's', strings::dirname),
    special("distinct", "l", 'l', lists::distinct),
    special("element", "an", 'a', collections::element),
    pure("endswith", "ss", 'b', strings::endswith),
    special("ephemeralasnull", "d", 'a', choices::ephemeralasnull),
    special("file", "s", 's', files::file),
    special("filebase64", "s", 's', files::filebase64),
    special("filebase64sha256", "s", 's', files::hash),
    special("filebase64sha512", "s", 's', files::hash),
    special("fileexists", "s", 'b', files::fileexists),
    special("filemd5", "s", 's', files::hash),
    special("fileset", "ss", 'f', files::fileset),
    special("filesha1", "s", 's', files::hash),
    special("filesha256", "s", 's', files::hash),
    special("filesha512", "s", 's', files::hash),
    special("flatten", "a", 'a', lists::flatten),
    pure("floor", "n", 'n', numbers::floor),
    special("format", "sd*", 's', format::format),
    pure("formatdate", "ss", 's', dates::formatdate),
    special("formatlist", "sd*", 't', format::formatlist),
    pure("indent", "ns", 's', strings::indent),
    special("index", "aa", 'n', collections::index),
    special("issensitive", "d", 'b', choices::issensitive),
    special("join", "st*", 's', lists::join),
    special("jsondecode", "s", 'a', encoding::jsondecode),
    special("jsonencode", "d", 's', encoding::jsonencode),
    special("keys", "a", 'a', maps::keys),
    special("length", "a", 'n', collections::length),
    // Gone since Terraform 0.12, and refused.
    special("list", "d*", 'a', choices::refused),
    pure("log", "nn", 'n', numbers::log),
    special("lookup", "asd*", 'a', maps::lookup),
    pure("lower", "s", 's', strings::lower),
    special("map", "d*", 'a', choices::refused),
    special("matchkeys", "lll", 'l', maps::matchkeys),
    pure("max", "n*", 'n', numbers::max),
    pure("md5", "s", 's', hashes::md5),
    special("merge", "d*", 'a', maps::merge),
    pure("min", "n*", 'n', numbers::min),
    special("nonsensitive", "d", 'a', choices::nonsensitive),
    special("one", "a", 'a', collections::one),
    pure("parseint", "an", 'n', numbers::parseint),
    pure("pathexpand", "s", 's', strings::pathexpand),
    fresh("plantimestamp", ""),
    pure("pow", "nn", 'n', numbers::pow),
    pure("provider::aws::arn_build", "sssss", 's', arn::arn_build),
    pure("provider::aws::arn_parse", "s", 'a', arn::arn_parse),
    pure("provider::aws::trim_iam_role_path", "s", 's', arn::trim_iam_role_path),
    special("range", "n*", 'r', lists::range),
    pure("regex", "ss", 'a', strings::regex),
    pure("regexall", "ss", 'l', strings::regexall),
    pure("replace", "sss", 's', strings::replace),
    special("reverse", "a", 'a', lists::reverse),
    opaque("rsadecrypt", "ss", "the private key is not used here"),
    special("sensitive", "d", 'a', choices::sensitive),
    special("setintersection", "ee*", 'e', sets::setintersection),
    special("setproduct", "a*", 'a', sets::setproduct),
    special("setsubtract", "ee", 'e', sets::setsubtract),
    special("setunion", "ee*", 'e', sets::setunion),
    pure("sha1", "s", 's', hashes::sha1),
    pure("sha256", "s", 's', hashes::sha256),
    pure("sha512", "s", 's', hashes::sha512),
    pure("signum", "n", 'n', numbers::signum),
    special("slice", "ann", 'a', lists::slice),
    special("sort", "t", 't', lists::sort),
    pure("split", "ss", 't', strings::split),
    pure("startswith", "ss", 'b', strings::startswith),
    pure("strcontains", "ss", 'b', strings::strcontains),
    pure("strrev", "s", 's', strings::strrev),
    pure("substr", "snn", 's', strings::substr),
    pure("sum", "a", 'n', numbers::sum),
    special("templatefile", "sa", 'a', files::templatefile),
    special("templatestring", "sa", 's', files::templatestring),
    pure("textdecodebase64", "ss", 's', texts::textdecodebase64),
    pure("textencodebase64", "ss", 's', texts::textencodebase64),
    pure("timeadd", "ss", 's', dates::timeadd),
    pure("timecmp", "ss", 'n', dates::timecmp),
    fresh("timestamp", ""),
    pure("title", "s", 's', strings::title),
    special("tobool", "d", 'b', choices::tobool),
    special("tolist", "d", 'l', lists::tolist),
    special("tomap", "d", 'k', maps::tomap),
    special("tonumber", "d", 'n', choices::tonumber),
    special("toset", "d", 'e', sets::toset),
    special("tostring", "d", 's', choices::tostring),
    special("transpose", "m", 'm', maps::transpose),
    pure("trim", "ss", 's', strings::trim),
    pure("trimprefix", "ss", 's', strings::trimprefix),
    pure("trimspace", "s", 's', strings::trimspace),
    pure("trimsuffix", "ss", 's', strings::trimsuffix),
    special("try", "a*", 'a', choices::not_called),
    pure("upper", "s", 's', strings::upper),
    pure("urldecode", "s", 's', strings::urldecode),
    pure("urlencode", "s", 's', strings::urlencode),
    fresh("uuid", ""),
    pure("uuidv5", "ss", 's', hashes::uuidv5),
    special("values", "a", 'a', maps::values),
    special("yamldecode", "s", 'a', encoding::yamldecode),
    special("yamlencode", "d", 's', encoding::yamlencode),
    special("zipmap", "ta", 'a', maps::zipmap),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What `terraform metadata functions` says of Terraform 1.11, in the letters of the table.
    const TERRAFORM: &str = include_str!("terraform-1.11.txt");

    /// Functions of OpenTofu and of providers.
    const OTHERS: [&str; 3] = ["base64gunzip", "cidrcontains", "urldecode"];

    #[test]
    fn every_function_of_terraform_is_here_with_its_parameters() {
        let known: Vec<&str> = TERRAFORM.lines().collect();
        assert!(known.len() > 110);
        for line in known {
            let (name, parameters) = line.split_once(' ').expect("a name and letters");
            let ours = find(name).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(ours.signature().0, parameters, "{name}");
        }
    }

    #[test]
    fn there_is_no_function_that_nobody_has() {
        let terraform: Vec<&str> =
            TERRAFORM.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name).collect();
        for name in TABLE.iter().map(|definition| definition.name) {
            let gone = matches!(name, "list" | "map");
            let known = terraform.contains(&name) || OTHERS.contains(&name) || name.starts_with("provider::");
            assert!(gone || known, "{name}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
    }
}
