//! From a setting that differs to the calls that DynamoDB takes for it, with their limits and hazards; knows no index's shape and no key.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::hazards;
use super::input::{Draft, Input};
use super::model::{Accepted, Notice, PlannedStep, Postponed, Refusal};
use crate::error::ErrorKind;
use crate::schema::{
    Aspect, Billing, Decreases, Delta, IndexName, KinesisStream, LiveTable, Setting, SettingChange, StreamView, TableSchema,
    Throughput,
};
use crate::step::Step;

/// A declared table beside what is there of it; `live` is `None` while the table is only planned.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) schema: &'a TableSchema,
    pub(super) live: Option<&'a LiveTable>,
    /// As it will be when the change comes: at rest.
    pub(super) present: &'a TableSchema,
}

/// Plans one setting that differs, unless it lacks consent.
pub(super) fn setting(input: Input<'_>, table: Table<'_>, change: &SettingChange, draft: &mut Draft) {
    if let SettingChange::Stream(delta) = change
        && delta.from.value().is_some()
        && let Some(region) = staying_replica(table)
    {
        draft.refusals.push(replicas_need_the_stream(table.schema, delta, region));
        return;
    }
    let stream_arn = table.live.and_then(|live| live.stream_arn.as_deref());
    // Nobody has anything to lose in a table that this very run has made.
    if table.live.is_some() && !input.observed.made_here.contains(&table.schema.name) {
        let found = hazards::of(input, table.schema, change, stream_arn);
        let count = found.len();
        // Each is asked for, so that all that is missing is told at once.
        let ask = |(hazard, what)| hazards::accepted(input, table.schema, hazard, what, draft);
        let accepted: Vec<Accepted> = found.into_iter().filter_map(ask).collect();
        if accepted.len() < count {
            return;
        }
        draft.accepted = accepted;
    }
    steps(input, table, change, draft);
    draft.accepted.clear();
}

