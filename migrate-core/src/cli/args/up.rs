//! What can be typed behind `up` and `plan`; knows neither what it does nor what the environment means.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{BudgetArgs, duration};
use crate::cli::saved::SavedArgs;
use crate::plan::{Phase, VerifyKeys};

/// What `up` and `plan` do with.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Select {
    /// Before the new code is deployed, after it, or both. Default: all on the embedded engine, before elsewhere
    #[arg(long, value_enum, env = "MIGRATE_PHASE", hide_env_values = true)]
    pub phase: Option<PhaseArg>,
    /// The last migration to run
    #[arg(long, value_name = "NUMBER", env = "MIGRATE_TO", hide_env_values = true)]
    pub to: Option<u32>,
    /// Consent to drop a table that the code no longer declares, or one of its indexes; can be given again
    #[arg(long, value_name = "TABLE|TABLE/INDEX")]
    pub drop: Vec<String>,
    /// Accept a hazard of a table's change, by the code that `plan` and docs/hazards.md tell; can be given again
    #[arg(long, value_name = "TABLE:HAZARD")]
    pub accept: Vec<String>,
    /// Do not back a table up before it is dropped
    #[arg(long)]
    pub no_backup: bool,
    /// Whether every item is looked at before an index is built or time to live is switched on. Default: where that costs next to nothing
    #[arg(long, value_enum, value_name = "WHEN", env = "MIGRATE_VERIFY_KEYS", hide_env_values = true)]
    #[arg(num_args = 0..=1, default_missing_value = "always")]
    pub verify_keys: Option<VerifyKeysArg>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of `up`")]
pub(in crate::cli) struct UpArgs {
    #[command(flatten)]
    pub select: Select,
    #[command(flatten)]
    pub saved: SavedArgs,
    #[command(flatten)]
    pub budget: BudgetArgs,
    /// How long to wait for somebody else's lock, such as `90s` or `5m`. Default: 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, env = "MIGRATE_LOCK_WAIT", hide_env_values = true)]
    pub lock_wait: Option<Duration>,
    /// Stop at the next safe point after this time, such as `50m`, and exit with 75: the next run goes on
    #[arg(long, value_name = "DURATION", value_parser = duration, env = "MIGRATE_DEADLINE", hide_env_values = true)]
    pub deadline: Option<Duration>,
    /// Leave indexes building and exit with 75: the next run, or `migrate wait`, takes them up
    #[arg(long, env = "MIGRATE_NO_WAIT", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub no_wait: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Run the functions of due migrations on about 1000 items of each table, on another NUMBER, or on `all`, and write nothing: no lock, no record
    #[arg(long, value_name = "NUMBER|all", num_args = 0..=1, require_equals = true, default_missing_value = "1000")]
    #[arg(conflicts_with_all = ["yes", "plan", "sha256"])]
    pub dry_run: Option<Amount>,
    /// Show so many items of each migration before and after: what they hold is then in the output
    #[arg(long, value_name = "NUMBER", requires = "dry_run")]
    pub show: Option<usize>,
}

/// How many items a dry run looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Amount {
    /// Each.
    All,
    /// About so many of each table.
    Items(u64),
}

impl FromStr for Amount {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(items) if items > 0 => Ok(Self::Items(items)),
            Ok(_) | Err(_) if text == "all" => Ok(Self::All),
            Ok(_) | Err(_) => Err("give a number of items, or `all`".to_owned()),
        }
    }
}

#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    pub select: Select,
    #[command(flatten)]
    pub budget: BudgetArgs,
    /// Exit with 2 if there is anything to do
    #[arg(long, env = "MIGRATE_DETAILED_EXITCODE", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub detailed_exitcode: bool,
    /// Save it to a new file, for `up --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PhaseArg {
    /// Create and add, then migrations
    Before,
    /// Migrations marked `after_deploy`, then drops
    After,
    /// Both
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum VerifyKeysArg {
    /// Up to 64 MB
    WhenCheap,
    /// Whatever it costs
    Always,
    /// Not at all
    Never,
}

impl From<VerifyKeysArg> for VerifyKeys {
    fn from(when: VerifyKeysArg) -> Self {
        match when {
            VerifyKeysArg::WhenCheap => Self::WhenCheap,
            VerifyKeysArg::Always => Self::Always,
            VerifyKeysArg::Never => Self::Never,
        }
    }
}

impl From<PhaseArg> for Phase {
    fn from(phase: PhaseArg) -> Self {
        match phase {
            PhaseArg::Before => Self::Before,
            PhaseArg::After => Self::After,
            PhaseArg::All => Self::All,
        }
    }
}
