//! What can be typed behind `rollback`; knows no migration.

use std::time::Duration;

use clap::Args;

use super::{BudgetArgs, duration};

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct RollbackArgs {
    /// The last migration that stays; 0 if none
    #[arg(long, value_name = "NUMBER")]
    pub to: u32,
    /// How long to wait for somebody else's lock, such as `90s` or `5m`. Default: 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, env = "MIGRATE_LOCK_WAIT", hide_env_values = true)]
    pub lock_wait: Option<Duration>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub budget: BudgetArgs,
}
