//! DynamoDB's rules, written down a second time: which step is legal, what it changes, what comes to rest afterwards.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::history::Freshness;
use migrate_core::migration::Version;
use migrate_core::plan::{Droppable, Expiring};
use migrate_core::schema::{
    Aspect, Billing, Delta, GlobalIndex, Hazard, LiveTable, ScalarType, Setting, SettingChange, Status, StreamView, TableName,
    TableSchema,
};
use migrate_core::step::Step;

use super::world::{World, known, live};

pub fn legal(world: &World, step: &Step) {
    let name = step.table();
    let found = world.observed.tables.get(name);
    if let Step::CreateTable { schema } = step {
        assert!(found.is_none(), "{step}: it is there");
        assert!(schema.billing.is_some() && schema.deletion_protection.is_some(), "{step}: something is left to default");
        let provisioned = matches!(schema.billing, Some(Billing::Provisioned(_)));
        for index in schema.global_indexes.values() {
            assert_eq!(matches!(index.billing, Some(Billing::Provisioned(_))), provisioned, "{step}: an index's throughput");
        }
        return;
    }
    let found = found.unwrap_or_else(|| panic!("{step}: there is no such table"));
    if let Step::AwaitTable { .. } = step {
        assert!(!found.is_settled(), "{step}: nothing to wait for");
        return;
    }
    assert!(found.is_settled(), "{step}: the table is not at rest: {found:#?}");
    let schema = &found.schema;
    match step {
        Step::CreateGlobalIndex { index, definition, elements, .. } => {
            assert!(
                !schema.global_indexes.contains_key(index) && !schema.local_indexes.contains_key(index),
                "{step}: name taken"
            );
            assert!(schema.global_indexes.len() < 20, "{step}: limit");
            let mut types: BTreeMap<&str, ScalarType> = BTreeMap::new();
            let local = schema.local_indexes.values().map(|index| &index.sort);
            let global = schema.global_indexes.values().chain([definition]).flat_map(|index| index.key.attributes());
            for element in schema.key.attributes().chain(local).chain(global) {
                let before = types.insert(&element.name, element.scalar);
                assert!(before.is_none_or(|before| before == element.scalar), "{step}: {} has two types", element.name);
            }
            let sent: BTreeMap<&str, ScalarType> = elements.iter().map(|e| (e.name.as_str(), e.scalar)).collect();
            assert_eq!((sent.len(), &sent), (elements.len(), &types), "{step}: not the full list of definitions");
            let provisioned = |billing: Option<Billing>| matches!(billing, Some(Billing::Provisioned(_)));
            assert_eq!(provisioned(definition.billing), provisioned(schema.billing), "{step}: throughput");
        }
        Step::DropGlobalIndex { index, .. } => {
            assert!(schema.global_indexes.contains_key(index), "{step}: no such index");
            let replaced = accepts(world, name, Hazard::IndexReplaced)
                && world.declared.tables.get(name).is_some_and(|table| table.global_indexes.contains_key(index));
            assert!(world.consents(&Droppable::Index(name.clone(), index.clone())) || replaced, "{step}: without consent");
        }
        Step::Set { change, .. } => setting(world, name, found, change),
        Step::DropTable { table_id, .. } => {
            assert_eq!(found.table_id, *table_id, "{step}: another table");
            assert!(world.consents(&Droppable::Table(name.clone())), "{step}: without consent");
        }
        _ => unreachable!("judged above"),
    }
}

fn accepts(world: &World, table: &TableName, hazard: Hazard) -> bool {
    let in_code = world.declared.tables.get(table).is_some_and(|table| table.handling.accept.contains(&hazard));
    in_code || world.request.accept.contains(&(table.clone(), hazard))
}

