//! A table that somebody else makes and changes: whether what the code needs is there. Plans nothing but to wait; knows no owner's duty.

use super::input::{Draft, Input};
use super::model::{Notice, Refusal, Unknown};
use super::tables::at_rest;
use crate::diff::{Change, diff};
use crate::error::ErrorKind;
use crate::schema::{
    IndexName, LiveTable, PrimaryKey, Projection, Setting, SettingChange, Status, StreamView, TableName, TableSchema,
};
use crate::step::Step;

/// What a difference means where nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// More than the code needs.
    Enough,
    /// The application works without it.
    Stated,
    /// The application needs it.
    Needed,
}

/// Judges a table that is only verified. No owner is asked for: it may be another sequence's too.
///
/// Nothing is refused once a run has begun, so that what a change of somebody else's may still bring is refused as well, and waited for is only
/// what is there already and not ready.
pub(super) fn verify(input: Input<'_>, schema: &TableSchema, draft: &mut Draft) {
    let table = &schema.name;
    if input.owner(table).is_some() {
        draft.notices.push(Notice::new(
            format!("table `{table}` was made or adopted here, and is only verified now (`schema = verify`): its record stays"),
            "with `schema = manage` it is changed by this code again; see that it is declared elsewhere meanwhile",
        ));
    }
    let live = match input.live(table) {
        None => return draft.refusals.push(unusable(input, schema, "is not there")),
        Some(live) => match &live.status {
            Status::Deleting => return draft.refusals.push(unusable(input, schema, "is being deleted")),
            Status::Other(word) => {
                let what = format!("is in state {word}, which it does not leave by itself");
                return draft.refusals.push(unusable(input, schema, &what));
            }
            Status::Creating | Status::Active | Status::Updating => live,
        },
    };
    let unknown = live.unknown.iter().map(|(setting, needs)| (*setting, needs.clone()));
    draft.unknown.extend(unknown.map(|(setting, needs)| Unknown { table: table.clone(), setting, needs }));
    let present = at_rest(live);
    let known = |change: &Change| change.setting().is_none_or(|change| !live.unknown.contains_key(&change.aspect()));
    let changes: Vec<Change> = diff(&present, schema).into_iter().filter(known).collect();
    let of = |verdict| {
        let found = changes.iter().filter(|change| judge(&present, change) == verdict);
        found.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let (stated, needed) = (of(Verdict::Stated), of(Verdict::Needed));
    if !stated.is_empty() {
        draft.notices.push(Notice::new(
            format!("table `{table}` is made elsewhere, and is not as the code states it: {stated}"),
            "nothing is changed here: change it where the table is declared, or leave it out of the code",
        ));
    }
    if !needed.is_empty() {
        draft.refusals.push(not_enough(input, live, table, &needed));
    } else if !is_ready(live, schema) {
        draft.expand(Step::AwaitTable { table: table.clone() });
    }
}

/// Whether migrations can work with it: what is being changed can be read and written, and an index of no concern may be building.
fn is_ready(live: &LiveTable, schema: &TableSchema) -> bool {
    let ready = |index: &IndexName| live.index_status.get(index).is_none_or(|status| *status == Status::Active);
    live.status != Status::Creating && schema.global_indexes.keys().all(ready)
}

fn judge(present: &TableSchema, change: &Change) -> Verdict {
    let enough = |enough: bool| if enough { Verdict::Enough } else { Verdict::Needed };
    match change {
        Change::Key { .. } | Change::KeyType { .. } | Change::GlobalIndexMissing { .. } | Change::LocalIndexMissing { .. } => {
            Verdict::Needed
        }
        Change::GlobalIndexUndeclared { .. } | Change::LocalIndexUndeclared { .. } => Verdict::Enough,
        Change::GlobalIndexDiffers { live, declared, .. } => {
            let keys: Vec<&str> = live.key.attributes().map(|element| element.name.as_str()).collect();
            enough(live.key == declared.key && covers(&present.key, &keys, &live.projection, &declared.projection))
        }
        Change::LocalIndexDiffers { live, declared, .. } => {
            let keys = [live.sort.name.as_str()];
            enough(live.sort == declared.sort && covers(&present.key, &keys, &live.projection, &declared.projection))
        }
        Change::Setting(change) => setting(present, change),
    }
}

/// Whether an index holds all that is declared. The keys of the table and of the index are always in it.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Projections>
fn covers(key: &PrimaryKey, of_index: &[&str], live: &Projection, declared: &Projection) -> bool {
    let in_key = |name: &str| of_index.contains(&name) || key.attributes().any(|element| element.name == name);
    match (live, declared) {
        (Projection::All, _) | (_, Projection::KeysOnly) => true,
        (Projection::KeysOnly | Projection::Include(_), Projection::All) => false,
        (Projection::KeysOnly, Projection::Include(names)) => names.iter().all(|name| in_key(name)),
        (Projection::Include(live), Projection::Include(names)) => names.iter().all(|name| live.contains(name) || in_key(name)),
    }
}

/// A stream's view and the time to live are what an application lives by; where an engine cannot tell them, nobody can.
fn setting(present: &TableSchema, change: &SettingChange) -> Verdict {
    match change {
        SettingChange::Stream(_) if present.stream.is_unmanaged() => Verdict::Stated,
        SettingChange::Ttl(_) if present.ttl.is_unmanaged() => Verdict::Stated,
        SettingChange::Stream(delta) => match (delta.from, delta.to) {
            (Setting::Set(live), Setting::Set(declared)) if shows(live, declared) => Verdict::Enough,
            (_, Setting::Set(_)) => Verdict::Needed,
            (_, Setting::Off | Setting::Unmanaged) => Verdict::Stated,
        },
        // Off too: items that the code means to keep would be deleted.
        SettingChange::Ttl(_) => Verdict::Needed,
        SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Capacity { .. }
        | SettingChange::Encryption(_)
        | SettingChange::Replica { .. }
        | SettingChange::Tags { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::WarmThroughput { .. }
        | SettingChange::ContributorInsights { .. }
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => Verdict::Stated,
    }
}

/// Whether records of one view hold all that those of another do.
const fn shows(live: StreamView, declared: StreamView) -> bool {
    match (live, declared) {
        (StreamView::NewAndOldImages, _) | (_, StreamView::KeysOnly) => true,
        (StreamView::NewImage, declared) => matches!(declared, StreamView::NewImage),
        (StreamView::OldImage, declared) => matches!(declared, StreamView::OldImage),
        (StreamView::KeysOnly, StreamView::NewImage | StreamView::OldImage | StreamView::NewAndOldImages) => false,
    }
}

fn unusable(input: Input<'_>, schema: &TableSchema, what: &str) -> Refusal {
    let TableSchema { name: table, key, .. } = schema;
    let name = input.logical(table);
    Refusal::new(ErrorKind::MadeElsewhere, format!("table `{table}` is made elsewhere (`schema = verify`), and {what}"))
        .of(table)
        .help(format!(
            "make it where it is declared (Terraform, CDK …), with key {key}, and run this again; is this the account and the region that you mean?"
        ))
        .help(format!(
            "or let this code make it: `#[table(schema = manage)]`; in one environment alone: `schema = \"manage\"` in `[env.NAME.tables.{name}]` of migrate.toml"
        ))
}

fn not_enough(input: Input<'_>, live: &LiveTable, table: &TableName, needed: &str) -> Refusal {
    let what = format!("table `{table}` is made elsewhere (`schema = verify`), and is not as the code needs it: {needed}");
    let refusal = Refusal::new(ErrorKind::MadeElsewhere, what).of(table);
    let refusal = if live.is_settled() {
        refusal
    } else {
        refusal.help("it is being changed right now: if that brings it, run this again when that is done")
    };
    refusal.help("make it so where the table is declared (Terraform, CDK …), and run this again").help(format!(
        "or let this code change it: `#[table(schema = manage)]`, and `migrate baseline {}` brings it under ownership",
        input.baseline()
    ))
}

/// What is named for a drop and belongs to somebody else.
pub(super) fn not_dropped(table: &TableName, index: Option<&IndexName>) -> Refusal {
    let thing = match index {
        None => format!("table `{table}` is named for a drop, and is"),
        Some(index) => format!("index `{table}/{index}` is named for a drop, and is on a table that is"),
    };
    Refusal::new(ErrorKind::MadeElsewhere, format!("{thing} made elsewhere (`schema = verify`): nothing of it is dropped here"))
        .of(table)
        .help("drop it where the table is declared (Terraform, CDK …), and take the drop out here")
}
