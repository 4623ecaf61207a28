//! What can be typed behind `iam`; knows no action.

use clap::{Args, ValueEnum};

use crate::iam::Role;

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct IamArgs {
    /// What the role is for
    #[arg(long, value_enum, default_value_t = RoleArg::Up)]
    pub role: RoleArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RoleArg {
    /// What writes nothing: plan, status, check, history, `up --dry-run`
    Plan,
    /// `up` and all that it takes, but for dropping tables
    Up,
    /// Dropping tables too, behind a backup
    Drop,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Plan => Self::Plan,
            RoleArg::Up => Self::Up,
            RoleArg::Drop => Self::Drop,
        }
    }
}
