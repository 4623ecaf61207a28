//! `rollback --to N`: shows what is taken back, asks where that is due, carries it out.

use std::time::Instant;

use serde_json::json;

use super::{Verdict, ask::Asking, json};
use crate::cli::args::RollbackArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migration::Version;
use crate::migrator::{Migrator, Outcome, RollbackOptions};

pub(super) async fn rollback(
    args: &RollbackArgs,
    session: &Session,
    migrator: &Migrator,
    connection: &Connection,
) -> Result<Verdict, Error> {
    let begun = Instant::now();
    let to = Version::new(args.to);
    let lock_wait = args.lock_wait.unwrap_or(RollbackOptions::default().lock_wait);
    let options = RollbackOptions { lock_wait, budget: args.budget.budget(), segments: args.budget.segments };
    let plan = migrator.plan_rollback(to, &options).await?;
    let plan = if connection.is_local { plan.without_estimates() } else { plan };
    if !plan.is_empty() {
        let text = report::rollback_plan(&plan);
        if plan.refusals.is_empty() {
            let asking = Asking::of_taking_back(session, connection.is_shared, args.yes);
            asking.show_and_ask(session, &text, &format!("Take this back on {}?", connection.described)).await?;
        } else {
            session.console.remark_result(&text);
        }
    }
    let done = migrator.rollback_as_shown(&plan, options).await?;
    let elapsed = begun.elapsed();
    let mut document = json(&done);
    document["notices"] = json(&plan.notices);
    document["duration_ms"] = json!(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    let lists = session.console.is_quiet() || !session.console.is_human();
    // What was shown before is not said again.
    let notices = if plan.is_empty() { plan.notices.as_slice() } else { &[] };
    let text = report::rolled_back(&done, elapsed, notices, lists, !connection.is_local);
    let exit = if matches!(done.outcome, Outcome::Incomplete { .. }) { Exit::Incomplete } else { Exit::Done };
    Ok(Verdict::new(exit, text, document))
}
