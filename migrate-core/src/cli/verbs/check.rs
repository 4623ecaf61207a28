//! `check`: whether code, tables and history agree, for CI.

use serde_json::json;

use super::Verdict;
use crate::cli::args::{CheckArgs, Only};
use crate::cli::exit::Exit;
use crate::cli::report::{self, Finding};
use crate::error::{Error, ErrorKind};
use crate::migrator::{Migrator, Options, Status};
use crate::plan::Plan;
use crate::registry::Sequence;

pub(super) async fn check(args: &CheckArgs, migrator: &Migrator) -> Result<Verdict, Error> {
    let plan = migrator.plan(Options::default()).await?;
    let status = migrator.status().await?;
    let mut findings = findings(&plan, &status);
    findings.retain(|finding| args.only.is_none_or(|only| name(only) == finding.kind));
    let exit = findings.iter().map(|finding| finding.exit).max().unwrap_or(Exit::Done);
    let text = report::check(&plan.sequence, &findings, args.only.map(name));
    let markdown = report::comment::check(&text, &findings);
    Ok(Verdict::new(exit, text, json!({"sequence": plan.sequence, "findings": findings})).with_markdown(markdown))
}

/// `check --offline`: what is linked, its names and declarations were judged before; nothing is asked.
pub(in crate::cli) fn offline(sequence: &Sequence) -> Verdict {
    let (tables, migrations) = (sequence.tables().count(), sequence.migrations().count());
    let document = json!({"sequence": sequence.name(), "tables": tables, "migrations": migrations, "findings": []});
    Verdict::new(Exit::Done, report::check_offline(sequence.name(), tables, migrations), document)
}

const fn name(only: Only) -> &'static str {
    match only {
        Only::Pending => "pending",
        Only::Drift => "drift",
        Only::History => "history",
    }
}

/// History first: while that is in conflict, the rest may mean little.
fn findings(plan: &Plan, status: &Status) -> Vec<Finding> {
    let history =
        |code: ErrorKind, what: String| Finding { kind: "history", code: Some(code.code()), what, exit: Exit::Conflict };
    let mut findings = Vec::new();
    if let Some(ahead) = &plan.ahead {
        let what = format!("the database is at migration {}, and this binary ends earlier: a newer one was here", ahead.database);
        findings.push(history(ErrorKind::Ahead, what));
    }
    for row in &status.migrations {
        // What failed may be mended.
        if row.edited && (row.is_settled() || row.is_open()) {
            findings.push(history(ErrorKind::Edited, format!("migration {} was edited after it had been recorded", row.id)));
        }
    }
    let mut drift = Vec::new();
    for refusal in &plan.refusals {
        match Exit::of(refusal.kind) {
            // What the rows have said already.
            Exit::Conflict if findings.iter().any(|finding| finding.code == Some(refusal.kind.code())) => {}
            Exit::Conflict => findings.push(history(refusal.kind, refusal.what.clone())),
            Exit::Done
            | Exit::Failed
            | Exit::Pending
            | Exit::LockHeld
            | Exit::Refused
            | Exit::Usage
            | Exit::Incomplete
            | Exit::Interrupted => {
                let code = Some(refusal.kind.code());
                drift.push(Finding { kind: "drift", code, what: refusal.what.clone(), exit: Exit::Pending });
            }
        }
    }
    let pending = |kind, what| Finding { kind, code: None, what, exit: Exit::Pending };
    findings.extend(status.pending().map(|row| pending("pending", format!("migration {}", row.id))));
    let steps = plan.expand.iter().chain(&plan.contract);
    drift.extend(steps.map(|planned| pending("drift", planned.step.to_string())));
    drift.extend(plan.not_now.iter().map(|postponed| pending("drift", report::postponed(postponed))));
    // What cannot be read cannot be called as declared.
    drift.extend(plan.unknown.iter().map(|unknown| pending("drift", report::unknown(unknown))));
    findings.extend(drift);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Freshness;
    use crate::plan::{Postponed, Unknown};
    use crate::schema::{Aspect, Delta, SettingChange, TableName};
    use crate::step::Step;

    #[test]
    fn what_is_not_now_and_what_nobody_may_read_is_not_in_order() {
        let table = TableName::new("orders").unwrap();
        let change = SettingChange::DeletionProtection(Delta::new(false, true));
        let until = Some("2026-03-04T11:00:00Z".parse().unwrap());
        let step = Step::Set { table: table.clone(), change };
        let plan = Plan {
            sequence: "shop".to_owned(),
            freshness: Freshness::Settled,
            first_run: false,
            records: Vec::new(),
            expand: Vec::new(),
            migrations: Vec::new(),
            contract: Vec::new(),
            later: Vec::new(),
            not_now: vec![Postponed { step, until, reason: "a rule".to_owned(), accepted: Vec::new() }],
            unknown: vec![Unknown { table, setting: Aspect::Tags, needs: "dynamodb:ListTagsOfResource".to_owned() }],
            refusals: Vec::new(),
            notices: Vec::new(),
            ahead: None,
        };
        let status = Status {
            sequence: "shop".into(),
            management_table: "m".into(),
            environment: None,
            managed: true,
            migrations: Vec::new(),
            lock: None,
            in_force: crate::budget::InForce::default(),
        };
        let found: Vec<_> = findings(&plan, &status).into_iter().map(|found| (found.kind, found.what, found.exit)).collect();
        assert_eq!(
            found,
            [
                (
                    "drift",
                    "set orders, deletion protection: off → on: not now, until 2026-03-04 11:00 UTC: a rule".to_owned(),
                    Exit::Pending
                ),
                ("drift", "orders, tags: unknown (needs dynamodb:ListTagsOfResource)".to_owned(), Exit::Pending),
            ]
        );
    }
}
