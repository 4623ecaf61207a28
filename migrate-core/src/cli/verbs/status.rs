//! `status`: one read; what is safe and what is next follows from it.

use super::{Verdict, json};
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::{Migrator, Row, Status};

pub(super) async fn status(session: &Session, migrator: &Migrator, connection: &Connection) -> Result<Verdict, Error> {
    let status = migrator.status().await?;
    let advice = advice(&status, connection.is_shared || !is_embedded(connection));
    let next = format!("{}{}", session.command(&advice.verb), advice.remark);
    let mut document = json(&status);
    document["safe_to_run_again"] = json(&advice.safe);
    document["next"] = json(&next);
    let safe = if advice.safe { "yes" } else { "no" };
    let safe = format!("{safe}, {}", advice.because);
    let markdown = report::comment::status(&status, &safe, (&session.command(&advice.verb), advice.remark.trim()));
    Ok(Verdict::new(Exit::Done, report::status(&status, &safe, &next), document).with_markdown(markdown))
}

fn is_embedded(connection: &Connection) -> bool {
    matches!(connection.described, crate::cli::connect::Described::Embedded { .. })
}

/// What to do next.
struct Advice {
    safe: bool,
    because: &'static str,
    verb: String,
    remark: String,
}

fn advice(status: &Status, phased: bool) -> Advice {
    let held = status.lock.as_ref().is_some_and(|lock| !lock.released);
    let foreign = |row: &Row| row.edited && row.is_open();
    let rows = &status.migrations;
    let code = |row: &&Row| row.in_code;
    let last = rows.iter().filter(code).map(|row| row.id.version).max();
    let first = rows.iter().filter(code).map(|row| row.id.version).min();
    let ahead = rows.iter().any(|row| !row.in_code && !row.is_rolled_back() && Some(row.id.version) > last);
    // What stands before the first was squashed.
    let missing = rows.iter().any(|row| !row.in_code && Some(row.id.version) > first && Some(row.id.version) < last);
    let (before, after): (Vec<&Row>, Vec<&Row>) = status.pending().partition(|row| !row.after_deploy);
    let begun = status.pending().any(|row| row.is_open());
    let goes_on = if begun { "it goes on where it stopped" } else { "it runs what is pending" };
    let paused = status.in_force.paused.is_some() && status.pending().next().is_some();
    let unsettled = rows.iter().find(|row| row.unsettled);
    let (safe, because, verb, remark) = if let Some(row) = unsettled.filter(|_| !held) {
        return settle(row);
    } else if paused {
        (true, "it waits until nobody wants it paused any more", "resume", "  (once it may go on)")
    } else if held {
        (
            true,
            "it waits for the lock, or takes it over if its holder is gone",
            "lock",
            "  (again, until its beat stands still or it is free)",
        )
    } else if ahead {
        (true, "an older binary changes nothing", "check", "")
    } else if missing {
        (true, "nothing is done, as a recorded migration is missing here", "check", "")
    } else if rows.iter().any(foreign) {
        (false, "a migration was edited after it had begun", "check", "")
    } else if !before.is_empty() || begun {
        (true, goes_on, "up", "")
    } else if !after.is_empty() {
        let verb = if phased { "up --phase after" } else { "up" };
        (true, goes_on, verb, if phased { "  (once the new code is deployed)" } else { "" })
    } else if !status.managed {
        (true, "nothing was begun", "up", "")
    } else {
        (true, "every migration is settled", "plan", "  (shows whether the tables are as declared)")
    };
    Advice { safe, because, verb: verb.to_owned(), remark: remark.to_owned() }
}

