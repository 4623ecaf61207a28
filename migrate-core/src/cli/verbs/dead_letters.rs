//! `dead-letters N`: the items that a migration put aside.

use serde_json::json;

use super::Verdict;
use crate::cli::args::DeadLettersArgs;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::Error;
use crate::migration::Version;
use crate::migrator::Migrator;

pub(super) async fn dead_letters(args: &DeadLettersArgs, migrator: &Migrator) -> Result<Verdict, Error> {
    let (migration, letters) = migrator.dead_letters(Version::new(args.number)).await?;
    let document = json!({
        "sequence": migrator.sequence().name(),
        "migration": migration,
        "dead_letters": letters,
    });
    let markdown = report::dead_letters_markdown(&migration, &letters);
    Ok(Verdict::new(Exit::Done, report::dead_letters(&migration, &letters), document).with_markdown(markdown))
}
