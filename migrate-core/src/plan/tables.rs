//! The steps of one declared table, in the order that DynamoDB takes them; knows no other table, no migration and no consent.

use std::collections::BTreeSet;

use super::input::{Draft, Input};
use super::model::Unknown;
use super::ownership::{Claim, claim};
use super::verify::verify;
use super::{guests, indexes, recipe, settings};
use crate::diff::{Change, diff};
use crate::history::Entry;
use crate::schema::{Aspect, Billing, Encryption, LiveTable, SettingChange, Status, TableName, TableSchema};
use crate::step::Step;

/// Plans every declared table by name, and returns those that are there and ours.
pub(super) fn tables<'a>(input: Input<'a>, draft: &mut Draft) -> BTreeSet<&'a TableName> {
    let mut ours = BTreeSet::new();
    for (name, schema) in &input.declared.tables {
        if schema.is_verified() {
            verify(input, schema, draft);
            continue;
        }
        if let Some(owner) = &schema.handling.owner {
            guests::guest(input, schema, owner, draft);
            continue;
        }
        match claim(input, schema, draft) {
            Claim::Create => create(input, schema, draft),
            Claim::AwaitThenCreate => {
                draft.expand(Step::AwaitTable { table: name.clone() });
                create(input, schema, draft);
            }
            Claim::Ours(live) => {
                ours.insert(name);
                alter(input, live, schema, draft);
            }
            Claim::Refused => {}
        }
    }
    ours
}

/// The table as it will be when what is under way has come to rest: indexes that are being deleted are gone.
pub(super) fn at_rest(live: &LiveTable) -> TableSchema {
    let mut schema = live.schema.clone();
    schema.global_indexes.retain(|index, _| live.index_status.get(index) != Some(&Status::Deleting));
    schema
}

/// A table with all that CreateTable takes, and then what has an API of its own. An engine that lacks some of it gets the table bare, and
/// each setting by itself.
fn create(input: Input<'_>, schema: &TableSchema, draft: &mut Draft) {
    let whole = schema.clone().with_creation_defaults();
    let step = Step::CreateTable { schema: whole.clone() };
    let bare = input.observed.unsupported.contains(&step);
    let made = if bare { whole.clone().bare() } else { whole.clone() };
    draft.expand(if bare { Step::CreateTable { schema: made.clone() } } else { step });
    let present = made.as_created();
    let table = settings::Table { schema: &whole, live: None, present: &present };
    diff(&present, &whole).iter().filter_map(Change::setting).for_each(|change| settings::setting(input, table, change, draft));
}

/// Protection first, since it guards all that follows; then class, replicas that go, stream and capacity, the indexes one by one, and the rest: the order that
/// Terraform's users have measured. Stream and index changes never share a call.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>
fn alter(input: Input<'_>, live: &LiveTable, schema: &TableSchema, draft: &mut Draft) {
    if !live.is_settled() {
        draft.expand(Step::AwaitTable { table: schema.name.clone() });
    }
    let present = TableSchema { encryption: encryption(input, live, schema), ..at_rest(live) };
    let changes = diff(&present, schema);
    draft.refusals.extend(changes.iter().filter_map(|change| recipe::impossible(input, &present, schema, change)));
    let asked = |setting: &Aspect| !schema.handling.ignore.contains(setting);
    let unknown = live.unknown.iter().filter(|(setting, _)| asked(setting)).map(|(setting, needs)| (*setting, needs.clone()));
    draft.unknown.extend(unknown.map(|(setting, needs)| Unknown { table: schema.name.clone(), setting, needs }));

    let builds = indexes::wanted(input, &present, schema, &changes, draft);
    // Settings of indexes that are only planned come behind them.
    let mut built = present.clone();
    built.global_indexes.extend(builds.iter().map(|build| (build.index.clone(), indexes::plain(build.definition, None))));
    let table = settings::Table { schema, live: Some(live), present: &present };
    let known = |change: &&SettingChange| !live.unknown.contains_key(&change.aspect());
    let settings = |live, wanted: bool, draft: &mut Draft| {
        let changes = diff(live, schema);
        let early = changes.iter().filter_map(Change::setting).filter(known).filter(|change| is_early(change) == wanted);
        early.for_each(|change| settings::setting(input, table, change, draft));
    };
    settings(&present, true, draft);
    let billing = billing_after(schema, &present, draft);
    indexes::build(&present, schema, &builds, billing, draft);
    settings(&built, false, draft);
}

/// DescribeTable names the account's `aws/dynamodb` key by an ARN like any other. Where that one is declared, a key counts as it unless the
/// history says that we set it.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html>
fn encryption(input: Input<'_>, live: &LiveTable, schema: &TableSchema) -> Option<Encryption> {
    let Some(Encryption::Customer(key)) = &live.schema.encryption else { return live.schema.encryption.clone() };
    let to = format!("→ {}", Encryption::Customer(key.clone()));
    let set_by_us = input.observed.history.records().iter().any(|record| {
        matches!(&record.entry, Entry::TableChanging { table, change } | Entry::TableChanged { table, change }
            if *table == schema.name && change.ends_with(&to))
    });
    let managed = schema.encryption == Some(Encryption::AwsManaged) && !set_by_us;
    Some(if managed { Encryption::AwsManaged } else { Encryption::Customer(key.clone()) })
}

/// What changes before the indexes do.
const fn is_early(change: &SettingChange) -> bool {
    let goes = matches!(change, SettingChange::Replica { present, .. } if !present.to);
    goes || matches!(change.aspect(), Aspect::DeletionProtection | Aspect::TableClass | Aspect::Stream | Aspect::Billing)
}

/// How the table is paid for when its indexes are built.
fn billing_after(schema: &TableSchema, present: &TableSchema, draft: &Draft) -> Option<Billing> {
    let steps = draft.expand.iter().map(|planned| &planned.step).filter(|step| *step.table() == schema.name);
    let mut changed = steps.filter_map(|step| {
        let Step::Set { change: SettingChange::Capacity { table: Some(delta), .. }, .. } = step else { return None };
        Some(delta.to)
    });
    changed.next().or(present.billing).or(schema.billing)
}
