//! `up`: shows the plan, asks where that is due, carries it out.

use std::time::Instant;

use serde_json::json;

use super::{Verdict, ask::ask, json};
use crate::cli::args::UpArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::{Migrator, Options};

pub(super) async fn up(args: &UpArgs, session: &Session, migrator: &Migrator, connection: &Connection) -> Result<Verdict, Error> {
    let begun = Instant::now();
    let options = session.options(&args.select, connection)?;
    let lock_wait = args.lock_wait.unwrap_or(options.lock_wait);
    let prepared = migrator.prepare(Options { lock_wait, ..options }).await?;
    let plan = prepared.plan();
    let stands = !plan.refusals.is_empty() || (plan.ahead.is_none() && !plan.is_empty());
    let asks = stands && plan.refusals.is_empty() && connection.is_shared && session.console.is_terminal && !args.yes;
    let shown = if stands { plan.notices.clone() } else { Vec::new() };
    if stands {
        let text = report::plan(plan);
        if asks {
            // Whoever is asked must see it, whatever the format and -q.
            session.console.aside(text.as_str());
            ask(session, &format!("Do this on {}?", connection.described)).await?;
        } else {
            session.console.remark_result(&text);
        }
    }
    let report = prepared.apply().await?;
    let elapsed = begun.elapsed();
    let mut document = json(&report);
    document["duration_ms"] = json!(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    Ok(Verdict::new(Exit::Done, report::up(&report, elapsed, &shown), document))
}
