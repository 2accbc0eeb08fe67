//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds the FQDN that Netskope steering broke, and the least invasive setting that frees it.
#[derive(Parser)]
#[command(name = "steerscope", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Rank the suspect hosts of an incident and say what to set.
    Triage(TriageArguments),
    /// Print every flow of the logs, one row a flow.
    Flows(FlowsArguments),
    /// Replay every flow of the logs under entries, and show what would change.
    Whatif(WhatIfArguments),
    /// Explain error texts: Sophos integrations, client status, tunnel states, curl, OpenSSL and socket codes.
    Lookup(LookupArguments),
}

/// What is read, and how much of it.
#[derive(Args)]
pub(crate) struct BundleArguments {
    /// A bundle (.zip, .tar.gz, .tgz), a folder, or a single log; several paths are several bundles.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Another limit of reading: members, member-bytes, total-bytes, ratio, depth or nested-archive-bytes, such as `member-bytes=4g`; may repeat.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) limit: Vec<String>,
}

#[derive(Args)]
pub(crate) struct TriageArguments {
    #[command(flatten)]
    pub(crate) bundles: BundleArguments,
    /// When it broke, in the log's own clock: "2025-11-06 15:34", "15:34", "2025/11/06 15:34:38".
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// End of an interval that starts at --at.
    #[arg(long, value_name = "TIME", requires = "at")]
    pub(crate) until: Option<String>,
    /// How sure the time is: 30s, 5m, 1h (default 2m).
    #[arg(long, value_name = "DURATION", requires = "at")]
    pub(crate) within: Option<String>,
    /// App name, URL or host that the user reported; may repeat.
    #[arg(long, value_name = "TEXT")]
    pub(crate) hint: Vec<String>,
    /// A bundle of the same device, or one like it, taken while things worked.
    #[arg(long, value_name = "PATH")]
    pub(crate) baseline: Option<String>,
    /// A bundle taken after the change: tells what became of each suspect.
    #[arg(long, value_name = "PATH")]
    pub(crate) after: Option<String>,
    /// Replace users, device and tenant names, private hosts and addresses by pseudonyms.
    #[arg(long)]
    pub(crate) redact: bool,
    /// A folder with more message shapes, vendors or tools, in the format of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<String>,
    /// en or ja; default: the locale.
    #[arg(long, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
}

#[derive(Args)]
pub(crate) struct FlowsArguments {
    #[command(flatten)]
    pub(crate) bundles: BundleArguments,
    /// A folder with more message shapes, in the format of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<String>,
    #[arg(long, value_enum, default_value = "ndjson")]
    pub(crate) format: FlowFormat,
}

#[derive(Args)]
pub(crate) struct WhatIfArguments {
    #[command(flatten)]
    pub(crate) bundles: BundleArguments,
    /// An entry as the console would take it, such as `do_not_decrypt:app.example.com` or `pinned_app_exception:example.com@app.exe`; may repeat, and take a comma-separated list of patterns.
    #[arg(long, required = true, value_name = "REMEDY:PATTERN[@PROCESS]")]
    pub(crate) entry: Vec<String>,
    /// When it broke, to tell hosts that are freed needlessly; without it the strongest burst is taken.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// A folder with more message shapes, in the format of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<String>,
    /// en or ja; default: the locale.
    #[arg(long, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: AnswerFormat,
}

#[derive(Args)]
pub(crate) struct LookupArguments {
    /// The text as it was shown, in English or Japanese; several texts are explained one by one.
    #[arg(required_unless_present = "file", value_name = "TEXT")]
    pub(crate) texts: Vec<String>,
    /// A text or CSV file with one message a line: counts what it talks about.
    #[arg(long, value_name = "PATH", conflicts_with = "texts")]
    pub(crate) file: Option<String>,
    /// A folder with more error texts, in the format of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<String>,
    /// en or ja; default: the locale.
    #[arg(long, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: AnswerFormat,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum AnswerFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ReportFormat {
    Text,
    Json,
    Markdown,
    Html,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FlowFormat {
    Ndjson,
    Csv,
    Parquet,
}
