//! `unlock --epoch E`: shows who holds the lock, asks, takes it away.

use serde_json::json;

use super::{Verdict, ask::Asking};
use crate::cli::args::UnlockArgs;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Stage};
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::Migrator;

pub(super) async fn unlock(args: &UnlockArgs, session: &Session, migrator: &Migrator) -> Result<Verdict, Error> {
    let holder = migrator.plan_unlock(args.epoch).await?;
    let text = report::unlock(&holder, Stage::Before);
    Asking::of(session, true, args.yes).show_and_ask(session, &text, "Take the lock away?").await?;
    let from = migrator.unlock(args.epoch, &args.reason).await?;
    let stage = if session.console.is_quiet() { Stage::DoneUnseen } else { Stage::Done };
    let document = json!({"sequence": migrator.sequence().name(), "taken_from": from});
    Ok(Verdict::new(Exit::Done, report::unlock(&from, stage), document))
}
