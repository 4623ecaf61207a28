//! `history`: every record, as it was written.

use serde_json::json;

use super::Verdict;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::Error;
use crate::migrator::Migrator;

pub(super) async fn history(migrator: &Migrator) -> Result<Verdict, Error> {
    let records = migrator.history().await?;
    let sequence = migrator.sequence().name();
    let text = report::history(sequence, &records);
    Ok(Verdict::new(Exit::Done, text, json!({"sequence": sequence, "records": records})))
}