/// Nothing goes on before a person says how this one stands.
fn settle(row: &Row) -> Advice {
    let number = row.id.version.get();
    let rolled_back = format!("resolve --rolled-back {number} --reason TEXT");
    let (because, verb, or) = match row.is_open() {
        true => (
            "nothing is done before a person says how the one that asks stands",
            format!("resolve --applied {number} --reason TEXT"),
            rolled_back,
        ),
        false => (
            "nothing is done while a rollback is not finished",
            format!("rollback --to {}", number.saturating_sub(1)),
            rolled_back,
        ),
    };
    Advice { safe: true, because, verb, remark: format!("  (or `{or}`: look at the data first)") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{MigrationState, MigrationStatus};
    use crate::migration::{MigrationId, Version};
    use crate::migrator::RowState;

    fn status(rows: Vec<Row>) -> Status {
        Status {
            sequence: "shop".into(),
            management_table: "migrations".into(),
            managed: true,
            environment: None,
            migrations: rows,
            lock: None,
            in_force: crate::budget::InForce::default(),
        }
    }

    fn pending(number: u32, after_deploy: bool) -> Row {
        let id = MigrationId { version: Version::new(number), name: "x".into() };
        Row {
            id,
            record: RowState::Pending,
            in_code: true,
            edited: false,
            unsettled: false,
            after_deploy,
            description: String::new(),
        }
    }

    #[test]
    fn the_next_command_fits_what_is_left() {
        assert_eq!(advice(&status(vec![pending(1, false), pending(2, true)]), true).verb, "up");
        assert_eq!(advice(&status(vec![pending(2, true)]), true).verb, "up --phase after");
        assert_eq!(advice(&status(vec![pending(2, true)]), false).verb, "up");
        assert_eq!(advice(&status(vec![]), true).verb, "plan");
        assert_eq!(advice(&Status { managed: false, ..status(vec![]) }, true).verb, "up");
        let unknown = |n| Row { in_code: false, ..pending(n, false) };
        assert_eq!(advice(&status(vec![unknown(3)]), true).verb, "check");
        let around = |n| advice(&status(vec![pending(2, false), unknown(n), pending(4, false)]), true).verb;
        assert_eq!([1, 3, 5].map(around), ["up", "check", "check"].map(str::to_owned), "the first was squashed");
        let begun = RowState::Recorded(Box::new(MigrationState {
            migration: pending(1, false).id,
            fingerprint: String::new(),
            status: MigrationStatus::Started,
            breaking: false,
            at: jiff::Timestamp::UNIX_EPOCH,
            by: String::new(),
            attempts: 1,
            tables: Vec::new(),
        }));
        let said = crate::budget::Said { by: String::new(), at: jiff::Timestamp::UNIX_EPOCH };
        let in_force = crate::budget::InForce { paused: Some(said), ..Default::default() };
        let paused = |rows| Status { in_force: in_force.clone(), ..status(rows) };
        assert_eq!(advice(&paused(vec![pending(1, false)]), true).verb, "resume");
        assert_eq!(advice(&paused(vec![]), true).verb, "plan");
        let edited = advice(&status(vec![Row { edited: true, record: begun, ..pending(1, false) }]), true);
        assert_eq!((edited.safe, edited.verb.as_str()), (false, "check"));
    }

    #[test]
    fn what_a_person_must_settle_comes_first_but_not_before_a_holder() {
        let row = |status| {
            let record = RowState::Recorded(Box::new(MigrationState {
                migration: pending(3, false).id,
                fingerprint: String::new(),
                status,
                breaking: false,
                at: jiff::Timestamp::UNIX_EPOCH,
                by: String::new(),
                attempts: 1,
                tables: Vec::new(),
            }));
            Row { record, unsettled: true, ..pending(3, false) }
        };
        let asks = advice(&status(vec![row(MigrationStatus::Started), pending(4, false)]), true);
        assert_eq!(asks.verb, "resolve --applied 3 --reason TEXT");
        assert_eq!(asks.remark, "  (or `resolve --rolled-back 3 --reason TEXT`: look at the data first)");
        let rollback = status(vec![row(MigrationStatus::RollingBack)]);
        assert_eq!(advice(&rollback, true).verb, "rollback --to 2");
        let holder = crate::history::LockInfo {
            epoch: 1,
            beat: 1,
            released: false,
            lease_ms: 1,
            since: jiff::Timestamp::UNIX_EPOCH,
            doing: String::new(),
            holder: crate::history::RunInfo::default(),
        };
        assert_eq!(advice(&Status { lock: Some(holder), ..rollback }, true).verb, "lock");
    }
}
