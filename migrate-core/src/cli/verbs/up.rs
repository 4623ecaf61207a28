//! `up`: shows the plan, asks where that is due, carries it out.

use std::time::Instant;

use serde_json::json;

use super::{Verdict, ask::Asking, dry_run, json};
use crate::cli::args::UpArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Text};
use crate::cli::saved;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::{Migrator, Options, Outcome, Prepared, Report};
use crate::plan::{Phase, Plan};

pub(super) async fn up(args: &UpArgs, session: &Session, migrator: &Migrator, connection: &Connection) -> Result<Verdict, Error> {
    let begun = Instant::now();
    let options = session.options(&args.select, &args.budget, connection)?;
    let lock_wait = args.lock_wait.unwrap_or(options.lock_wait);
    let options = Options { lock_wait, deadline: args.deadline, no_wait: args.no_wait, ..options };
    if let Some(amount) = args.dry_run {
        let prepared = migrator.prepare(options).await?;
        return match refused(session, connection, &prepared) {
            Some(refused) => Ok(refused.because(prepared.apply().await)),
            None => dry_run::dry_run(&prepared, amount, args.show).await,
        };
    }
    let prepared = match args.saved.plan.as_deref().zip(args.saved.sha256.as_deref()) {
        Some((file, sha256)) => {
            let plan = saved::read(file, sha256)?;
            saved::agree(plan.request(), args.select.phase.map(Phase::from), args.select.to)?;
            migrator.prepare_saved(plan, &saved::place(connection)?, options).await?
        }
        None => migrator.prepare(options).await?.patient(),
    };
    if let Some(refused) = refused(session, connection, &prepared) {
        return Ok(refused.because(prepared.apply().await));
    }
    let plan = shown(connection, &prepared);
    let known = if prepared.takes_lock() { plan.notices.clone() } else { Vec::new() };
    if prepared.takes_lock() {
        // Who gives a plan's hash has seen the plan.
        let asking = Asking::of(session, connection.is_shared && args.saved.plan.is_none(), args.yes);
        // Of an empty one it shows under the lock what is to be done.
        let what = if plan.is_empty() { "Wait, and do what there is to do then" } else { "Do this" };
        asking.show_and_ask(session, &report::plan(&plan), &format!("{what} on {}?", connection.described)).await?;
    }
    let report = prepared.apply().await?;
    let elapsed = begun.elapsed();
    let mut document = json(&report);
    document["duration_ms"] = json!(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    let lists = session.console.is_quiet() || !session.console.is_human();
    Ok(Verdict::new(exit(&report), report::up(&report, elapsed, &known, lists, !connection.is_local), document))
}

/// The plan as it is shown.
fn shown(connection: &Connection, prepared: &Prepared<'_>) -> Plan {
    let plan = prepared.plan().clone();
    if connection.is_local { plan.without_estimates() } else { plan }
}

/// What is said where the plan is refused.
fn refused(session: &Session, connection: &Connection, prepared: &Prepared<'_>) -> Option<Verdict> {
    let plan = shown(connection, prepared);
    let exit = plan.refusals.iter().map(|refusal| Exit::of_refusal(refusal.kind)).max()?;
    if session.console.is_human() {
        session.console.aside(report::refusals(&plan).as_str());
    }
    Some(Verdict { markdown: report::comment::refusals(&plan), ..Verdict::new(exit, Text::new(), json(&plan)) })
}

impl Verdict {
    /// It refuses before the first write, and says all reasons as one.
    fn because(self, refusal: Result<Report, Error>) -> Self {
        Self { error: refusal.err().map(|error| report::error_json(&error)), ..self }
    }
}

/// What DynamoDB does not take now, or what was left on its way, a later run does.
fn exit(report: &Report) -> Exit {
    let left = !report.not_now.is_empty() || matches!(report.outcome, Outcome::Incomplete { .. });
    if left { Exit::Incomplete } else { Exit::Done }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Postponed;
    use crate::schema::{Delta, SettingChange, TableName};
    use crate::step::Step;

    #[test]
    fn what_is_not_taken_now_leaves_a_run_incomplete() {
        let change = SettingChange::DeletionProtection(Delta::new(false, true));
        let step = Step::Set { table: TableName::new("orders").unwrap(), change };
        let report = Report {
            sequence: "shop".to_owned(),
            outcome: Outcome::NothingToDo,
            steps: Vec::new(),
            unsupported: Vec::new(),
            migrations: Vec::new(),
            notices: Vec::new(),
            later: Vec::new(),
            not_now: Vec::new(),
            unknown: Vec::new(),
            waiting: Vec::new(),
        };
        assert_eq!(exit(&report), Exit::Done);
        let not_now = vec![Postponed { step, until: None, reason: "a rule".to_owned(), accepted: Vec::new() }];
        for outcome in [Outcome::NothingToDo, Outcome::Done] {
            assert_eq!(exit(&Report { not_now: not_now.clone(), outcome, ..report.clone() }), Exit::Incomplete);
        }
    }
}
