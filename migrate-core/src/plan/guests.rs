//! Tables that another sequence owns: the indexes on them that are ours, and nothing else; knows no setting.

use super::indexes;
use super::input::{Draft, Input};
use super::model::{Droppable, Notice};
use super::ownership::{made_again, stuck};
use super::recipe;
use super::shared_recipe as say;
use super::tables::at_rest;
use super::unclaimed::unclaimed;
use crate::diff::{Change, diff};
use crate::history::{Entry, IndexOwnership, IndexState};
use crate::schema::{IndexName, LiveTable, Status, TableName, TableSchema};
use crate::step::Step;

impl<'a> Input<'a> {
    /// What the history says of an index on another sequence's table.
    pub(super) fn claim_on(self, table: &TableName, index: &IndexName) -> Option<&'a IndexOwnership> {
        self.observed.history.indexes().get(&(table.clone(), index.clone()))
    }

    /// The sequence that has this index on a table of ours.
    pub(super) fn guest(self, table: &TableName, index: &IndexName) -> Option<&'a str> {
        self.observed.guest_indexes.get(&(table.clone(), index.clone())).map(String::as_str)
    }
}

/// Plans our indexes on a table of another sequence. Its settings, and other indexes, are not looked at.
pub(super) fn guest(input: Input<'_>, schema: &TableSchema, owner: &str, draft: &mut Draft) {
    let table = &schema.name;
    let Some(live) = usable(input, schema, owner, draft) else { return };
    let present = at_rest(live);
    let mut changes = diff(&present, schema);
    changes.retain(of_index);
    draft.refusals.extend(changes.iter().filter_map(|change| recipe::impossible(input, &present, schema, change)));
    let mut under_way = live.status == Status::Creating;
    let unclaimed = unclaimed(&input.observed.history, live, schema);
    for one in &unclaimed {
        draft.refusals.push(say::index_not_ours(input, schema, *one));
        changes.retain(|change| named(change) != Some(one.index));
    }
    let claimed = |index: &&IndexName| unclaimed.iter().all(|one| one.index != *index);
    for index in schema.global_indexes.keys().filter(claimed) {
        let claim = input.claim_on(table, index).filter(|claim| !made_again(claim.table_id.as_deref(), live));
        let found = present.global_indexes.get(index);
        let status = live.index_status.get(index);
        let (table, table_id, index) = (table.clone(), live.table_id.clone(), index.clone());
        match (claim.map(|claim| claim.state), found) {
            (Some(_), Some(_)) if status.is_some_and(|status| *status != Status::Active) => under_way = true,
            (Some(IndexState::Creating), Some(_)) => {
                draft.records.push(Entry::IndexCreated { table, table_id, index });
            }
            // Its removal was begun, and then it was declared again: it stays.
            (Some(IndexState::Dropping), Some(_)) => {
                draft.records.push(Entry::IndexAdopted { table, table_id, index });
            }
            (Some(IndexState::Owned) | None, Some(_)) | (Some(_) | None, None) => {}
        }
    }
    let builds = indexes::wanted(input, &present, schema, &changes, draft);
    // What others do on the table is waited for only where it is in the way.
    if under_way || (!builds.is_empty() && !live.is_settled()) {
        draft.expand(Step::AwaitTable { table: table.clone() });
    }
    if !builds.is_empty() && input.observed.history.shared().get(table).map(String::as_str) != Some(owner) {
        draft.records.push(Entry::TableShared { table: table.clone(), owner: owner.to_owned() });
    }
    indexes::build(&present, schema, &builds, present.billing, draft);
}

/// The table, if it is there, another sequence's, and has the key that the code says.
pub(super) fn usable<'a>(input: Input<'a>, schema: &'a TableSchema, owner: &str, draft: &mut Draft) -> Option<&'a LiveTable> {
    let table = &schema.name;
    let live = input.live(table).filter(|live| live.status != Status::Deleting);
    let shared = input.observed.history.shared().get(table).map(String::as_str) == Some(owner);
    let refusal = match live {
        _ if input.owner(table).is_some() => say::ours_already(table, owner),
        None => say::owner_makes_it(table, owner),
        Some(live) if live.schema.key != schema.key => say::other_key(live, schema, owner),
        Some(_) if !shared && !schema.global_indexes.is_empty() && !input.observed.with_owner.contains(table) => {
            say::not_the_owners(table, owner)
        }
        Some(live) => match &live.status {
            Status::Other(word) => stuck(input, table, word),
            Status::Creating | Status::Active | Status::Updating | Status::Deleting => return Some(live),
        },
    };
    draft.refusals.push(refusal);
    None
}

