//! Whether a step's effect shows in a table; pure: it never knows what was sent or answered.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::schema::{LiveTable, Setting, Status, TableName, TableSchema};
use crate::step::Step;

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// Its effect shows.
    Done,
    /// The engine cannot do it: it says so, or it says yes and does nothing.
    Unsupported {
        /// In its words, or ours.
        reason: String,
    },
}

/// What a look at a table says of a step.
#[derive(Debug)]
pub(super) enum Look {
    /// The effect is there.
    Shows,
    /// DynamoDB is at it.
    OnTheWay(String),
    /// Nothing of it is to be seen. A table at rest does not change by itself.
    NotYet { status: String, at_rest: bool },
    /// Something else is in its place.
    Contradicts(Error),
}

/// Judges a table by the effect that a step has, not by what it was before.
///
/// The plan was made for what was there: what contradicts it asks for a new one, and so is [`ErrorKind::StalePlan`].
pub(super) fn judge(step: &Step, live: Option<&LiveTable>) -> Look {
    let Some(live) = live else { return absent(step) };
    match step {
        Step::CreateTable { schema } => created(schema, live),
        Step::AwaitTable { .. } if live.is_settled() => Look::Shows,
        Step::AwaitTable { .. } => Look::OnTheWay(busiest(live)),
        Step::CreateGlobalIndex { index, definition, table, .. } => {
            match (live.schema.global_indexes.get(index), live.index_status.get(index)) {
                // One of this name is leaving; only then can another come.
                (_, Some(Status::Deleting)) => {
                    Look::NotYet { status: format!("an index {index} is being deleted"), at_rest: false }
                }
                (None, _) => not_yet(live, format!("index {index} is not there")),
                (Some(found), _) if found != definition => stale(
                    table,
                    format!("index {table}/{index} is there already, with another definition: {found} instead of {definition}"),
                ),
                (Some(_), Some(Status::Active) | None) => at_rest(live),
                // The table is ACTIVE again long before its index is.
                (Some(_), Some(status)) => Look::OnTheWay(format!("index {index} is {}", Word(status))),
            }
        }
        Step::DropGlobalIndex { index, .. } => match live.index_status.get(index) {
            None => at_rest(live),
            Some(Status::Deleting) => Look::OnTheWay(format!("index {index} is DELETING")),
            Some(status) => {
                let at_rest = live.is_settled();
                Look::NotYet { status: format!("index {index} is {}", Word(status)), at_rest }
            }
        },
        Step::EnableStream { table, view } => match &live.schema.stream {
            Setting::Set(found) if found == view => at_rest(live),
            Setting::Set(found) => stale(table, format!("the stream of {table} is on already, with another view: {found}")),
            Setting::Off | Setting::Unmanaged => not_yet(live, "the stream is off".to_owned()),
        },
        Step::DisableStream { .. } => match &live.schema.stream {
            Setting::Off => at_rest(live),
            Setting::Set(_) | Setting::Unmanaged => not_yet(live, "the stream is on".to_owned()),
        },
        // A change of time to live leaves the table's own state alone.
        Step::EnableTtl { table, attribute } => match &live.schema.ttl {
            Setting::Set(found) if found == attribute => Look::Shows,
            Setting::Set(found) => stale(table, format!("time to live of {table} is on already, by another attribute: {found}")),
            Setting::Off => not_yet(live, "time to live is off".to_owned()),
            Setting::Unmanaged => not_yet(live, "the engine cannot tell its time to live".to_owned()),
        },
        Step::DisableTtl { .. } => match &live.schema.ttl {
            Setting::Off => Look::Shows,
            Setting::Set(_) => not_yet(live, "time to live is on".to_owned()),
            Setting::Unmanaged => not_yet(live, "the engine cannot tell its time to live".to_owned()),
        },
        Step::SetDeletionProtection { enabled, .. } => match live.schema.deletion_protection {
            Some(found) if found == *enabled => at_rest(live),
            Some(_) | None => not_yet(live, "its deletion protection is as it was".to_owned()),
        },
        Step::DropTable { .. } => not_yet(live, format!("the table is {}", Word(&live.status))),
    }
}

/// No table: the end of what removes something, the beginning of the rest.
fn absent(step: &Step) -> Look {
    match step {
        // A table that came to rest by being deleted.
        Step::AwaitTable { .. } | Step::DropTable { .. } | Step::DropGlobalIndex { .. } => Look::Shows,
        // Right after CreateTable, DescribeTable may not know the table yet.
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
        Step::CreateTable { .. }
        | Step::CreateGlobalIndex { .. }
        | Step::EnableStream { .. }
        | Step::DisableStream { .. }
        | Step::EnableTtl { .. }
        | Step::DisableTtl { .. }
        | Step::SetDeletionProtection { .. } => Look::NotYet { status: "the table is not there".to_owned(), at_rest: true },
    }
}

/// A table is the one that was wanted if it has its shape. Settings can be changed afterwards, and the next plan sees them.
fn created(wanted: &TableSchema, live: &LiveTable) -> Look {
    if live.status == Status::Deleting {
        return Look::NotYet { status: "a table of this name is being deleted".to_owned(), at_rest: false };
    }
    let found = &live.schema;
    if found.key != wanted.key {
        let name = &wanted.name;
        return stale(name, format!("table {name} is there already, with another key: {} instead of {}", found.key, wanted.key));
    }
    if found.global_indexes != wanted.global_indexes || found.local_indexes != wanted.local_indexes {
        let name = &wanted.name;
        return stale(name, format!("table {name} is there already, with other indexes"));
    }
    if live.is_settled() { Look::Shows } else { Look::OnTheWay(busiest(live)) }
}

fn at_rest(live: &LiveTable) -> Look {
    if live.status == Status::Active { Look::Shows } else { Look::OnTheWay(format!("the table is {}", Word(&live.status))) }
}

fn not_yet(live: &LiveTable, status: String) -> Look {
    if live.is_settled() {
        Look::NotYet { status, at_rest: true }
    } else {
        Look::NotYet { status: format!("{status}; {}", busiest(live)), at_rest: false }
    }
}

fn stale(table: &TableName, text: String) -> Look {
    let help = format!("somebody else changed {table} meanwhile; run it again, and it plans anew");
    Look::Contradicts(Error::new(ErrorKind::StalePlan, text).with_help(help))
}

/// What is not at rest: the table, or else its first such index.
fn busiest(live: &LiveTable) -> String {
    let index = live.index_status.iter().find(|(_, status)| **status != Status::Active);
    match (&live.status, index) {
        (Status::Active, Some((index, status))) => format!("index {index} is {}", Word(status)),
        (status, _) => format!("the table is {}", Word(status)),
    }
}

/// A state in DynamoDB's word.
pub(super) struct Word<'a>(pub(super) &'a Status);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Status::Creating => "CREATING",
            Status::Active => "ACTIVE",
            Status::Updating => "UPDATING",
            Status::Deleting => "DELETING",
            Status::Other(word) => word,
        })
    }
}
