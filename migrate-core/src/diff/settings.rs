//! What differs between the settings of a table as found and as declared; knows no key and no index's shape.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{
    Aspect, Billing, Delta, Encryption, IndexName, Insights, KinesisStream, Recovery, Setting, SettingChange, TableClass,
    TableSchema, Throughput,
};

/// Every setting that differs, in the order that Terraform's users have measured to work: protection, class, replicas that go, stream, capacity,
/// encryption, time to live, replicas that come, tags, recovery, warm throughput, and then what has nothing to do with the rest.
pub(super) fn settings(live: &TableSchema, declared: &TableSchema) -> Vec<SettingChange> {
    let mut changes = Vec::new();
    let protected = live.deletion_protection.unwrap_or(false);
    changes.extend(value(protected, declared.deletion_protection).map(SettingChange::DeletionProtection));
    changes.extend(value(live.table_class.unwrap_or(TableClass::Standard), declared.table_class).map(SettingChange::TableClass));
    // A stream cannot be switched off while there are replicas.
    let (added, removed): (Vec<_>, Vec<_>) = replicas(&live.replicas, &declared.replicas).into_iter().partition(adds_replica);
    changes.extend(removed);
    changes.extend(setting(live.stream, declared.stream, |live, declared| live == declared).map(SettingChange::Stream));
    changes.extend(capacity(live, declared));
    let encryption = live.encryption.clone().unwrap_or(Encryption::AwsOwned);
    let wanted = declared.encryption.clone().filter(|declared| !same_key(&encryption, declared));
    changes.extend(value(encryption, wanted).map(SettingChange::Encryption));
    let same = |live: &String, declared: &String| live == declared;
    changes.extend(setting(live.ttl.clone(), declared.ttl.clone(), same).map(SettingChange::Ttl));
    changes.extend(added);
    changes.extend(tags(&live.tags, &declared.tags));
    let recovery = setting(live.point_in_time_recovery, declared.point_in_time_recovery, same_recovery);
    changes.extend(recovery.map(SettingChange::PointInTimeRecovery));
    changes.extend(warm_throughput(live, declared));
    changes.extend(insights(live, declared));
    let policy = setting(live.resource_policy.clone(), declared.resource_policy.clone(), |live, declared| live == declared);
    changes.extend(policy.map(|policy| SettingChange::ResourcePolicy { policy, revision: None }));
    let kinesis = setting(live.kinesis_stream.clone(), declared.kinesis_stream.clone(), same_kinesis);
    changes.extend(kinesis.map(SettingChange::KinesisStream));
    changes
}

fn value<T: PartialEq>(live: T, declared: Option<T>) -> Option<Delta<T>> {
    declared.filter(|declared| *declared != live).map(|declared| Delta::new(live, declared))
}

/// `same` says whether a value that is there is what was declared: what a declared value leaves open is no difference.
fn setting<T>(live: Setting<T>, declared: Setting<T>, same: impl Fn(&T, &T) -> bool) -> Option<Delta<Setting<T>>> {
    let live = live.or_off();
    let equal = match (&live, &declared) {
        (_, Setting::Unmanaged) | (Setting::Off | Setting::Unmanaged, Setting::Off) => true,
        (Setting::Set(live), Setting::Set(declared)) => same(live, declared),
        (Setting::Set(_), Setting::Off) | (Setting::Off | Setting::Unmanaged, Setting::Set(_)) => false,
    };
    (!equal).then(|| Delta::new(live, declared))
}

/// The account's `aws/dynamodb` key shows by an ARN like a key of its own: which of them it is, only KMS could say.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html>
fn same_key(live: &Encryption, declared: &Encryption) -> bool {
    matches!((live, declared), (Encryption::Customer(_), Encryption::AwsManaged)) || live == declared
}

fn same_recovery(live: &Recovery, declared: &Recovery) -> bool {
    declared.days.is_none() || live.days == declared.days
}

fn same_kinesis(live: &KinesisStream, declared: &KinesisStream) -> bool {
    live.arn == declared.arn && (declared.precision.is_none() || live.precision == declared.precision)
}

