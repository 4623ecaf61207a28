//! `resolve`: shows what is recorded and what follows from it, asks, records.

use super::{Verdict, ask::Asking, json};
use crate::cli::args::ResolveArgs;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Stage};
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::{Migrator, Options};

pub(super) async fn resolve(args: &ResolveArgs, session: &Session, migrator: &Migrator) -> Result<Verdict, Error> {
    let resolution = args.resolution()?;
    let before = migrator.plan_resolve(&resolution, &args.reason).await?;
    let text = report::resolve(&before, Stage::Before);
    Asking::of(session, true, args.yes).show_and_ask(session, &text, "Record this?").await?;
    let lock_wait = args.lock_wait.unwrap_or(Options::default().lock_wait);
    let done = migrator.resolve_as_shown(&before, &resolution, &args.reason, lock_wait).await?;
    let stage = if session.console.is_quiet() { Stage::DoneUnseen } else { Stage::Done };
    let mut document = json(&done);
    document["sequence"] = json(&migrator.sequence().name());
    Ok(Verdict::new(Exit::Done, report::resolve(&done, stage), document))
}
