//! Refusals about tables in words, each with the way out for this very table; knows neither migrations nor who reads them.

use super::indexes::GLOBAL_INDEX_LIMIT;
use super::input::Input;
use super::model::{Droppable, Phase, Refusal};
use crate::diff::{Change, diff};
use crate::error::ErrorKind;
use crate::schema::{GlobalIndex, Hazard, IndexName, LiveTable, TableName, TableSchema};

/// Whose migrations are settled already, or that holds nothing, is only adopted; what data has seen, `baseline` settles too.
fn adopt<'a>(input: Input<'a>, refusal: Refusal, table: &'a TableName) -> Refusal {
    let name = input.logical(table);
    let unsettled = input.observed.history.freshness().is_none() && !input.observed.with_data.is_empty();
    let command = if unsettled { format!("baseline {}", input.baseline()) } else { format!("adopt {name}") };
    refusal
        .help(format!("if it is yours: `migrate {command}` takes it under ownership, after showing the differences again"))
        .help(format!("if it is somebody else's: declare yours under another name, such as `#[table(name = \"{name}-2\")]`, or use `--prefix`"))
}

pub(super) fn not_ours<'a>(input: Input<'a>, live: &LiveTable, schema: &'a TableSchema) -> Refusal {
    let table = &schema.name;
    let mut refusal =
        Refusal::new(ErrorKind::NotOwned, format!("table `{table}` is here, but no record says that it is ours")).of(table);
    refusal.differences = diff(&live.schema, schema);
    adopt(input, refusal, table)
}

pub(super) fn another_sequence(input: Input<'_>, table: &TableName, sequence: &str) -> Refusal {
    let ours = input.declared.sequence.name;
    let what = format!("table `{table}` belongs to sequence `{sequence}`, and this is `{ours}`: a table has one owner");
    Refusal::new(ErrorKind::NotOwned, what)
        .of(table)
        .help(format!(
            "if the crate was renamed: `migrate_core::migrations!(name = \"{sequence}\")` keeps its numbers, lock and history"
        ))
        .help(
            "if another application owns it: take the struct out here, or keep it as a shape, `#[table(name = \"..\", frozen)]`",
        )
        .help(format!("if only indexes are to be this sequence's: `#[table(name = \"..\", owner = \"{sequence}\")]`"))
}

pub(super) fn made_again<'a>(input: Input<'a>, live: &LiveTable, schema: &'a TableSchema) -> Refusal {
    let table = &schema.name;
    let what = format!("table `{table}` was made again since we made or adopted it: it has another id, so it is not ours");
    let mut refusal = Refusal::new(ErrorKind::NotOwned, what).of(table);
    refusal.differences = diff(&live.schema, schema);
    adopt(input, refusal.help(restored(input, table)), table)
}

/// What is said of a table whose data is older than its history.
fn restored<'a>(input: Input<'a>, table: &'a TableName) -> String {
    let name = input.logical(table);
    format!(
        "if it came back from a backup: `migrate resolve --restored {name} --at N --reason TEXT`, N being the last migration whose effect its data has; later ones that touched it run again"
    )
}

pub(super) fn gone<'a>(input: Input<'a>, table: &'a TableName) -> Refusal {
    let name = input.logical(table);
    Refusal::new(ErrorKind::NotFound, format!("table `{table}` is recorded as ours, but it is not there: somebody deleted it"))
        .of(table)
        .help(format!("if its data is needed: restore a backup as `{table}`, then `migrate resolve --restored {name} --at N --reason TEXT`, N being the last migration whose effect that data has"))
        .help(format!(
            "if it is not: take `{name}` out of the code, run `migrate up --drop {name}` once, which forgets it, and declare it again"
        ))
}

pub(super) fn being_deleted<'a>(input: Input<'a>, table: &'a TableName) -> Refusal {
    let deleted = gone(input, table);
    Refusal { what: format!("table `{table}` is ours, and somebody is deleting it"), ..deleted }
}

pub(super) fn contradiction(table: &TableName, thing: &str, in_code: bool) -> Refusal {
    let by = if in_code { "the code's `drop_table!` or `drop_index!`" } else { "`--drop`" };
    Refusal::new(ErrorKind::Usage, format!("{by} names {thing}, which the code declares"))
        .of(table)
        .help("take the declaration out of the code if it is to go, or the drop if it is to stay")
}

