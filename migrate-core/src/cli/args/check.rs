//! What can be typed behind `check`; knows no finding.

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Look at one thing only
    #[arg(long, value_enum, env = "MIGRATE_ONLY", hide_env_values = true)]
    pub only: Option<Only>,
    /// Ask no database: judge what is linked into this binary alone; needs no target and no credentials
    #[arg(long, conflicts_with = "only", env = "MIGRATE_OFFLINE", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Only {
    /// Migrations that were not run
    Pending,
    /// Tables that are not as declared
    Drift,
    /// Edited and missing migrations, a database that is ahead
    History,
}
