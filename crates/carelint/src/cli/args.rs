//! The arguments.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

/// HIPAA and Well-Architected linter for Terraform, CloudFormation and CDK.
#[derive(Debug, Parser)]
#[command(name = "carelint", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check infrastructure code and report by Well-Architected pillar
    Check(CheckArgs),
    /// Print the resource graph that rules are decided on
    Graph(GraphArgs),
    /// List, show and test rules
    Rules(RulesArgs),
    /// Explain a rule, or how it was decided at a place
    Explain(ExplainArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Which input, with which values.
#[derive(Debug, Default, Group)]
pub(crate) struct InputArgs {
    /// Files and folders to read [default: the current folder]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
    /// Folder of the root module that the named plans were made from: findings point at its source, and its inline
    /// suppressions count
    #[arg(long, value_name = "FOLDER")]
    pub(crate) source: Option<PathBuf>,
    /// The paths cover their accounts: what is absent from them is absent
    #[arg(long)]
    pub(crate) complete: bool,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

/// Configuration, and values for the inputs of roots.
#[derive(Debug, Clone, Default, Group)]
pub(crate) struct ValueArgs {
    /// Configuration file [default: the nearest carelint.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Value of a Terraform variable of the root modules, as `terraform plan -var` takes it; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) vars: Vec<String>,
    /// File of Terraform variables; may be repeated, later ones win
    #[arg(long = "var-file", value_name = "FILE")]
    pub(crate) var_files: Vec<PathBuf>,
    /// Read Terraform variables from the process's environment (TF_VAR_name), which is never done otherwise
    #[arg(long)]
    pub(crate) tf_var_env: bool,
    /// Parameters of CloudFormation templates: NAME=VALUE or a file (AWS CLI, CodePipeline, plain map,
    /// samconfig.toml); may be repeated, later ones win
    #[arg(long, value_name = "NAME=VALUE|FILE")]
    pub(crate) parameters: Vec<String>,
    /// Name of the Terraform workspace; `terraform.workspace` is unknown without it
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) workspace: String,
    /// Region of stacks that do not say theirs
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

/// `carelint check`.
#[derive(Debug, Group)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", value_parser = parse_format, default_value = "terminal")]
    pub(crate) format: report::Format,
    /// Write a format to a file as well; may be repeated
    #[arg(long, value_name = "FORMAT:FILE", value_parser = parse_output)]
    pub(crate) output: Vec<(report::Format, PathBuf)>,
    /// Which results to list
    #[arg(long, value_enum, default_value = "open")]
    pub(crate) show: ShowArg,
    /// Only rules of this pillar; may be repeated
    #[arg(long, value_name = "PILLAR", value_delimiter = ',')]
    pub(crate) pillar: Vec<String>,
    /// Only results of at least this severity
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub(crate) severity: Option<language::ir::Severity>,
    /// Only these rules; `s3-*` for all that begin so
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Mildest severity of a failure that makes the exit status 1, or `never`
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<String>,
    /// Count unknowns like failures for the exit status
    #[arg(long)]
    pub(crate) fail_on_unknown: bool,
    /// Exit with status 3 if a module cannot be opened, as for a file that cannot be read
    #[arg(long)]
    pub(crate) fail_on_opaque: bool,
    /// Colours
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: ColorArg,
    /// No chatter on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Date to print in the report, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
}

/// `carelint graph`.
#[derive(Debug, Group)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Format
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: GraphFormat,
}

/// `carelint rules`.
#[derive(Debug, Group)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Configuration file, for the project's own rules
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Show a rule as it is written
    Show {
        /// Its id
        rule: String,
    },
    /// Run the examples of rules
    Test {
        /// Folders or files of rules [default: the built-in ones]
        paths: Vec<PathBuf>,
    },
}

/// `carelint explain`.
#[derive(Debug, Group)]
pub(crate) struct ExplainArgs {
    /// The rule's id, `s3-*` for several; or a place alone for all rules there
    pub(crate) rule: String,
    /// A place, FILE:LINE: how the rule was decided on the resource there
    pub(crate) place: Option<String>,
    /// Files and folders to read [default: the current folder, or that of a place outside of it]
    #[arg(long = "path", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
}

/// Formats of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Resources with their attributes, and edges
    Json,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

/// Which results to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowArg {
    /// Failures
    Fail,
    /// Failures and unknowns
    Open,
    /// Failures, unknowns and passes
    Pass,
    /// Everything
    All,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn parse_format(text: &str) -> Result<report::Format, String> {
    report::Format::named(text).ok_or_else(|| {
        let names: Vec<&str> = report::Format::ALL.into_iter().map(report::Format::id).collect();
        format!("there is no format \"{text}\"; there are {}", names.join(", "))
    })
}

fn parse_output(text: &str) -> Result<(report::Format, PathBuf), String> {
    let (format, path) = text.split_once(':').ok_or("write FORMAT:FILE, for example sarif:carelint.sarif")?;
    Ok((parse_format(format)?, PathBuf::from(path)))
}

pub(crate) fn parse_severity(text: &str) -> Result<language::ir::Severity, String> {
    use language::ir::Severity;
    Severity::ALL.into_iter().find(|severity| severity.id() == text).ok_or_else(|| {
        let names: Vec<&str> = Severity::ALL.into_iter().map(Severity::id).collect();
        format!("there is no severity \"{text}\"; there are {}", names.join(", "))
    })
}
