//! What can be typed behind `new`; knows no file.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct NewArgs {
    /// What it does, such as `lowercase_emails`
    pub name: String,
}
