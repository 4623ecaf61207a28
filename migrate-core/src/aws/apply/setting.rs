//! Whether a setting is as a step wants it; pure: it never knows what was sent or answered.

use std::collections::BTreeMap;

use super::super::convert::Moving;
use super::look::{Look, at_rest, index_at_rest, not_yet, stale};
use crate::error::{Error, ErrorKind};
use crate::schema::{
    Aspect, Billing, Delta, Encryption, IndexName, KinesisStream, LiveTable, Recovery, Setting, SettingChange, TableClass,
    TableName, Throughput,
};

/// How a value that is found stands to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// As wanted.
    Wanted,
    /// As it was, or on the way between.
    Before,
    /// Neither: somebody else changed it.
    Another,
}

/// Judges a setting by the comparison that plans it. What the engine cannot tell counts as off, as it does there.
pub(super) fn setting(table: &TableName, change: &SettingChange, live: &LiveTable, moving: &Moving) -> Look {
    let aspect = change.aspect();
    if let Some(action) = live.unknown.get(&aspect) {
        let text = format!("{aspect} of {table} cannot be read back: {action} is not allowed");
        let help = format!("allow {action} on table `{table}` in the IAM policy of whoever runs this");
        return Look::Contradicts(Error::new(ErrorKind::AccessDenied, text).with_help(help));
    }
    let (state, shows) = compare(change, live);
    let index = index_of(change);
    let moving = moving.of(aspect, index);
    match (state, moving) {
        (Found::Wanted, Some(status)) => Look::OnTheWay(status.to_owned()),
        // A change of it takes up to an hour, and counts from when it was taken on; it does not touch the table's state.
        (Found::Wanted, None) if aspect == Aspect::Ttl => Look::Shows,
        (Found::Wanted, None) => at_rest_with_indexes(change, live),
        (Found::Before | Found::Another, Some(status)) => Look::NotYet { status: status.to_owned(), at_rest: false },
        (Found::Another, None) if live.is_settled() => {
            stale(table, format!("{aspect} of {table} is another one meanwhile: {shows}, and not what this was planned for"))
        }
        (Found::Before | Found::Another, None) => not_yet(live, format!("{aspect}: {shows}")),
    }
}

