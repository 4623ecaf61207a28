//! Which global indexes are built, in which order and with what capacity; knows no setting of the table but its billing.

use std::collections::{BTreeMap, BTreeSet};

use super::hazards;
use super::input::{Draft, Input};
use super::model::{Accepted, Droppable, Phase, PlannedStep};
use super::{recipe, shared_recipe};
use crate::diff::Change;
use crate::schema::{Billing, GlobalIndex, Hazard, IndexName, KeyElement, Setting, TableSchema};
use crate::step::Step;

/// Global indexes per table. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes>
pub(super) const GLOBAL_INDEX_LIMIT: usize = 20;

/// An index to be built.
pub(super) struct Build<'a> {
    pub(super) index: &'a IndexName,
    pub(super) definition: &'a GlobalIndex,
    /// The consent by which one of that name, with another shape, goes first.
    replaces: Option<Accepted>,
    /// The consent by which items are left out.
    lacks: Option<Accepted>,
}

/// The indexes that can and may be built now. For each other a refusal says why not.
pub(super) fn wanted<'a>(
    input: Input<'_>,
    present: &TableSchema,
    schema: &TableSchema,
    changes: &'a [Change],
    draft: &mut Draft,
) -> Vec<Build<'a>> {
    let mut builds = Vec::new();
    for change in changes {
        if let Change::GlobalIndexMissing { index, declared } = change
            && recipe::buildable(present, index, declared, changes)
        {
            builds.push(Build { index, definition: declared, replaces: None, lacks: None });
        }
        if let Change::GlobalIndexDiffers { index, live, declared } = change
            && recipe::replaceable(present, index, declared, changes)
        {
            if let Some(guest) = input.guest(&schema.name, index) {
                let refusal = shared_recipe::guests_index(input, &schema.name, index, guest, "is declared otherwise");
                draft.refusals.push(refusal);
            } else if hazards::is_accepted(input, schema, Hazard::IndexReplaced) {
                let what = format!(
                    "index {index} is deleted and built anew, {live} → {declared}: nothing can be read from it meanwhile"
                );
                let replaces = hazards::accepted(input, schema, Hazard::IndexReplaced, what, draft);
                builds.push(Build { index, definition: declared, replaces, lacks: None });
            } else {
                draft.refusals.push(recipe::replace_index(input, schema, index, live, declared));
            }
        }
    }
    builds.retain_mut(|build| fits(input, schema, build, draft));
    let room = GLOBAL_INDEX_LIMIT.saturating_sub(present.global_indexes.len());
    let missing: Vec<&IndexName> = builds.iter().filter(|build| build.replaces.is_none()).map(|build| build.index).collect();
    let mut room = room;
    if missing.len() > room && input.request.phase == Phase::All && schema.handling.owner.is_none() {
        // No old code is serving: at the limit the ones that leave go first, as many as are in the way.
        let leaving = present.global_indexes.keys().filter(|index| leaves(input, schema, index)).take(missing.len() - room);
        for index in leaving {
            room += 1;
            let step = Step::DropGlobalIndex { table: schema.name.clone(), index: index.clone() };
            draft.expand.push(PlannedStep::new(step).because("a table takes 20 global indexes: this one makes room"));
        }
    }
    if missing.len() > room {
        let over = &missing[room..];
        draft.refusals.push(recipe::index_limit(input, present, schema, over));
        builds.retain(|build| !over.contains(&build.index));
    }
    builds
}

/// Whether an index may go: it is consented to, no longer declared, and nobody else's.
fn leaves(input: Input<'_>, schema: &TableSchema, index: &IndexName) -> bool {
    let (table, undeclared) = (&schema.name, !schema.global_indexes.contains_key(index));
    undeclared && input.consented(&Droppable::Index(table.clone(), index.clone())) && input.guest(table, index).is_none()
}

/// Whether every item can be in an index, or was allowed to be missing there.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html#GSI.OnlineOps.Violations>
fn fits(input: Input<'_>, schema: &TableSchema, build: &mut Build<'_>, draft: &mut Draft) -> bool {
    let index = build.index;
    let Some(found) = input.observed.misfits.get(&(schema.name.clone(), index.clone())) else { return true };
    if found.items == 0 {
        return true;
    }
    let named = found.named.join("; ");
    let more = if usize::try_from(found.items).is_ok_and(|items| items > found.named.len()) { "; …" } else { "" };
    let what = format!(
        "{} items do not fit the key of index {index}: it would lack them, and their next write would be refused: {named}{more}",
        found.items
    );
    build.lacks = hazards::accepted(input, schema, Hazard::MisfitsLeftOut, what, draft);
    build.lacks.is_some()
}

/// An index as it is created: settings that can change come by steps of their own.
pub(super) fn plain(definition: &GlobalIndex, billing: Option<Billing>) -> GlobalIndex {
    let off = Some(Billing::OnDemand(crate::schema::MaxThroughput::OFF));
    GlobalIndex {
        billing: billing.or(off),
        warm_throughput: Setting::Off,
        contributor_insights: Setting::Off,
        ..GlobalIndex::new(definition.key.clone(), definition.projection.clone())
    }
}

/// One index change per call, and per table at a time. Those that replace one delete it first.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html#DDB-UpdateTable-request-GlobalSecondaryIndexUpdates>
pub(super) fn build(
    present: &TableSchema,
    schema: &TableSchema,
    builds: &[Build<'_>],
    billing: Option<Billing>,
    draft: &mut Draft,
) {
    let mut remaining: BTreeMap<&IndexName, &GlobalIndex> = present.global_indexes.iter().collect();
    for planned in draft.expand.iter().filter(|planned| *planned.step.table() == schema.name) {
        if let Step::DropGlobalIndex { index, .. } = &planned.step {
            remaining.remove(index);
        }
    }
    for Build { index, definition, replaces, lacks } in builds {
        let table = schema.name.clone();
        if let Some(accepted) = replaces {
            remaining.remove(index);
            let step = Step::DropGlobalIndex { table: table.clone(), index: (*index).clone() };
            let planned = PlannedStep::new(step).because("an index keeps its key and projection for life");
            draft.expand.push(PlannedStep { accepted: vec![accepted.clone()], ..planned });
        }
        remaining.insert(index, definition);
        let of_table = present.key.attributes().chain(present.local_indexes.values().map(|index| &index.sort));
        let elements: BTreeSet<&KeyElement> =
            of_table.chain(remaining.values().flat_map(|index| index.key.attributes())).collect();
        let step = Step::CreateGlobalIndex {
            table,
            index: (*index).clone(),
            definition: GlobalIndex {
                billing: provisioned(definition, billing),
                ..GlobalIndex::new(definition.key.clone(), definition.projection.clone())
            },
            elements: elements.into_iter().cloned().collect(),
        };
        draft.expand.push(PlannedStep { accepted: lacks.iter().cloned().collect(), ..PlannedStep::new(step) });
    }
}

/// A provisioned table's indexes each need a throughput; where none is stated, they get the table's.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalSecondaryIndexAction.html>
fn provisioned(definition: &GlobalIndex, of_table: Option<Billing>) -> Option<Billing> {
    match (of_table, definition.billing) {
        (Some(Billing::Provisioned(_)), Some(stated @ Billing::Provisioned(_))) => Some(stated),
        (Some(table @ Billing::Provisioned(_)), _) => Some(table),
        (Some(Billing::OnDemand(_)) | None, _) => None,
    }
}