/// Of the whole table and its indexes: only what really changes, in a way that one call can.
fn setting(world: &World, name: &TableName, found: &LiveTable, change: &SettingChange) {
    let schema = &found.schema;
    if world.incapable.contains(&change.aspect()) {
        return;
    }
    // Nobody has anything to lose in a table that this very run has made.
    let new = world.observed.made_here.contains(name);
    let needs = |hazard| assert!(new || accepts(world, name, hazard), "{change}: {hazard} was not accepted");
    match change {
        SettingChange::DeletionProtection(delta) => assert_ne!(schema.deletion_protection, Some(delta.to), "{change}"),
        SettingChange::TableClass(delta) => {
            assert_eq!(schema.table_class, Some(delta.from), "{change}");
            assert_ne!(delta.from, delta.to);
        }
        SettingChange::Stream(delta) => {
            assert_ne!(
                schema.stream.value().is_some(),
                delta.to.value().is_some(),
                "{change}: repeated, or another view at once"
            );
            if delta.to == Setting::Off {
                assert_eq!(schema.replicas.value(), None, "{change}: replicas live by it");
                let declared = &world.declared.tables[name].stream;
                needs(if *declared == Setting::Off { Hazard::StreamOff } else { Hazard::StreamCycle });
            }
        }
        SettingChange::Capacity { table, indexes } => capacity(found, table.as_ref(), indexes),
        SettingChange::Encryption(delta) => {
            assert_eq!(schema.encryption.as_ref(), Some(&delta.from), "{change}");
            assert_ne!(delta.from, delta.to);
            if format!("{delta}").contains("kms(") {
                needs(Hazard::KeyChange);
            }
        }
        SettingChange::Ttl(delta) => {
            assert!(!found.recent.ttl_changing, "{change}: within the hour");
            match (&schema.ttl, &delta.to) {
                (Setting::Set(current), Setting::Off) => {
                    assert_eq!(delta.from, Setting::Set(current.clone()), "{change}: not named")
                }
                (Setting::Off | Setting::Unmanaged, Setting::Set(_)) => {
                    let counted = world.observed.expiring.get(name);
                    if counted.is_none_or(|counted| counted.items > 0) {
                        needs(Hazard::TtlOn);
                    }
                }
                (live, _) => panic!("{change}: but it is {live}"),
            }
        }
        SettingChange::Replica { region, present } => {
            let there = schema.replicas.value().is_some_and(|regions| regions.contains(region));
            assert_eq!((there, !there), (present.from, present.to), "{change}");
            if present.to {
                assert_eq!(schema.stream, Setting::Set(StreamView::NewAndOldImages), "{change}: without a stream");
            } else {
                needs(Hazard::ReplicaRemoved);
            }
        }
        SettingChange::Tags { tags } => {
            assert!(!tags.is_empty());
            for (key, delta) in tags {
                assert_eq!(schema.tags.get(key).cloned().unwrap_or(Setting::Off), delta.from, "{change}");
                assert_ne!(delta.from, delta.to);
            }
        }
        SettingChange::PointInTimeRecovery(delta) => {
            assert_ne!(delta.from, delta.to);
            let days = |setting: Setting<migrate_core::schema::Recovery>| setting.value().map(|on| on.days.unwrap_or(35));
            match (days(schema.point_in_time_recovery), days(delta.to)) {
                (Some(_), None) => needs(Hazard::RecoveryOff),
                (Some(from), Some(to)) if to < from => needs(Hazard::RecoveryShortened),
                _ => {}
            }
        }
        SettingChange::WarmThroughput { index, units } => {
            let live = match index {
                None => schema.warm_throughput,
                Some(index) => schema.global_indexes[index].warm_throughput,
            };
            let (Setting::Set(to), from) = (units.to, live.value()) else { panic!("{change}: it only rises") };
            assert!(
                from.is_none_or(|from| to.read >= from.read && to.write >= from.write && *from != to),
                "{change}: it only rises"
            );
        }
        SettingChange::ContributorInsights { insights, .. } => assert_ne!(insights.from, insights.to),
        SettingChange::ResourcePolicy { policy, revision } => {
            assert_eq!(schema.resource_policy, policy.from, "{change}");
            assert_eq!(*revision, found.policy_revision, "{change}: another revision");
            if policy.to == Setting::Off {
                needs(Hazard::PolicyRemoved);
            }
        }
        SettingChange::KinesisStream(delta) => {
            assert_eq!(schema.kinesis_stream, delta.from, "{change}");
            let arn = |setting: &Setting<migrate_core::schema::KinesisStream>| setting.value().map(|stream| stream.arn.clone());
            match (arn(&delta.from), arn(&delta.to)) {
                (Some(from), Some(to)) => assert_eq!(from, to, "{change}: two streams at once"),
                (Some(_), None) => needs(Hazard::KinesisOff),
                _ => {}
            }
        }
        other => panic!("{other}: no rule for it"),
    }
}