pub(super) fn drop_not_ours<'a>(input: Input<'a>, table: &'a TableName, thing: &str) -> Refusal {
    let name = input.logical(table);
    Refusal::new(ErrorKind::NotOwned, format!("{thing} is named for a drop, but no record says that this very table is ours"))
        .of(table)
        .help(format!(
            "if it is yours: declare `{name}` again, `migrate baseline {}`, then take it out and drop it",
            input.baseline()
        ))
        .help("if it is somebody else's: take the drop out")
}

pub(super) fn local_index_stays<'a>(input: Input<'a>, table: &'a TableName, index: &IndexName) -> Refusal {
    let refusal = Refusal::new(
        ErrorKind::ImpossibleInPlace,
        format!("local index `{table}/{index}` cannot be dropped: it lives as long as its table"),
    )
    .of(table)
    .help("take the drop out; an undeclared local index does no harm");
    rebuild(input, refusal, table)
}

/// The one way to change what a table has from its creation: a second table.
fn rebuild<'a>(input: Input<'a>, refusal: Refusal, table: &'a TableName) -> Refusal {
    let name = input.logical(table);
    refusal
        .help(format!("declare a table `{name}-2` as you want it, and keep `{name}` declared as it is"))
        .help(format!(
            "let the application write to both, and copy `{name}` by a migration with `put_all`, which overwrites nothing"
        ))
        .help(format!("when no code reads `{name}` any more: take its struct out and write `drop_table!(\"{name}\");`"))
}

/// An index changed in place, made new beside the old one; or, by consent, deleted and built anew.
pub(super) fn replace_index<'a>(
    input: Input<'a>,
    schema: &'a TableSchema,
    index: &IndexName,
    live: &GlobalIndex,
    declared: &GlobalIndex,
) -> Refusal {
    let table = &schema.name;
    let name = input.logical(table);
    let hazard = Hazard::IndexReplaced;
    let what =
        format!("table `{table}`, global index {index}: {live} → {declared}: an index keeps its key and projection for life");
    Refusal::new(ErrorKind::ImpossibleInPlace, what)
        .of(table)
        .help(format!(
            "declare it under a new name, `{index}-2`, {declared}; take `{index}` out of the code; {}",
            Input::up(Phase::Before, None)
        ))
        .help(format!("deploy the code that reads `{index}-2`"))
        .help(format!("then write `drop_index!(\"{name}\", \"{index}\");` and {}", Input::up(Phase::After, None)))
        .help(format!(
            "or, where nobody needs it meanwhile, let it be deleted and built anew: `migrate up --accept {name}:{hazard}`, or `#[table(accept({hazard}))]`"
        ))
}

/// Whether a missing index can be made beside what is there; if not, a refusal of this room says why.
pub(super) fn buildable(present: &TableSchema, index: &IndexName, definition: &GlobalIndex, changes: &[Change]) -> bool {
    let retyped =
        |name: &str| changes.iter().any(|change| matches!(change, Change::KeyType { attribute, .. } if attribute == name));
    let in_live_key = |name: &str, scalar| present.scalar_of(name).is_none_or(|found| found == scalar);
    !present.local_indexes.contains_key(index)
        && definition.key.attributes().all(|element| !retyped(&element.name) && in_live_key(&element.name, element.scalar))
}

/// Whether an index of another shape can be made in the place of the one that is there. Where an attribute's type changes, that is refused
/// by itself.
pub(super) fn replaceable(present: &TableSchema, index: &IndexName, definition: &GlobalIndex, changes: &[Change]) -> bool {
    let mut without = present.clone();
    without.global_indexes.remove(index);
    buildable(&without, index, definition, changes)
}

