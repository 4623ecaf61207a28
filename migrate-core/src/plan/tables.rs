//! The steps of one declared table, in the order that DynamoDB takes them; knows no other table, no migration and no consent.

use std::collections::BTreeSet;

use super::input::{Draft, Input};
use super::model::Notice;
use super::ownership::{Claim, claim};
use super::recipe;
use crate::diff::{Change, diff};
use crate::schema::{
    Billing, GlobalIndex, IndexName, KeyElement, LiveTable, Setting, Status, TableName, TableSchema, Throughput,
};
use crate::step::Step;

/// Global indexes per table. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes>
pub(super) const GLOBAL_INDEX_LIMIT: usize = 20;

/// Plans every declared table by name, and returns those that are there and ours.
pub(super) fn tables<'a>(input: Input<'a>, draft: &mut Draft) -> BTreeSet<&'a TableName> {
    let mut ours = BTreeSet::new();
    for (name, schema) in &input.declared.tables {
        match claim(input, schema, draft) {
            Claim::Create => create(input, schema, draft),
            Claim::AwaitThenCreate => {
                draft.expand.push(Step::AwaitTable { table: name.clone() });
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

fn create(input: Input<'_>, schema: &TableSchema, draft: &mut Draft) {
    let table = &schema.name;
    draft.expand.push(Step::CreateTable { schema: schema.clone().with_creation_defaults() });
    if let Setting::Set(attribute) = &schema.ttl {
        setting(input, Step::EnableTtl { table: table.clone(), attribute: attribute.clone() }, draft);
    }
}

/// Protection first, since it guards all that follows; then the stream, the indexes one by one, and the time to live last: the order that
/// Terraform's users have measured. Stream and index changes never share a call.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>
fn alter(input: Input<'_>, live: &LiveTable, schema: &TableSchema, draft: &mut Draft) {
    let name = &schema.name;
    let table = || name.clone();
    if !live.is_settled() {
        draft.expand.push(Step::AwaitTable { table: table() });
    }
    let present = at_rest(live);
    let changes = diff(&present, schema);
    draft.refusals.extend(changes.iter().filter_map(|change| recipe::impossible(input, &present, schema, change, &changes)));

    let (mut protection, mut stream, mut missing, mut ttl) = (None, None, Vec::new(), None);
    for change in &changes {
        match change {
            Change::DeletionProtection { declared, .. } => {
                protection = Some(Step::SetDeletionProtection { table: table(), enabled: *declared });
            }
            Change::Stream { live, declared } => {
                stream = match (live, declared) {
                    (Setting::Off | Setting::Unmanaged, Setting::Set(view)) => {
                        Some(Step::EnableStream { table: table(), view: *view })
                    }
                    (Setting::Set(_), Setting::Off) => Some(Step::DisableStream { table: table() }),
                    // Another view is refused: see `recipe`.
                    (Setting::Set(_), Setting::Set(_) | Setting::Unmanaged)
                    | (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => None,
                };
            }
            Change::Ttl { live, declared } => {
                ttl = match (live, declared) {
                    (Setting::Off | Setting::Unmanaged, Setting::Set(attribute)) => {
                        Some(Step::EnableTtl { table: table(), attribute: attribute.clone() })
                    }
                    (Setting::Set(attribute), Setting::Off) => {
                        Some(Step::DisableTtl { table: table(), attribute: attribute.clone() })
                    }
                    // Another attribute is refused: see `recipe`.
                    (Setting::Set(_), Setting::Set(_) | Setting::Unmanaged)
                    | (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => None,
                };
            }
            Change::GlobalIndexMissing { index, declared } => {
                if recipe::buildable(&present, index, declared, &changes) {
                    missing.push((index, declared));
                }
            }
            // Refused by `recipe`, or judged in `drops`.
            Change::Key { .. }
            | Change::KeyType { .. }
            | Change::GlobalIndexDiffers { .. }
            | Change::GlobalIndexUndeclared { .. }
            | Change::LocalIndexMissing { .. }
            | Change::LocalIndexDiffers { .. }
            | Change::LocalIndexUndeclared { .. }
            | Change::Billing { .. } => {}
        }
    }
    protection.into_iter().chain(stream).for_each(|step| setting(input, step, draft));
    indexes(input, &present, schema, &missing, draft);
    ttl.into_iter().for_each(|step| setting(input, step, draft));
}

/// One index change per call, and per table at a time.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html#DDB-UpdateTable-request-GlobalSecondaryIndexUpdates>
fn indexes(
    input: Input<'_>,
    present: &TableSchema,
    schema: &TableSchema,
    missing: &[(&IndexName, &GlobalIndex)],
    draft: &mut Draft,
) {
    let room = GLOBAL_INDEX_LIMIT.saturating_sub(present.global_indexes.len());
    if missing.len() > room {
        let names: Vec<&IndexName> = missing.iter().skip(room).map(|(index, _)| *index).collect();
        draft.refusals.push(recipe::index_limit(input, present, schema, &names));
    }
    let mut elements: BTreeSet<KeyElement> = present.key_elements().into_iter().cloned().collect();
    for (index, definition) in missing.iter().take(room) {
        elements.extend(definition.key.attributes().cloned());
        draft.expand.push(Step::CreateGlobalIndex {
            table: schema.name.clone(),
            index: (*index).clone(),
            definition: (*definition).clone(),
            elements: elements.iter().cloned().collect(),
            throughput: throughput(present.billing.or(schema.billing)),
        });
    }
}

/// A provisioned table's indexes each need a throughput; until one can be stated, they get the table's.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalSecondaryIndexAction.html>
const fn throughput(billing: Option<Billing>) -> Option<Throughput> {
    match billing {
        Some(Billing::Provisioned(throughput)) => Some(throughput),
        Some(Billing::OnDemand) | None => None,
    }
}

fn setting(input: Input<'_>, step: Step, draft: &mut Draft) {
    if input.observed.unsupported.contains(&step) {
        draft.notices.push(Notice {
            what: format!("this engine cannot {step}: left as it is, and not counted"),
            help: Some("Amazon DynamoDB can; only some local engines cannot".to_owned()),
        });
    } else {
        draft.expand.push(step);
    }
}
