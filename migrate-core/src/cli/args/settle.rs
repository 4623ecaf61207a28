//! What can be typed behind the verbs that settle a doubt: `resolve`, `unlock`; knows no history.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ResolveArgs {
    /// Why: it is recorded
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct UnlockArgs {
    /// The epoch that `lock` shows: only that holder is meant
    #[arg(long, value_name = "EPOCH")]
    pub epoch: u64,
}