/// The refusal for a change that cannot be made in place, or not yet; `None` if steps or notices deal with it.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>
pub(super) fn impossible<'a>(
    input: Input<'a>,
    present: &TableSchema,
    schema: &'a TableSchema,
    change: &Change,
) -> Option<Refusal> {
    let table = &schema.name;
    let refuse = |kind, why: &str| Refusal::new(kind, format!("table `{table}`, {change}: {why}")).of(table);
    let in_place = |why: &str| refuse(ErrorKind::ImpossibleInPlace, why);
    match change {
        Change::Key { .. } => Some(rebuild(input, in_place("a table keeps its key for life"), table)),
        Change::KeyType { attribute, live, .. } => {
            let users: Vec<String> = users(present, attribute).iter().map(|index| format!("`{index}`")).collect();
            let why = format!("a table has one type for an attribute, and it is {live} in {}", or_key(&users));
            Some(
                in_place(&why)
                    .help(format!("store the value under a new attribute, such as `{attribute}_2`, and fill it by a migration"))
                    .help(format!(
                        "declare an index on `{attribute}_2` under a new name, and go back to {live} for `{attribute}`"
                    )),
            )
        }
        Change::GlobalIndexMissing { index, declared } => present.local_indexes.contains_key(index).then(|| {
            in_place("a local index has that name").help(format!("declare it under a new name, such as `{index}-2`, {declared}"))
        }),
        // Judged beside what can be built: with consent it is.
        Change::GlobalIndexDiffers { .. } => None,
        Change::LocalIndexMissing { index, declared } => {
            let refusal = in_place("local indexes are made with their table only").help(format!(
                "declare a global index instead: `global_index(name = \"{index}\", partition_key = {}, sort_key = {}, projection = {})`; \
                 its reads are eventually consistent",
                schema.key.partition.name, declared.sort.name, declared.projection
            ));
            Some(rebuild(input, refusal.help("or, for a local index, a new table:"), table))
        }
        Change::LocalIndexDiffers { index, live, .. } => {
            let refusal = in_place("local indexes are made with their table only").help(format!(
                "declare `{index}` as it is, {live}, and what you want as a global index under a new name, `{index}-2`"
            ));
            Some(rebuild(input, refusal.help("or, for a local index, a new table:"), table))
        }
        Change::GlobalIndexUndeclared { .. } | Change::LocalIndexUndeclared { .. } | Change::Setting(_) => None,
    }
}

fn users<'a>(present: &'a TableSchema, attribute: &str) -> Vec<&'a IndexName> {
    let global =
        present.global_indexes.iter().filter(|(_, index)| index.key.attributes().any(|element| element.name == attribute));
    let local = present.local_indexes.iter().filter(|(_, index)| index.sort.name == attribute);
    global.map(|(name, _)| name).chain(local.map(|(name, _)| name)).collect()
}

fn or_key(users: &[String]) -> String {
    match users {
        [] => "its key".to_owned(),
        [index] => format!("index {index}"),
        more => format!("indexes {}", more.join(", ")),
    }
}

/// More indexes than a table takes, while the ones that leave are still there: they leave after the deploy.
pub(super) fn index_limit<'a>(input: Input<'a>, present: &TableSchema, schema: &'a TableSchema, over: &[&IndexName]) -> Refusal {
    let table = &schema.name;
    let name = input.logical(table);
    let list = |names: &[&IndexName]| names.iter().map(|index| format!("`{index}`")).collect::<Vec<_>>().join(", ");
    let undeclared: Vec<&IndexName> =
        present.global_indexes.keys().filter(|index| !schema.global_indexes.contains_key(*index)).collect();
    let (leaving, staying): (Vec<&IndexName>, Vec<&IndexName>) =
        undeclared.into_iter().partition(|index| input.consented(&Droppable::Index(table.clone(), (*index).clone())));
    let what = format!(
        "table `{table}` has {} global indexes; {} would be more than the {GLOBAL_INDEX_LIMIT} that a table takes",
        present.global_indexes.len(),
        list(over)
    );
    let mut refusal = Refusal::new(ErrorKind::ImpossibleInPlace, what).of(table);
    if schema.handling.owner.is_none() && leaving.len() >= over.len() {
        return refusal.help(format!(
            "the drop of {} comes first: where no old code is serving, {} does both in order",
            list(&leaving),
            Input::up(Phase::All, None)
        ));
    }
    if schema.handling.owner.is_some() && leaving.is_empty() {
        refusal = refusal.help("the others are not this sequence's: their owners can drop one");
    } else if !leaving.is_empty() {
        refusal = refusal.help(format!(
            "the drop of {} comes first: take {} out of the code, {}",
            list(&leaving),
            list(over),
            Input::up(Phase::All, None)
        ));
    } else if let Some(index) = staying.first() {
        refusal = refusal.help(format!(
            "make room: take {} out of the code, write `drop_index!(\"{name}\", \"{index}\");` ({} not declared), {}",
            list(over),
            if staying.len() == 1 { "it is".to_owned() } else { format!("{} are", list(&staying)) },
            Input::up(Phase::All, None)
        ));
    }
    refusal.help(format!("then declare {} again", list(over)))
}
