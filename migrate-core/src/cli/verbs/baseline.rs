//! `baseline N`: shows every difference, asks, records.

use super::{Verdict, ask::Asking, json};
use crate::cli::args::BaselineArgs;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Stage};
use crate::cli::session::Session;
use crate::error::Error;
use crate::migration::Version;
use crate::migrator::{Migrator, Options};

pub(super) async fn baseline(args: &BaselineArgs, session: &Session, migrator: &Migrator) -> Result<Verdict, Error> {
    let version = Version::new(args.number);
    let before = migrator.plan_baseline(version).await?;
    let asked = !before.is_empty();
    if asked {
        let text = report::baseline(&before, Stage::Before);
        Asking::of(session, true, args.yes).show_and_ask(session, &text, "Record this?").await?;
    }
    let done = migrator.baseline(version, Options::default().lock_wait).await?;
    let stage = if session.console.is_quiet() || !asked { Stage::DoneUnseen } else { Stage::Done };
    Ok(Verdict::new(Exit::Done, report::baseline(&done, stage), json(&done)))
}
