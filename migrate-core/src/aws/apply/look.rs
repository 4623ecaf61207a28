//! Whether a step's effect shows in a table; pure: it never knows what was sent or answered.

use std::fmt;

use jiff::Timestamp;

use super::super::convert::Moving;
use super::setting::setting;
use crate::error::{Error, ErrorKind};
use crate::schema::{GlobalIndex, IndexName, LiveTable, Status, TableName, TableSchema};
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
    /// DynamoDB does not take it now: it was done too often lately.
    NotNow {
        /// From when on it may, if that can be known.
        until: Option<Timestamp>,
        /// In its words.
        reason: String,
    },
    /// It was not begun: the deadline has passed.
    NotBegun,
    /// It was left on its way: the deadline has passed, or a build is not waited for.
    StillGoing {
        /// What is going on.
        status: String,
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
pub(super) fn judge(step: &Step, found: Option<&(LiveTable, Moving)>) -> Look {
    let Some((live, moving)) = found else { return absent(step) };
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
                (Some(found), _) if !found.same_shape(definition) => stale(
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
        Step::Set { table, change } => setting(table, change, live, moving),
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
        Step::CreateTable { .. } | Step::CreateGlobalIndex { .. } | Step::Set { .. } => {
            Look::NotYet { status: "the table is not there".to_owned(), at_rest: true }
        }
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
    let shapes = |schema: &TableSchema| {
        let shape = |(name, index): (&IndexName, &GlobalIndex)| (name.clone(), index.key.clone(), index.projection.clone());
        schema.global_indexes.iter().map(shape).collect::<Vec<_>>()
    };
    if shapes(found) != shapes(wanted) || found.local_indexes != wanted.local_indexes {
        let name = &wanted.name;
        return stale(name, format!("table {name} is there already, with other indexes"));
    }
    if live.is_settled() { Look::Shows } else { Look::OnTheWay(busiest(live)) }
}

pub(super) fn at_rest(live: &LiveTable) -> Look {
    if live.status == Status::Active { Look::Shows } else { Look::OnTheWay(format!("the table is {}", Word(&live.status))) }
}

/// The same for what is an index's.
pub(super) fn index_at_rest(live: &LiveTable, index: &IndexName) -> Look {
    match live.index_status.get(index) {
        Some(status) if *status != Status::Active => Look::OnTheWay(format!("index {index} is {}", Word(status))),
        Some(_) | None => at_rest(live),
    }
}

pub(super) fn not_yet(live: &LiveTable, status: String) -> Look {
    if live.is_settled() {
        Look::NotYet { status, at_rest: true }
    } else {
        Look::NotYet { status: format!("{status}; {}", busiest(live)), at_rest: false }
    }
}

pub(super) fn stale(table: &TableName, text: String) -> Look {
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
