//! Whose a table is: what the history says of it, held against what is found; knows no index and no setting.

use super::input::{Draft, Input};
use super::recipe;
use crate::error::ErrorKind;
use crate::history::{Entry, Ownership};
use crate::schema::{GlobalIndex, IndexName, LiveTable, Status, TableName, TableSchema};

use super::model::Refusal;

/// What may be done with a declared table.
pub(super) enum Claim<'a> {
    /// It is not there and may be made.
    Create,
    /// It is on its way out; when it is gone it may be made.
    AwaitThenCreate,
    /// It is there and ours.
    Ours(&'a LiveTable),
    /// Nothing: a refusal says why.
    Refused,
}

/// Judges a declared table, and says which records settle what an earlier run began.
pub(super) fn claim<'a>(input: Input<'a>, schema: &'a TableSchema, draft: &mut Draft) -> Claim<'a> {
    let table = &schema.name;
    let owner = input.owner(table);
    let Some(live) = input.live(table) else {
        return match owner {
            // Made anew in silence it would hide that its data is lost.
            Some(Ownership::Owned { .. }) => refuse(draft, recipe::gone(input, table)),
            Some(Ownership::Dropping { .. }) => {
                draft.records.push(Entry::TableDropped { table: table.clone() });
                Claim::Create
            }
            Some(Ownership::Creating) | None => Claim::Create,
        };
    };
    if live.status == Status::Deleting {
        return match owner {
            Some(Ownership::Owned { .. }) => refuse(draft, recipe::being_deleted(input, table)),
            Some(Ownership::Dropping { .. } | Ownership::Creating) | None => Claim::AwaitThenCreate,
        };
    }
    let table_id = live.table_id.clone();
    match owner {
        None => {
            return refuse(
                draft,
                match input.observed.owned_elsewhere.get(table) {
                    Some(sequence) => recipe::another_sequence(input, table, sequence),
                    None => recipe::not_ours(input, live, schema),
                },
            );
        }
        Some(Ownership::Creating) => {
            // An intent may be old, and the table of this name somebody else's by now.
            if let Some(sequence) = input.observed.owned_elsewhere.get(table) {
                return refuse(draft, recipe::another_sequence(input, table, sequence));
            }
            if !may_be_ours(live, schema) || input.observed.with_data.contains(table) {
                return refuse(draft, recipe::not_ours(input, live, schema));
            }
            if live.status != Status::Creating {
                draft.records.push(Entry::TableCreated { table: table.clone(), table_id });
            }
        }
        Some(Ownership::Owned { table_id: ours }) => {
            if made_again(ours.as_deref(), live) {
                return refuse(draft, recipe::made_again(input, live, schema));
            }
        }
        // Its removal was begun, and then it was declared again: it stays.
        Some(Ownership::Dropping { table_id: ours }) => {
            if made_again(ours.as_deref(), live) {
                return refuse(draft, recipe::made_again(input, live, schema));
            }
            draft.records.push(Entry::TableAdopted { table: table.clone(), table_id });
        }
    }
    if let Status::Other(word) = &live.status {
        return refuse(draft, stuck(input, table, word));
    }
    Claim::Ours(live)
}

fn refuse<'a>(draft: &mut Draft, refusal: Refusal) -> Claim<'a> {
    draft.refusals.push(refusal);
    Claim::Refused
}

/// Whether a table can be the one that we began to make: nothing is there that was not asked for.
fn may_be_ours(live: &LiveTable, schema: &TableSchema) -> bool {
    let declared = |name: &IndexName, index: &GlobalIndex| {
        schema.global_indexes.get(name).is_some_and(|declared| declared.same_shape(index))
    };
    live.schema.key == schema.key
        && live.schema.global_indexes.iter().all(|(name, index)| declared(name, index))
        && live.schema.local_indexes == schema.local_indexes
}

/// Whether a table bears another id than the one that is ours, both being known.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html> (`TableId`)
pub(crate) fn made_again(ours: Option<&str>, live: &LiveTable) -> bool {
    matches!((ours, live.table_id.as_deref()), (Some(ours), Some(found)) if ours != found)
}

/// A state that no waiting ends. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html> (`TableStatus`)
pub(super) fn stuck(input: Input<'_>, table: &TableName, word: &str) -> Refusal {
    let name = input.logical(table);
    Refusal::new(ErrorKind::NotSupported, format!("table `{table}` is in state {word}, which it does not leave by itself"))
        .of(table)
        .help("INACCESSIBLE_ENCRYPTION_CREDENTIALS: give DynamoDB the table's KMS key back, and run again")
        .help(format!(
            "ARCHIVED: restore the backup that DynamoDB made of it, as `{table}`, then {}",
            match input.owner(table) {
                Some(Ownership::Owned { .. }) => {
                    format!("`migrate resolve --restored {name} --at {} --reason TEXT`", input.baseline())
                }
                Some(Ownership::Creating | Ownership::Dropping { .. }) | None =>
                    format!("`migrate baseline {}`", input.baseline()),
            }
        ))
        .help(format!("or declare the table under another name, such as `{name}-2`"))
}
