//! What leaves: indexes and tables that the code no longer declares, and only by consent; knows nothing that is created.

use std::collections::BTreeSet;

use super::input::{Draft, Input};
use super::model::{Droppable, Notice, PlannedStep, Refusal};
use super::ownership::made_again;
use super::tables::at_rest;
use super::verify::not_dropped;
use super::{guests, recipe, shared_recipe};
use crate::error::ErrorKind;
use crate::history::{Entry, Ownership};
use crate::schema::{IndexName, LiveTable, Status, TableName, TableSchema};
use crate::step::Step;

/// Plans every drop: indexes first, then tables. What is not consented to is a notice, and stays.
pub(super) fn drops(input: Input<'_>, ours: &BTreeSet<&TableName>, draft: &mut Draft) {
    let (mut awaits, mut indexes, mut tables) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (droppable, in_code) in input.consents() {
        match droppable {
            Droppable::Index(table, index) => {
                if !input.consented(&Droppable::Table(table.clone())) && drop_index(input, ours, table, index, in_code, draft) {
                    // What is under way on a table of ours that is declared is waited for with its changes.
                    let ours_alone = input.claim_on(table, index).is_some();
                    if !input.declared.tables.contains_key(table) || ours_alone {
                        awaits.extend(input.live(table).filter(|live| !live.is_settled()).map(|_| table));
                    }
                    let step = Step::DropGlobalIndex { table: table.clone(), index: index.clone() };
                    if !index_is_deleting(input, table, index) {
                        indexes.push(step);
                    } else if !in_code && !ours_alone && !index_was_dropped(input, table, index) {
                        // Recorded, or `--drop` would seem a slip as soon as the index is gone.
                        draft.records.push(Entry::TableChanged { table: table.clone(), change: step.to_string() });
                    }
                }
            }
            Droppable::Table(table) => {
                let Some(live) = drop_table(input, table, in_code, draft) else { continue };
                // Only a table at rest is deleted. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
                if !live.is_settled() {
                    awaits.insert(table);
                }
                if live.status != Status::Deleting {
                    tables.push(Step::DropTable {
                        table: table.clone(),
                        backup: input.request.backup,
                        table_id: live.table_id.clone(),
                    });
                }
            }
        }
    }
    let awaits = awaits.into_iter().map(|table| Step::AwaitTable { table: table.clone() });
    draft.contract = awaits.chain(indexes).chain(tables).map(PlannedStep::new).collect();
    // What had to make room has gone by then.
    let Draft { expand, contract, .. } = draft;
    contract.retain(|planned| !expand.iter().any(|earlier| earlier.step == planned.step));
    undeclared_indexes(input, ours, draft);
    undeclared_tables(input, draft);
    guests::undeclared(input, draft);
}

fn index_is_deleting(input: Input<'_>, table: &TableName, index: &IndexName) -> bool {
    input.live(table).is_some_and(|live| live.index_status.get(index) == Some(&Status::Deleting))
}

/// Whether an index that is named for a drop is there and ours.
fn drop_index(
    input: Input<'_>,
    ours: &BTreeSet<&TableName>,
    table: &TableName,
    index: &IndexName,
    in_code: bool,
    draft: &mut Draft,
) -> bool {
    let name = input.logical(table);
    let schema = input.declared.tables.get(table);
    if schema.is_some_and(|schema| schema.global_indexes.contains_key(index) || schema.local_indexes.contains_key(index)) {
        draft.refusals.push(recipe::contradiction(table, &format!("index `{name}/{index}`"), in_code));
        return false;
    }
    if schema.is_some_and(TableSchema::is_verified) {
        let shape = input.live(table).map(|live| &live.schema);
        let is_there =
            shape.is_some_and(|shape| shape.global_indexes.contains_key(index) || shape.local_indexes.contains_key(index));
        if is_there || !in_code {
            draft.refusals.push(not_dropped(table, Some(index)));
        }
        return false;
    }
    let found = input.live(table).filter(|live| live.status != Status::Deleting);
    if found.is_some_and(|live| live.schema.local_indexes.contains_key(index)) {
        draft.refusals.push(recipe::local_index_stays(input, table, index));
        return false;
    }
    let Some(live) = found.filter(|live| live.schema.global_indexes.contains_key(index)) else {
        if input.claim_on(table, index).is_some() && index_is_deleting(input, table, index) {
            return true;
        }
        if guests::forget(input, table, index, draft) {
            return false;
        }
        if !in_code && !index_was_dropped(input, table, index) {
            let what =
                format!("there is no index `{index}` on a table `{table}`, so `--drop {name}/{index}` has nothing to drop");
            draft
                .refusals
                .push(Refusal::new(ErrorKind::Usage, what).of(table).help("`migrate plan` shows what could be dropped"));
        }
        return false;
    };
    if let Some(ours) = guests::may_drop(input, live, table, index, draft) {
        return ours;
    }
    if let Some(guest) = input.guest(table, index) {
        draft.refusals.push(shared_recipe::guests_index(input, table, index, guest, "is named for a drop"));
        return false;
    }
    if schema.is_some() {
        // Where a declared table is not ours, its own refusal says so.
        return ours.contains(table);
    }
    let owned = matches!(input.owner(table), Some(Ownership::Owned { table_id }) if !made_again(table_id.as_deref(), live));
    if !owned {
        draft.refusals.push(recipe::drop_not_ours(input, table, &format!("index `{table}/{index}`")));
    }
    owned
}