/// Whether a difference is about a declared index, or the type of its key.
const fn of_index(change: &Change) -> bool {
    match change {
        Change::KeyType { .. } | Change::GlobalIndexMissing { .. } | Change::GlobalIndexDiffers { .. } => true,
        Change::Key { .. }
        | Change::GlobalIndexUndeclared { .. }
        | Change::LocalIndexMissing { .. }
        | Change::LocalIndexDiffers { .. }
        | Change::LocalIndexUndeclared { .. }
        | Change::Setting(_) => false,
    }
}

const fn named(change: &Change) -> Option<&IndexName> {
    match change {
        Change::GlobalIndexMissing { index, .. } | Change::GlobalIndexDiffers { index, .. } => Some(index),
        Change::Key { .. }
        | Change::KeyType { .. }
        | Change::GlobalIndexUndeclared { .. }
        | Change::LocalIndexMissing { .. }
        | Change::LocalIndexDiffers { .. }
        | Change::LocalIndexUndeclared { .. }
        | Change::Setting(_) => None,
    }
}

/// Whether an index that is named for a drop is ours on another sequence's table; `None` if it is not about such a table.
pub(super) fn may_drop(
    input: Input<'_>,
    live: &LiveTable,
    table: &TableName,
    index: &IndexName,
    draft: &mut Draft,
) -> Option<bool> {
    let declared = input.declared.tables.get(table).and_then(|schema| schema.handling.owner.as_deref());
    match (input.claim_on(table, index), declared) {
        // One whose creation was only begun may have been made by somebody else since.
        (Some(claim), _) if claim.state != IndexState::Creating && !made_again(claim.table_id.as_deref(), live) => Some(true),
        (_, Some(owner)) => {
            draft.refusals.push(say::drop_not_ours(table, index, owner));
            Some(false)
        }
        (Some(_) | None, None) => None,
    }
}

/// Whether an index that is there no more is on record as ours: a drop of it closes that record.
pub(super) fn forget(input: Input<'_>, table: &TableName, index: &IndexName, draft: &mut Draft) -> bool {
    let Some(claim) = input.claim_on(table, index) else { return false };
    let (table, table_id, index) = (table.clone(), claim.table_id.clone(), index.clone());
    if claim.state != IndexState::Dropping {
        draft.records.push(Entry::IndexDropping { table, table_id, index });
    }
    true
}

/// Settles what earlier runs began to drop, and tells of indexes of ours that the code does not declare.
pub(super) fn undeclared(input: Input<'_>, draft: &mut Draft) {
    for ((table, index), claim) in input.observed.history.indexes() {
        let live = input.live(table);
        let there = live.is_some_and(|live| {
            live.schema.global_indexes.contains_key(index) || live.index_status.get(index) == Some(&Status::Deleting)
        });
        if !there && claim.state == IndexState::Dropping {
            let (table, table_id, index) = (table.clone(), claim.table_id.clone(), index.clone());
            draft.records.push(Entry::IndexDropped { table, table_id, index });
        }
        let declared = input.declared.tables.get(table).is_some_and(|schema| schema.global_indexes.contains_key(index));
        let consented = input.consented(&Droppable::Index(table.clone(), index.clone()));
        if declared || consented || (!there && claim.state == IndexState::Dropping) {
            continue;
        }
        let name = input.logical(table);
        let drop = format!("`drop_index!(\"{name}\", \"{index}\");` in the code or `--drop {name}/{index}`");
        draft.notices.push(if there {
            Notice::new(
                format!("index `{table}/{index}` is not declared; it stays"),
                format!("drop it with {drop}, or declare it"),
            )
        } else {
            Notice::new(
                format!("index `{table}/{index}` is recorded as ours, but it is not there and not declared"),
                format!("forget it with {drop}, or declare it"),
            )
        });
    }
}