fn capacity(
    found: &LiveTable,
    table: Option<&Delta<Billing>>,
    indexes: &BTreeMap<migrate_core::schema::IndexName, Delta<Billing>>,
) {
    let schema = &found.schema;
    assert!(table.is_some() || !indexes.is_empty(), "an empty call");
    if let Some(delta) = table {
        assert_eq!(schema.billing, Some(delta.from));
        assert_ne!(delta.from, delta.to, "the same values again");
        if !delta.from.same_mode(&delta.to) {
            let named: BTreeSet<_> = indexes.keys().collect();
            let all: BTreeSet<_> = schema.global_indexes.keys().collect();
            match delta.to {
                Billing::Provisioned(_) => assert_eq!(named, all, "every index has its capacity in this call"),
                Billing::OnDemand(_) => assert!(named.is_empty(), "indexes follow their table"),
            }
        }
    }
    let mode = table.map(|delta| delta.to).or(schema.billing).unwrap();
    for (index, delta) in indexes {
        assert_eq!(schema.global_indexes[index].billing, Some(delta.from), "{index}");
        assert_ne!(delta.from, delta.to, "{index}: the same values again");
        assert!(delta.to.same_mode(&mode), "{index}: its table's mode");
    }
    let falls = |delta: &Delta<Billing>| match (delta.from, delta.to) {
        (Billing::Provisioned(from), Billing::Provisioned(to)) => to.read < from.read || to.write < from.write,
        _ => false,
    };
    assert!(found.recent.decreases.today < 27 || !table.is_some_and(falls), "no more decreases today");
}

pub fn begin(world: &mut World, step: &Step) {
    if let Step::CreateTable { schema } = step {
        world.ids += 1;
        // Counted at every look, and a new table is empty.
        world.observed.expiring.insert(schema.name.clone(), Expiring { items: 0, past: 0 });
        world.observed.made_here.insert(schema.name.clone());
        let mut table = live(schema.clone().as_created(), Some(&format!("new-{}", world.ids)));
        forget(&mut table.schema, &world.incapable);
        table.status = Status::Creating;
        table.index_status = table.schema.global_indexes.keys().map(|index| (index.clone(), Status::Creating)).collect();
        world.observed.tables.insert(schema.name.clone(), table);
        return;
    }
    let table = world.observed.tables.get_mut(step.table()).unwrap();
    match step {
        Step::CreateGlobalIndex { index, definition, .. } => {
            let mode = table.schema.billing.unwrap();
            let billing = Some(definition.billing.unwrap_or(match mode {
                Billing::OnDemand(_) => known(Billing::ON_DEMAND),
                Billing::Provisioned(_) => mode,
            }));
            let plain = GlobalIndex {
                billing,
                warm_throughput: Setting::Off,
                contributor_insights: Setting::Off,
                ..GlobalIndex::new(definition.key.clone(), definition.projection.clone())
            };
            table.schema.global_indexes.insert(index.clone(), plain);
            table.index_status.insert(index.clone(), Status::Creating);
        }
        Step::DropGlobalIndex { index, .. } => {
            table.index_status.insert(index.clone(), Status::Deleting);
        }
        Step::Set { change, .. } => set(table, change),
        Step::DropTable { .. } => table.status = Status::Deleting,
        _ => {}
    }
}

/// What the engine cannot hold, it does not tell.
pub fn forget(schema: &mut TableSchema, incapable: &BTreeSet<Aspect>) {
    for aspect in incapable {
        match aspect {
            Aspect::Stream => schema.stream = Setting::Unmanaged,
            Aspect::Ttl => schema.ttl = Setting::Unmanaged,
            Aspect::DeletionProtection => schema.deletion_protection = None,
            Aspect::PointInTimeRecovery => schema.point_in_time_recovery = Setting::Unmanaged,
            Aspect::TableClass => schema.table_class = None,
            Aspect::Tags => schema.tags.clear(),
            Aspect::KinesisStream => schema.kinesis_stream = Setting::Unmanaged,
            other => panic!("{other} is never forgotten"),
        }
    }
}

