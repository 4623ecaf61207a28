//! `dead-letters N`: the items that a migration put aside; with `--retry` they are tried again.

use serde_json::json;

use super::{Verdict, ask::Asking, json};
use crate::cli::args::DeadLettersArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migration::Version;
use crate::migrator::{Migrator, Options};

pub(super) async fn dead_letters(
    args: &DeadLettersArgs,
    session: &Session,
    migrator: &Migrator,
    connection: &Connection,
) -> Result<Verdict, Error> {
    let version = Version::new(args.number);
    if args.retry {
        let (entry, letters) = migrator.retriable(version).await?;
        if !letters.is_empty() {
            let asking = Asking::of(session, connection.is_shared, args.yes);
            let question = format!("Try these again on {}?", connection.described);
            asking.show_and_ask(session, &report::dead_letters(&entry.meta.id(), &letters), &question).await?;
        }
        return retry(migrator, version, args).await;
    }
    let (migration, letters) = migrator.dead_letters(version).await?;
    let document = json!({
        "sequence": migrator.sequence().name(),
        "migration": migration,
        "dead_letters": letters,
    });
    let markdown = report::dead_letters_markdown(&migration, &letters);
    Ok(Verdict::new(Exit::Done, report::dead_letters(&migration, &letters), document).with_markdown(markdown))
}

async fn retry(migrator: &Migrator, version: Version, args: &DeadLettersArgs) -> Result<Verdict, Error> {
    let lock_wait = args.lock_wait.unwrap_or(Options::default().lock_wait);
    let done = migrator.retry_dead_letters(version, lock_wait).await?;
    let exit = if done.is_allowed { Exit::Done } else { Exit::Failed };
    let mut document = json(&done);
    document["sequence"] = json!(migrator.sequence().name());
    let markdown = report::retried_markdown(&done);
    Ok(Verdict::new(exit, report::retried(&done), document).with_markdown(markdown))
}
