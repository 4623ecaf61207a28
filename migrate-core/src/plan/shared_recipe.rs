//! Refusals about tables that several sequences share, each with the way out; knows no step.

use super::input::Input;
use super::model::Refusal;
use super::unclaimed::Unclaimed;
use crate::diff::Change;
use crate::error::ErrorKind;
use crate::schema::{IndexName, LiveTable, TableName, TableSchema};

pub(super) fn ours_already(table: &TableName, owner: &str) -> Refusal {
    let what = format!("table `{table}` is on record as this sequence's, but the code says `owner = \"{owner}\"`");
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help("take `owner` out, and state the table's settings here: a table does not change its owner")
}

pub(super) fn owner_makes_it(table: &TableName, owner: &str) -> Refusal {
    let what = format!("table `{table}` is not there: sequence `{owner}` owns it, and makes it");
    Refusal::new(ErrorKind::NotFound, what)
        .of(table)
        .help(format!("if this binary has both: `migrate up --sequence {owner}`, then this again"))
        .help(format!("else `migrate up` of the application that has sequence `{owner}`"))
        .help("if it should be here: another --prefix, region or account?")
}

pub(super) fn not_the_owners(table: &TableName, owner: &str) -> Refusal {
    let what = format!("table `{table}` is here, but not on record as sequence `{owner}`'s");
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help(format!("if it is: `migrate up --sequence {owner}`, which makes it or says how it comes under ownership"))
        .help("if it is not: name its owner; a sequence is called as its package, or by `migrations!(name = \"..\")`")
}

pub(super) fn other_key(live: &LiveTable, schema: &TableSchema, owner: &str) -> Refusal {
    let (table, found, declared) = (&schema.name, &live.schema.key, &schema.key);
    let what =
        format!("table `{table}`, key: {found} → {declared}: sequence `{owner}` owns it, and a table keeps its key for life");
    let mut refusal = Refusal::new(ErrorKind::ImpossibleInPlace, what).of(table);
    refusal.differences = vec![Change::Key { live: found.clone(), declared: declared.clone() }];
    refusal.help(format!("declare its key here as it is, {found}"))
}

pub(super) fn index_not_ours(input: Input<'_>, schema: &TableSchema, one: Unclaimed<'_>) -> Refusal {
    let Unclaimed { index, live, .. } = one;
    let table = &schema.name;
    let name = input.declared.naming.logical(table);
    let what = format!("index `{table}/{index}` is here, but no record says that it is this sequence's");
    let mut refusal = Refusal::new(ErrorKind::NotOwned, what).of(table);
    if let Some(differs) = one.differs() {
        refusal.differences = vec![differs];
        refusal = refusal.help(format!("if it is: declare it as it is, {live}; `migrate adopt {name}`; then change it"));
    } else {
        refusal = refusal.help(format!("if it is: `migrate adopt {name}` brings it under ownership"));
    }
    refusal
        .help(format!("if it is another sequence's: take it out of the code here, or declare one under a new name, `{index}-2`"))
}

pub(super) fn drop_not_ours(table: &TableName, index: &IndexName, owner: &str) -> Refusal {
    let what = format!("index `{table}/{index}` is named for a drop, but no record says that it is this sequence's");
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help(format!("sequence `{owner}` owns the table: leave the drop to that one, or to the sequence that made the index"))
}

/// The owner of a table means an index that another sequence brought.
pub(super) fn guests_index(input: Input<'_>, table: &TableName, index: &IndexName, guest: &str, wish: &str) -> Refusal {
    let name = input.declared.naming.logical(table);
    let what = format!("index `{table}/{index}` {wish}, but it is sequence `{guest}`'s");
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help(format!("if it is to go: `drop_index!(\"{name}\", \"{index}\");` in the code of `{guest}`, or its `migrate up --drop {name}/{index}`"))
        .help("if it is to stay: take that out of the code here")
}

pub(super) fn guests_on_table(table: &TableName, guests: &[(&IndexName, &str)]) -> Refusal {
    let list: Vec<String> = guests.iter().map(|(index, guest)| format!("`{index}` of sequence `{guest}`")).collect();
    let what = format!("table `{table}` is named for a drop, but others have indexes on it: {}", list.join(", "));
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help("drop these first, each by `drop_index!` in the code of its sequence; then this again")
}