/// The calls of one change, in order.
fn steps(input: Input<'_>, table: Table<'_>, change: &SettingChange, draft: &mut Draft) {
    match change {
        SettingChange::Stream(delta) => {
            let off = |from| SettingChange::Stream(Delta::new(from, Setting::Off));
            let on = |to| SettingChange::Stream(Delta::new(Setting::Off, to));
            match (delta.from, delta.to) {
                (Setting::Set(_), Setting::Set(_)) => {
                    step_because(input, table, off(delta.from), "an enabled stream keeps its view", draft);
                    step_because(input, table, on(delta.to), "the new stream has a new ARN", draft);
                }
                _ => step(input, table, change.clone(), draft),
            }
        }
        SettingChange::Ttl(delta) => ttl(input, table, delta, draft),
        SettingChange::Capacity { table: of_table, indexes } => capacity(input, table, of_table.as_ref(), indexes, draft),
        SettingChange::KinesisStream(delta) => kinesis(input, table, delta, draft),
        SettingChange::Replica { region, present } => {
            let view =
                table.schema.stream.value().or(table.present.stream.value().filter(|_| table.schema.stream.is_unmanaged()));
            if present.to && view != Some(&StreamView::NewAndOldImages) {
                draft.refusals.push(no_stream_for_replicas(table.schema, region));
            } else {
                step(input, table, change.clone(), draft);
            }
        }
        SettingChange::ResourcePolicy { policy, .. } => {
            let revision = table.live.and_then(|live| live.policy_revision.clone());
            step(input, table, SettingChange::ResourcePolicy { policy: policy.clone(), revision }, draft);
        }
        SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Encryption(_)
        | SettingChange::Tags { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::WarmThroughput { .. }
        | SettingChange::ContributorInsights { .. } => step(input, table, change.clone(), draft),
    }
}

fn step(input: Input<'_>, table: Table<'_>, change: SettingChange, draft: &mut Draft) {
    plan_step(input, PlannedStep::new(Step::Set { table: table.schema.name.clone(), change }), draft);
}

fn step_because(input: Input<'_>, table: Table<'_>, change: SettingChange, reason: &str, draft: &mut Draft) {
    plan_step(input, PlannedStep::new(Step::Set { table: table.schema.name.clone(), change }).because(reason), draft);
}

/// What this run has tried in vain is not planned again.
fn plan_step(input: Input<'_>, planned: PlannedStep, draft: &mut Draft) {
    let step = &planned.step;
    if input.observed.unsupported.contains(step) {
        draft.notices.push(Notice {
            what: format!("this engine cannot {step}: left as it is, and not counted"),
            help: Some("Amazon DynamoDB can; only some local engines cannot".to_owned()),
        });
    } else if let Some(postponed) = input.observed.postponed.iter().find(|postponed| postponed.step == *step) {
        let accepted = std::mem::take(&mut draft.accepted);
        draft.not_now.push(Postponed { accepted, ..postponed.clone() });
    } else {
        let accepted = std::mem::take(&mut draft.accepted);
        draft.expand.push(PlannedStep { accepted, ..planned });
    }
}

fn not_now(table: Table<'_>, change: SettingChange, until: Option<Timestamp>, reason: &str, draft: &mut Draft) {
    let step = Step::Set { table: table.schema.name.clone(), change };
    let accepted = std::mem::take(&mut draft.accepted);
    draft.not_now.push(Postponed { step, until, reason: reason.to_owned(), accepted });
}

/// One attribute at a time; a change takes up to an hour, in which no other is taken.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
fn ttl(input: Input<'_>, table: Table<'_>, delta: &Delta<Setting<String>>, draft: &mut Draft) {
    const WINDOW: &str = "a change of time to live takes up to an hour, in which DynamoDB takes no other";
    let change = |from: &Setting<String>, to: &Setting<String>| SettingChange::Ttl(Delta::new(from.clone(), to.clone()));
    let changing = table.live.is_some_and(|live| live.recent.ttl_changing);
    match (&delta.from, &delta.to) {
        (from, to) if changing => not_now(table, change(from, to), None, WINDOW, draft),
        (from @ Setting::Set(_), to @ Setting::Set(_)) => {
            // What it brings, it brings when it is on again.
            let accepted = std::mem::take(&mut draft.accepted);
            step_because(input, table, change(from, &Setting::Off), "time to live goes by one attribute", draft);
            draft.accepted = accepted;
            not_now(table, change(&Setting::Off, to), None, WINDOW, draft);
        }
        (from, to) => step(input, table, change(from, to), draft),
    }
}

/// One destination is exchanged by another; only its precision changes in place.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateKinesisStreamingDestination.html>
fn kinesis(input: Input<'_>, table: Table<'_>, delta: &Delta<Setting<KinesisStream>>, draft: &mut Draft) {
    match (&delta.from, &delta.to) {
        (Setting::Set(from), Setting::Set(to)) if from.arn != to.arn => {
            let off = SettingChange::KinesisStream(Delta::new(delta.from.clone(), Setting::Off));
            step_because(input, table, off, "another stream takes its place", draft);
            step(input, table, SettingChange::KinesisStream(Delta::new(Setting::Off, delta.to.clone())), draft);
        }
        _ => step(input, table, SettingChange::KinesisStream(delta.clone()), draft),
    }
}

/// To provisioned, the capacity of the table and of every index goes in one call; to on demand, the table's alone.
fn capacity(
    input: Input<'_>,
    table: Table<'_>,
    of_table: Option<&Delta<Billing>>,
    of_indexes: &BTreeMap<IndexName, Delta<Billing>>,
    draft: &mut Draft,
) {
    let indexes_alone = |indexes| SettingChange::Capacity { table: None, indexes };
    match of_table {
        Some(delta) if !delta.from.same_mode(&delta.to) => match delta.to {
            Billing::Provisioned(units) => {
                let indexes = table.present.global_indexes.iter().map(|(name, index)| {
                    let stated = table.schema.global_indexes.get(name).and_then(|index| index.billing);
                    let to = stated.filter(|billing| billing.same_mode(&delta.to)).unwrap_or(Billing::Provisioned(units));
                    (name.clone(), Delta::new(index.billing.unwrap_or(Billing::ON_DEMAND), to))
                });
                let indexes: BTreeMap<_, _> = indexes.collect();
                let reason = "DynamoDB wants the capacity of every index together with the table's";
                let planned = SettingChange::Capacity { table: Some(delta.clone()), indexes };
                if table.present.global_indexes.is_empty() {
                    step(input, table, planned, draft);
                } else {
                    step_because(input, table, planned, reason, draft);
                }
            }
            Billing::OnDemand(_) => {
                step(input, table, SettingChange::Capacity { table: Some(delta.clone()), indexes: BTreeMap::new() }, draft);
                let limited = |delta: &Delta<Billing>| match delta.to {
                    Billing::OnDemand(max) => max.read.value().or(max.write.value()).is_some(),
                    Billing::Provisioned(_) => false,
                };
                let limited = of_indexes.iter().filter(|(_, delta)| limited(delta));
                let indexes: BTreeMap<_, _> = limited
                    .map(|(name, delta)| {
                        (name.clone(), Delta::new(Billing::OnDemand(crate::schema::MaxThroughput::OFF), delta.to))
                    })
                    .collect();
                if !indexes.is_empty() {
                    step(input, table, indexes_alone(indexes), draft);
                }
            }
        },
        of_table => {
            let recent = table.live.map(|live| &live.recent);
            let wait = |delta: &Delta<Billing>, decreases: Option<Decreases>| {
                is_decrease(delta).then(|| too_many_decreases(decreases?, input.observed.at)).flatten()
            };
            let (now, mut later) = (of_table, Vec::new());
            let now =
                now.filter(|delta| {
                    let until = wait(delta, recent.map(|recent| recent.decreases));
                    later.extend(until.map(|until| {
                        (SettingChange::Capacity { table: Some((*delta).clone()), indexes: BTreeMap::new() }, until)
                    }));
                    until.is_none()
                });
            let mut indexes = of_indexes.clone();
            indexes.retain(|name, delta| {
                let until = wait(delta, recent.and_then(|recent| recent.index_decreases.get(name).copied()));
                later.extend(until.map(|until| (indexes_alone(BTreeMap::from([(name.clone(), delta.clone())])), until)));
                until.is_none()
            });
            if now.is_some() || !indexes.is_empty() {
                step(input, table, SettingChange::Capacity { table: now.cloned(), indexes }, draft);
            }
            for (change, until) in later {
                let reason =
                    "capacity may be decreased four times a day, and then once an hour without a decrease, 27 times in all";
                not_now(table, change, Some(until), reason, draft);
            }
        }
    }
}

fn is_decrease(delta: &Delta<Billing>) -> bool {
    match (delta.from, delta.to) {
        (Billing::Provisioned(from), Billing::Provisioned(to)) => {
            let Throughput { read, write } = to;
            read < from.read || write < from.write
        }
        (Billing::OnDemand(_), _) | (Billing::Provisioned(_), Billing::OnDemand(_)) => false,
    }
}

/// Until when no further decrease is taken. Days are UTC's.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#decreasing-provisioned-throughput>
fn too_many_decreases(decreases: Decreases, now: Timestamp) -> Option<Timestamp> {
    const FREE: u64 = 4;
    const A_DAY: u64 = 27;
    const DAY: i64 = 24 * 60 * 60;
    let midnight = Timestamp::from_second((now.as_second().div_euclid(DAY) + 1) * DAY).ok()?;
    // The count is of the day of the last decrease.
    let last = decreases.last.filter(|last| last.as_second().div_euclid(DAY) == now.as_second().div_euclid(DAY))?;
    if decreases.today >= A_DAY {
        return Some(midnight);
    }
    let free = last.checked_add(SignedDuration::from_hours(1)).ok()?;
    (decreases.today >= FREE && now < free).then(|| free.min(midnight))
}

/// A replica that is there and is not to be removed.
fn staying_replica<'a>(table: Table<'a>) -> Option<&'a String> {
    let mut there = table.present.replicas.value()?.iter();
    let ignored = table.schema.handling.ignore.contains(&Aspect::Replicas);
    match &table.schema.replicas {
        Setting::Unmanaged => there.next(),
        Setting::Off | Setting::Set(_) if ignored => there.next(),
        Setting::Off => None,
        Setting::Set(declared) => there.find(|region| declared.contains(*region)),
    }
}

