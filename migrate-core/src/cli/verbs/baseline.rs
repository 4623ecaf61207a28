//! `baseline N`: shows every difference, asks, records.

use super::{Verdict, ask::ask, json};
use crate::cli::args::BaselineArgs;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migration::Version;
use crate::migrator::{Migrator, Options};

pub(super) async fn baseline(args: &BaselineArgs, session: &Session, migrator: &Migrator) -> Result<Verdict, Error> {
    let version = Version::new(args.number);
    let before = migrator.plan_baseline(version).await?;
    if !before.is_empty() {
        let text = report::baseline(&before, false);
        if session.console.is_terminal && !args.yes {
            session.console.aside(text.as_str());
            ask(session, "Record this?").await?;
        } else {
            session.console.remark_result(&text);
        }
    }
    let done = migrator.baseline(version, Options::default().lock_wait).await?;
    Ok(Verdict::new(Exit::Done, report::baseline(&done, true), json(&done)))
}
