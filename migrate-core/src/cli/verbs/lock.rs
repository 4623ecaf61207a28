//! `lock`: who holds it.

use serde_json::json;

use super::Verdict;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::Error;
use crate::migrator::Migrator;

pub(super) async fn lock(migrator: &Migrator) -> Result<Verdict, Error> {
    let lock = migrator.lock().await?;
    let held = lock.as_ref().is_some_and(|lock| !lock.released);
    let document = json!({"sequence": migrator.sequence().name(), "held": held, "lock": lock});
    Ok(Verdict::new(Exit::Done, report::lock(lock.as_ref()), document))
}