fn set(table: &mut LiveTable, change: &SettingChange) {
    let schema = &mut table.schema;
    match change {
        SettingChange::DeletionProtection(delta) => schema.deletion_protection = Some(delta.to),
        SettingChange::TableClass(delta) => schema.table_class = Some(delta.to),
        SettingChange::Stream(delta) => schema.stream = delta.to,
        SettingChange::Capacity { table, indexes } => {
            if let Some(delta) = table {
                schema.billing = Some(known(delta.to));
                if !delta.from.same_mode(&delta.to) {
                    for index in schema.global_indexes.values_mut() {
                        index.billing = Some(known(Billing::ON_DEMAND));
                    }
                }
            }
            for (index, delta) in indexes {
                schema.global_indexes.get_mut(index).unwrap().billing = Some(known(delta.to));
            }
        }
        SettingChange::Encryption(delta) => schema.encryption = Some(delta.to.clone()),
        SettingChange::Ttl(delta) => {
            schema.ttl = delta.to.clone();
            table.recent.ttl_changing = delta.to == Setting::Off;
        }
        SettingChange::Replica { region, present } => {
            let mut regions = schema.replicas.value().cloned().unwrap_or_default();
            if present.to {
                regions.insert(region.clone())
            } else {
                regions.remove(region)
            };
            schema.replicas = Setting::of(Some(regions).filter(|regions| !regions.is_empty()));
        }
        SettingChange::Tags { tags } => {
            for (key, delta) in tags {
                match &delta.to {
                    Setting::Set(_) => schema.tags.insert(key.clone(), delta.to.clone()),
                    _ => schema.tags.remove(key),
                };
            }
        }
        SettingChange::PointInTimeRecovery(delta) => {
            schema.point_in_time_recovery = delta.to.map(|on| migrate_core::schema::Recovery { days: on.days.or(Some(35)) });
        }
        SettingChange::WarmThroughput { index: None, units } => schema.warm_throughput = units.to,
        SettingChange::WarmThroughput { index: Some(index), units } => {
            schema.global_indexes.get_mut(index).unwrap().warm_throughput = units.to;
        }
        SettingChange::ContributorInsights { index: None, insights } => schema.contributor_insights = insights.to,
        SettingChange::ContributorInsights { index: Some(index), insights } => {
            schema.global_indexes.get_mut(index).unwrap().contributor_insights = insights.to;
        }
        SettingChange::ResourcePolicy { policy, .. } => {
            schema.resource_policy = policy.to.clone();
            table.policy_revision = policy.to.value().map(|policy| format!("r-{}", policy.as_str().len()));
        }
        SettingChange::KinesisStream(delta) => schema.kinesis_stream = delta.to.clone(),
        other => panic!("{other}: no effect for it"),
    }
}

pub fn settle(world: &mut World, name: &TableName) {
    let table = world.observed.tables.get_mut(name).unwrap();
    if table.status == Status::Deleting {
        world.observed.tables.remove(name);
        return;
    }
    table.status = Status::Active;
    let LiveTable { schema, index_status, .. } = table;
    schema.global_indexes.retain(|index, _| index_status.get(index) != Some(&Status::Deleting));
    index_status.clear();
}

/// A migration that runs over old items of a table with a stream has consent to call its consumers.
pub fn nobody_is_called_unasked(world: &World, version: Version) {
    let Some(reach) = world.declared.reach.get(&version) else { return };
    let fresh = world.observed.history.freshness().is_some_and(|freshness| match freshness {
        Freshness::Fresh { up_to } => version <= up_to,
        Freshness::Settled => false,
    });
    for table in reach.tables.iter().filter_map(|name| world.observed.tables.get(name)).filter(|_| !fresh) {
        let is_read = table.schema.stream.value().is_some() || table.schema.kinesis_stream.value().is_some();
        let accepted = reach.accept.contains(&Hazard::StreamRecords)
            || world.request.accept.contains(&(table.schema.name.clone(), Hazard::StreamRecords));
        assert!(!is_read || table.item_count == 0 || accepted, "{version} calls who reads {}", table.schema.name);
    }
}
