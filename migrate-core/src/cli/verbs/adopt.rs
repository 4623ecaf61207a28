//! `adopt [NAME…]`: shows every difference, asks, records whose the tables and indexes are.

use serde_json::json;

use super::{Verdict, ask::Asking};
use crate::cli::args::AdoptArgs;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Stage};
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::{Migrator, Options};
use crate::schema::TableName;

pub(super) async fn adopt(args: &AdoptArgs, session: &Session, migrator: &Migrator) -> Result<Verdict, Error> {
    let names: Result<Vec<TableName>, _> = args.names.iter().map(|name| TableName::new(name.clone())).collect();
    let names = names.map_err(|error| {
        Error::new(ErrorKind::InvalidName, error).with_help("`migrate adopt TABLE`, by the name that the code uses")
    })?;
    let before = migrator.plan_adopt(&names).await?;
    // What is only shown is not asked about.
    let asked = before.iter().any(|one| one.adopted);
    if asked {
        let text = report::adopt(&before, Stage::Before);
        Asking::of(session, true, args.yes).show_and_ask(session, &text, "Record this?").await?;
    }
    let done = migrator.adopt(&names, Options::default().lock_wait).await?;
    let stage = if session.console.is_quiet() || !asked { Stage::DoneUnseen } else { Stage::Done };
    let document = json!({"sequence": migrator.sequence().name(), "tables": done});
    Ok(Verdict::new(Exit::Done, report::adopt(&done, stage), document))
}
