//! What can be typed behind `iam`; knows no action.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct IamArgs {}