const fn index_of(change: &SettingChange) -> Option<&IndexName> {
    match change {
        SettingChange::WarmThroughput { index, .. } | SettingChange::ContributorInsights { index, .. } => index.as_ref(),
        SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Stream(_)
        | SettingChange::Capacity { .. }
        | SettingChange::Encryption(_)
        | SettingChange::Ttl(_)
        | SettingChange::Replica { .. }
        | SettingChange::Tags { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => None,
    }
}

/// The table, and the indexes that the change is about.
fn at_rest_with_indexes(change: &SettingChange, live: &LiveTable) -> Look {
    let none = BTreeMap::new();
    let indexes = if let SettingChange::Capacity { indexes, .. } = change { indexes } else { &none };
    let busy = indexes.keys().chain(index_of(change)).map(|index| index_at_rest(live, index));
    busy.into_iter().find(|look| !matches!(look, Look::Shows)).unwrap_or_else(|| at_rest(live))
}

/// How it stands, and what is there in words.
fn compare(change: &SettingChange, live: &LiveTable) -> (Found, String) {
    let schema = &live.schema;
    match change {
        SettingChange::DeletionProtection(delta) => {
            let found = schema.deletion_protection.unwrap_or(false);
            (equal(&found, delta), if found { "on" } else { "off" }.to_owned())
        }
        SettingChange::TableClass(delta) => {
            let found = schema.table_class.unwrap_or(TableClass::Standard);
            (equal(&found, delta), found.to_string())
        }
        SettingChange::Stream(delta) => of(&schema.stream, delta, PartialEq::eq),
        SettingChange::Capacity { table, indexes } => capacity(live, table.as_ref(), indexes),
        SettingChange::Encryption(delta) => {
            let found = schema.encryption.clone().unwrap_or(Encryption::AwsOwned);
            (encryption(&found, delta), found.to_string())
        }
        SettingChange::Ttl(delta) => of(&schema.ttl, delta, PartialEq::eq),
        SettingChange::Replica { region, present } => {
            let found = schema.replicas.value().is_some_and(|regions| regions.contains(region));
            let words = if found { "there is one in" } else { "there is none in" };
            (equal(&found, present), format!("{words} {region}"))
        }
        SettingChange::Tags { tags } => {
            let each = tags.iter().map(|(key, delta)| {
                let found = schema.tags.get(key).cloned().unwrap_or(Setting::Off);
                (of(&found, delta, PartialEq::eq).0, key.clone())
            });
            worst(each)
        }
        SettingChange::PointInTimeRecovery(delta) => of(&schema.point_in_time_recovery, delta, same_recovery),
        SettingChange::WarmThroughput { index, units } => {
            let of_index = |index| schema.global_indexes.get(index).map(|index| index.warm_throughput);
            let found = index.as_ref().map_or(Some(schema.warm_throughput), of_index).unwrap_or_default();
            (warm(found, units.to), found.to_string())
        }
        SettingChange::ContributorInsights { index, insights } => {
            let of_index = |index| schema.global_indexes.get(index).map(|index| index.contributor_insights);
            let found = index.as_ref().map_or(Some(schema.contributor_insights), of_index).unwrap_or_default();
            of(&found, insights, PartialEq::eq)
        }
        SettingChange::ResourcePolicy { policy, .. } => of(&schema.resource_policy, policy, PartialEq::eq),
        SettingChange::KinesisStream(delta) => of(&schema.kinesis_stream, delta, same_kinesis),
    }
}

fn equal<T: PartialEq>(found: &T, delta: &Delta<T>) -> Found {
    if *found == delta.to {
        Found::Wanted
    } else if *found == delta.from {
        Found::Before
    } else {
        Found::Another
    }
}

/// `same` says whether a value that is there is one that was named: what that leaves open is no difference.
fn of<T: Clone + PartialEq + std::fmt::Display>(
    found: &Setting<T>,
    delta: &Delta<Setting<T>>,
    same: impl Fn(&T, &T) -> bool,
) -> (Found, String) {
    let is = |named: &Setting<T>| match (found, named) {
        (Setting::Set(found), Setting::Set(named)) => same(found, named),
        (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => true,
        (Setting::Set(_), Setting::Off | Setting::Unmanaged) | (Setting::Off | Setting::Unmanaged, Setting::Set(_)) => false,
    };
    let state = if is(&delta.to) {
        Found::Wanted
    } else if is(&delta.from) || found.value().is_none() {
        Found::Before
    } else {
        Found::Another
    };
    (state, if found.is_unmanaged() { "the engine does not tell".to_owned() } else { found.to_string() })
}

fn same_recovery(found: &Recovery, named: &Recovery) -> bool {
    named.days.is_none() || found.days == named.days
}

fn same_kinesis(found: &KinesisStream, named: &KinesisStream) -> bool {
    found.arn == named.arn && (named.precision.is_none() || found.precision == named.precision)
}

/// The account's own `aws/dynamodb` key shows by an ARN like any other: it is what came in place of the key that was there.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html>
fn encryption(found: &Encryption, delta: &Delta<Encryption>) -> Found {
    match (found, &delta.to) {
        (Encryption::Customer(_), Encryption::AwsManaged) if *found != delta.from => Found::Wanted,
        (Encryption::AwsOwned | Encryption::AwsManaged | Encryption::Customer(_), _) => equal(found, delta),
    }
}

/// It only rises, and DynamoDB may raise it further.
fn warm(found: Setting<Throughput>, to: Setting<Throughput>) -> Found {
    let none = Throughput { read: 0, write: 0 };
    let (found, to) = (found.value().copied().unwrap_or(none), to.value().copied().unwrap_or(none));
    if found.read >= to.read && found.write >= to.write { Found::Wanted } else { Found::Before }
}

/// The table's and the indexes' together: as wanted when each is.
fn capacity(live: &LiveTable, table: Option<&Delta<Billing>>, indexes: &BTreeMap<IndexName, Delta<Billing>>) -> (Found, String) {
    let of_table = table.map(|delta| (live.schema.billing, delta));
    let of_indexes =
        indexes.iter().map(|(name, delta)| (live.schema.global_indexes.get(name).and_then(|index| index.billing), delta));
    worst(of_table.into_iter().chain(of_indexes).map(|(found, delta)| {
        let Some(found) = found else { return (Found::Before, "the engine does not tell".to_owned()) };
        let is = |named: Billing| named.or_as(&found) == found;
        let state = if is(delta.to) {
            Found::Wanted
        } else if is(delta.from) || !found.same_mode(&delta.to) {
            Found::Before
        } else {
            Found::Another
        };
        (state, found.to_string())
    }))
}

/// The first that somebody else changed, or else the first that is as it was.
fn worst(each: impl Iterator<Item = (Found, String)>) -> (Found, String) {
    let mut worst = (Found::Wanted, String::new());
    for (state, words) in each {
        let counts = match (worst.0, state) {
            (Found::Another, _) | (_, Found::Wanted) | (Found::Before, Found::Before) => false,
            (Found::Before, Found::Another) | (Found::Wanted, Found::Before | Found::Another) => true,
        };
        if counts {
            worst = (state, words);
        }
    }
    worst
}