/// The table's and its indexes' together. Where the throughput is ignored only the mode counts.
fn capacity(live: &TableSchema, declared: &TableSchema) -> Option<SettingChange> {
    let numbers = !declared.handling.ignore.contains(&Aspect::Throughput);
    let differ = |live: Billing, declared: Billing| {
        let wanted = declared.or_as(&live);
        let counts = numbers || !live.same_mode(&declared);
        // A maximum that the code does not state is nobody's business, and one that is unknown is off.
        (counts && without_unknown(wanted) != without_unknown(live))
            .then(|| Delta::new(without_unknown(live), without_unknown(wanted)))
    };
    let table = live.billing.zip(declared.billing).and_then(|(live, declared)| differ(live, declared));
    let index = |(name, index): (&IndexName, &crate::schema::GlobalIndex)| {
        let found = live.global_indexes.get(name)?.billing?;
        Some((name.clone(), differ(found, index.billing?)?))
    };
    let indexes: BTreeMap<IndexName, Delta<Billing>> = declared.global_indexes.iter().filter_map(index).collect();
    (table.is_some() || !indexes.is_empty()).then_some(SettingChange::Capacity { table, indexes })
}

fn without_unknown(billing: Billing) -> Billing {
    match billing {
        Billing::OnDemand(max) => {
            Billing::OnDemand(crate::schema::MaxThroughput { read: max.read.or_off(), write: max.write.or_off() })
        }
        Billing::Provisioned(_) => billing,
    }
}

const fn adds_replica(change: &SettingChange) -> bool {
    matches!(change, SettingChange::Replica { present, .. } if present.to)
}

fn replicas(live: &Setting<BTreeSet<String>>, declared: &Setting<BTreeSet<String>>) -> Vec<SettingChange> {
    let none = BTreeSet::new();
    if declared.is_unmanaged() {
        return Vec::new();
    }
    let (live, declared) = (live.value().unwrap_or(&none), declared.value().unwrap_or(&none));
    let replica = |region: &String, from, to| SettingChange::Replica { region: region.clone(), present: Delta::new(from, to) };
    let added = declared.difference(live).map(|region| replica(region, false, true));
    added.chain(live.difference(declared).map(|region| replica(region, true, false))).collect()
}

fn tags(live: &BTreeMap<String, Setting<String>>, declared: &BTreeMap<String, Setting<String>>) -> Option<SettingChange> {
    let tag = |(key, wanted): (&String, &Setting<String>)| {
        let found = live.get(key).cloned().unwrap_or(Setting::Off);
        Some((key.clone(), setting(found, wanted.clone(), |live, declared| live == declared)?))
    };
    let tags: BTreeMap<String, Delta<Setting<String>>> = declared.iter().filter_map(tag).collect();
    (!tags.is_empty()).then_some(SettingChange::Tags { tags })
}

/// DynamoDB raises it by itself and never lowers it: only what is declared above what is there differs.
fn warm_throughput(live: &TableSchema, declared: &TableSchema) -> Vec<SettingChange> {
    let raise = |live: Setting<Throughput>, declared: Setting<Throughput>| {
        let (Setting::Set(wanted), live) = (declared, live.or_off()) else { return None };
        let found = live.value().copied().unwrap_or(Throughput { read: 0, write: 0 });
        let to = Throughput { read: found.read.max(wanted.read), write: found.write.max(wanted.write) };
        (to != found).then(|| Delta::new(live, Setting::Set(to)))
    };
    let of = |index: Option<&IndexName>, units| SettingChange::WarmThroughput { index: index.cloned(), units };
    let table = raise(live.warm_throughput, declared.warm_throughput).map(|units| of(None, units));
    let indexes = declared.global_indexes.iter().filter_map(|(name, index)| {
        Some(of(Some(name), raise(live.global_indexes.get(name)?.warm_throughput, index.warm_throughput)?))
    });
    table.into_iter().chain(indexes).collect()
}

fn insights(live: &TableSchema, declared: &TableSchema) -> Vec<SettingChange> {
    let differ =
        |live: Setting<Insights>, declared: Setting<Insights>| setting(live, declared, |live, declared| live == declared);
    let of = |index: Option<&IndexName>, insights| SettingChange::ContributorInsights { index: index.cloned(), insights };
    let table = differ(live.contributor_insights, declared.contributor_insights).map(|insights| of(None, insights));
    let indexes = declared.global_indexes.iter().filter_map(|(name, index)| {
        Some(of(Some(name), differ(live.global_indexes.get(name)?.contributor_insights, index.contributor_insights)?))
    });
    table.into_iter().chain(indexes).collect()
}
