//! `up --dry-run`: the due migrations tried on items as they are. Nobody is asked: nothing is written.

use super::{Verdict, json};
use crate::cli::args::Amount;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::Error;
use crate::migrator::{DryRun, Prepared};

pub(super) async fn dry_run(prepared: &Prepared<'_>, amount: Amount, show: Option<usize>) -> Result<Verdict, Error> {
    let items = match amount {
        Amount::All => None,
        Amount::Items(items) => Some(items),
    };
    let found = prepared.dry_run(DryRun { items, show: show.unwrap_or_default() }).await?;
    let exit = if found.has_failed() { Exit::Failed } else { Exit::Done };
    let mut document = json(&found);
    document["dry_run"] = true.into();
    let markdown = report::dry_run_markdown(&found);
    Ok(Verdict::new(exit, report::dry_run(&found), document).with_markdown(markdown))
}