// A step's records hold its words, so that a run which goes on after the drop does not take the name for a slip.
fn index_was_dropped(input: Input<'_>, table: &TableName, index: &IndexName) -> bool {
    let words = Step::DropGlobalIndex { table: table.clone(), index: index.clone() }.to_string();
    input.observed.history.records().iter().any(|record| {
        let entry = &record.entry;
        matches!(entry, Entry::TableChanging { table: of, change } | Entry::TableChanged { table: of, change }
            if of == table && *change == words)
            || matches!(entry, Entry::IndexDropped { table: of, index: dropped, .. } if of == table && dropped == index)
    })
}

/// The table that is named for a drop, if it is there and ours.
fn drop_table<'a>(input: Input<'a>, table: &TableName, in_code: bool, draft: &mut Draft) -> Option<&'a LiveTable> {
    let name = input.logical(table);
    if input.declared.tables.get(table).is_some_and(TableSchema::is_verified) {
        draft.refusals.push(not_dropped(table, None));
        return None;
    }
    if input.declared.tables.contains_key(table) {
        draft.refusals.push(recipe::contradiction(table, &format!("table `{name}`"), in_code));
        return None;
    }
    let Some(live) = input.live(table) else {
        let was_dropped =
            |record: &crate::history::Record| matches!(&record.entry, Entry::TableDropped { table: of } if of == table);
        match input.owner(table) {
            // It is gone without us: the record is closed, so that the name is free again.
            Some(Ownership::Owned { table_id }) => draft.records.extend([
                Entry::TableDropping { table: table.clone(), table_id: table_id.clone() },
                Entry::TableDropped { table: table.clone() },
            ]),
            Some(Ownership::Creating | Ownership::Dropping { .. }) => {}
            None if in_code || input.observed.history.records().iter().any(was_dropped) => {}
            None => {
                let what = format!("there is no table `{table}`, so `--drop {name}` has nothing to drop");
                draft
                    .refusals
                    .push(Refusal::new(ErrorKind::Usage, what).of(table).help("`migrate plan` shows what could be dropped"));
            }
        }
        return None;
    };
    match input.owner(table) {
        Some(Ownership::Owned { table_id } | Ownership::Dropping { table_id }) if !made_again(table_id.as_deref(), live) => {
            let guests = input
                .observed
                .guest_indexes
                .iter()
                .filter(|((of, index), _)| of == table && live.schema.global_indexes.contains_key(index));
            let guests: Vec<_> = guests.map(|((_, index), guest)| (index, guest.as_str())).collect();
            if !guests.is_empty() {
                draft.refusals.push(shared_recipe::guests_on_table(table, &guests));
                return None;
            }
            Some(live)
        }
        Some(Ownership::Owned { .. } | Ownership::Dropping { .. } | Ownership::Creating) | None => {
            draft.refusals.push(recipe::drop_not_ours(input, table, &format!("table `{table}`")));
            None
        }
    }
}

fn undeclared_indexes(input: Input<'_>, ours: &BTreeSet<&TableName>, draft: &mut Draft) {
    for table in ours {
        let (Some(live), Some(schema)) = (input.live(table), input.declared.tables.get(*table)) else { continue };
        let name = input.logical(table);
        let present = at_rest(live);
        for index in present.global_indexes.keys().filter(|index| !schema.global_indexes.contains_key(*index)) {
            let may_go = input.consented(&Droppable::Index((*table).clone(), index.clone()));
            if !may_go && input.guest(table, index).is_none() {
                draft.notices.push(Notice::new(
                    format!("index `{table}/{index}` is not declared; it stays"),
                    format!("drop it with `drop_index!(\"{name}\", \"{index}\");` in the code or `--drop {name}/{index}`, or declare it"),
                ));
            }
        }
        for index in present.local_indexes.keys().filter(|index| !schema.local_indexes.contains_key(*index)) {
            draft.notices.push(Notice::new(
                format!("local index `{table}/{index}` is not declared; it stays as long as its table"),
                "declare it, so that this notice goes",
            ));
        }
    }
}

fn undeclared_tables(input: Input<'_>, draft: &mut Draft) {
    for (table, owner) in input.observed.history.tables() {
        if input.declared.tables.contains_key(table) {
            continue;
        }
        let name = input.logical(table);
        let consented = input.consented(&Droppable::Table(table.clone()));
        let drop = format!("`drop_table!(\"{name}\");` in the code or `--drop {name}`");
        let live = input.live(table);
        if matches!(owner, Ownership::Dropping { .. }) && live.is_none() {
            draft.records.push(Entry::TableDropped { table: table.clone() });
        }
        if consented {
            continue;
        }
        let mut notice = |what: String, help: String| draft.notices.push(Notice::new(what, help));
        match (owner, live) {
            (Ownership::Dropping { .. }, None) | (Ownership::Creating, None) => {}
            (Ownership::Dropping { .. }, Some(live)) if live.status == Status::Deleting => {}
            (Ownership::Owned { .. }, None) => {
                notice(
                    format!("table `{table}` is recorded as ours, but it is not there and not declared"),
                    format!("`migrate up --drop {name}` forgets it"),
                );
            }
            (Ownership::Owned { .. } | Ownership::Creating, Some(_)) => {
                notice(
                    format!("table `{table}` is no longer declared; it stays"),
                    format!("drop it with {drop}, or declare it again"),
                );
            }
            (Ownership::Dropping { .. }, Some(_)) => {
                notice(
                    format!("the removal of table `{table}` was begun and not finished; it stays"),
                    format!("go on with {drop}, or declare it again"),
                );
            }
        }
    }
}
