//! `up`: shows the plan, asks where that is due, carries it out.

use std::time::Instant;

use serde_json::json;

use super::{Verdict, ask::Asking, json};
use crate::cli::args::UpArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Text};
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::{Migrator, Options, Outcome};

pub(super) async fn up(args: &UpArgs, session: &Session, migrator: &Migrator, connection: &Connection) -> Result<Verdict, Error> {
    let begun = Instant::now();
    let options = session.options(&args.select, connection)?;
    let lock_wait = args.lock_wait.unwrap_or(options.lock_wait);
    let prepared = migrator.prepare(Options { lock_wait, deadline: args.deadline, no_wait: args.no_wait, ..options }).await?;
    let plan = prepared.plan().clone();
    let plan = if connection.is_local { plan.without_estimates() } else { plan };
    if let Some(exit) = plan.refusals.iter().map(|refusal| Exit::of_refusal(refusal.kind)).max() {
        if session.console.is_human() {
            session.console.aside(report::refusals(&plan).as_str());
        }
        let json = json(&plan);
        let markdown = report::comment::refusals(&plan);
        // It refuses before the first write, and says all reasons as one.
        let error = prepared.apply().await.err().map(|error| report::error_json(&error));
        return Ok(Verdict { error, markdown, ..Verdict::new(exit, Text::new(), json) });
    }
    let stands = plan.ahead.is_none() && !plan.is_empty();
    let shown = if stands { plan.notices.clone() } else { Vec::new() };
    if stands {
        let asking = Asking::of(session, connection.is_shared, args.yes);
        asking.show_and_ask(session, &report::plan(&plan), &format!("Do this on {}?", connection.described)).await?;
    }
    let report = prepared.apply().await?;
    let elapsed = begun.elapsed();
    let mut document = json(&report);
    document["duration_ms"] = json!(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    let lists = session.console.is_quiet() || !session.console.is_human();
    // What DynamoDB does not take now, a later run does.
    let left = !report.not_now.is_empty() || matches!(report.outcome, Outcome::Incomplete { .. });
    let exit = if left { Exit::Incomplete } else { Exit::Done };
    Ok(Verdict::new(exit, report::up(&report, elapsed, &shown, lists), document))
}