fn replicas_need_the_stream(schema: &TableSchema, delta: &Delta<Setting<StreamView>>, region: &str) -> Refusal {
    let what =
        format!("table `{}`, stream: {delta}: its replica in {region} lives by the stream of new and old images", schema.name);
    let refusal = Refusal::new(ErrorKind::ImpossibleInPlace, what).of(&schema.name);
    refusal.help("leave `stream` as it is, or take the replicas away first: `replicas = off`")
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html>
fn no_stream_for_replicas(schema: &TableSchema, region: &str) -> Refusal {
    let what = format!("a replica of table `{}` in {region} needs a stream of new and old images", schema.name);
    Refusal::new(ErrorKind::ImpossibleInPlace, what).of(&schema.name).help("declare `stream = new_and_old_images` beside it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_decreases_are_free_and_then_one_an_hour_up_to_27() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-03-04T10:30:00Z");
        let wait =
            |today, last: &str| too_many_decreases(Decreases { today, last: Some(at(last)) }, now).map(|until| until.to_string());
        assert_eq!(wait(3, "2026-03-04T10:29:00Z"), None);
        assert_eq!(wait(4, "2026-03-04T10:00:00Z").as_deref(), Some("2026-03-04T11:00:00Z"));
        assert_eq!(wait(4, "2026-03-04T09:30:00Z"), None);
        assert_eq!(wait(27, "2026-03-04T01:00:00Z").as_deref(), Some("2026-03-05T00:00:00Z"));
        assert_eq!(wait(27, "2026-03-03T23:59:00Z"), None, "yesterday's");
        assert_eq!(too_many_decreases(Decreases { today: 4, last: None }, now), None);
    }
}
