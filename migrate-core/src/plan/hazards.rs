//! Consent: what a change would destroy or what others would feel of it, and whether that was accepted by name; knows no step.

use super::input::{Draft, Input};
use super::model::{Accepted, Refusal};
use crate::error::ErrorKind;
use crate::schema::{Hazard, Setting, SettingChange, StreamView, TableName, TableSchema};

/// Whether the code or the command line accepts a hazard of a table.
pub(super) fn is_accepted(input: Input<'_>, schema: &TableSchema, hazard: Hazard) -> bool {
    schema.handling.accept.contains(&hazard) || input.request.accept.contains(&(schema.name.clone(), hazard))
}

/// A hazard of a declared table, if it was accepted; else a refusal names it.
pub(super) fn accepted<'a>(
    input: Input<'a>,
    schema: &'a TableSchema,
    hazard: Hazard,
    what: String,
    draft: &mut Draft,
) -> Option<Accepted> {
    if is_accepted(input, schema, hazard) {
        return Some(Accepted { hazard, what });
    }
    draft.refusals.push(missing(input, &schema.name, hazard, &what));
    None
}

/// A hazard that nobody accepted.
pub(super) fn unaccepted(hazard: Hazard, what: &str) -> Refusal {
    Refusal { hazard: Some(hazard), ..Refusal::new(ErrorKind::ConsentMissing, format!("{hazard}, {what}")) }
}

fn missing<'a>(input: Input<'a>, table: &'a TableName, hazard: Hazard, what: &str) -> Refusal {
    let name = input.logical(table);
    unaccepted(hazard, &format!("table `{table}`: {what}"))
        .of(table)
        .help(format!(
            "if that is meant: `migrate up --accept {name}:{hazard}` once, or `#[table(accept({hazard}))]` on its struct"
        ))
        .help(format!("docs/hazards.md explains {hazard}"))
}

/// What a change of a setting puts at risk. Each hazard once, in the order of the codes.
pub(super) fn of(
    input: Input<'_>,
    schema: &TableSchema,
    change: &SettingChange,
    stream_arn: Option<&str>,
) -> Vec<(Hazard, String)> {
    match change {
        SettingChange::Stream(delta) => stream(delta.from, delta.to, stream_arn),
        SettingChange::Ttl(delta) => {
            let Setting::Set(attribute) = &delta.to else { return Vec::new() };
            let found = input.observed.expiring.get(&schema.name);
            let what = match found {
                Some(found) if found.items == 0 => return Vec::new(),
                Some(found) => format!(
                    "{} a number in `{attribute}` already, and about {} within days of `ttl = {attribute}`; what is past by more than five years never does",
                    counted(found.items, "item holds", "items hold"),
                    counted(found.past, "item would expire", "items would expire"),
                ),
                None => format!(
                    "how many items hold a number in `{attribute}` already was not counted: the table is too large for that; those whose time is past would expire"
                ),
            };
            vec![(Hazard::TtlOn, what)]
        }
        SettingChange::PointInTimeRecovery(delta) => match (delta.from, delta.to) {
            (Setting::Set(_), Setting::Off) => {
                vec![(Hazard::RecoveryOff, "without point-in-time recovery every earlier point to go back to is lost".to_owned())]
            }
            (Setting::Set(from), Setting::Set(to)) => match (from.days, to.days) {
                (Some(from), Some(to)) if to < from => vec![(
                    Hazard::RecoveryShortened,
                    format!("of {from} days to go back to {to} are left: the older points are lost"),
                )],
                (Some(_) | None, Some(_) | None) => Vec::new(),
            },
            (Setting::Off | Setting::Unmanaged, _) | (Setting::Set(_), Setting::Unmanaged) => Vec::new(),
        },
        SettingChange::Encryption(delta) => {
            use crate::schema::Encryption::Customer;
            let kms = matches!(delta.from, Customer(_)) || matches!(delta.to, Customer(_));
            let what =
                format!("its key becomes another, {delta}: whoever may not use the new key cannot read the table any more");
            kms.then_some((Hazard::KeyChange, what)).into_iter().collect()
        }
        SettingChange::Replica { region, present } if !present.to => {
            vec![(
                Hazard::ReplicaRemoved,
                format!("the replica in {region} is removed with its data; whoever reads it there finds nothing"),
            )]
        }
        SettingChange::ResourcePolicy { policy, .. } if policy.to == Setting::Off => {
            vec![(Hazard::PolicyRemoved, "whoever has access by the resource policy alone loses it".to_owned())]
        }
        SettingChange::KinesisStream(delta) => match (&delta.from, &delta.to) {
            (Setting::Set(from), Setting::Set(to)) if from.arn == to.arn => Vec::new(),
            (Setting::Set(from), _) => vec![(Hazard::KinesisOff, format!("changes no longer reach {}", from.arn))],
            (Setting::Off | Setting::Unmanaged, _) => Vec::new(),
        },
        SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Capacity { .. }
        | SettingChange::Replica { .. }
        | SettingChange::Tags { .. }
        | SettingChange::WarmThroughput { .. }
        | SettingChange::ContributorInsights { .. }
        | SettingChange::ResourcePolicy { .. } => Vec::new(),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn stream(from: Setting<StreamView>, to: Setting<StreamView>, arn: Option<&str>) -> Vec<(Hazard, String)> {
    let consumers = arn.map_or_else(|| "its consumers".to_owned(), |arn| format!("the consumers of {arn}"));
    match (from, to) {
        (Setting::Set(_), Setting::Off) => vec![(Hazard::StreamOff, format!("its stream ends: {consumers} get no more records"))],
        (Setting::Set(from), Setting::Set(to)) => vec![(
            Hazard::StreamCycle,
            format!(
                "a stream keeps its view for life: {from} is switched off and {to} on, under a new ARN, which {consumers} must be told"
            ),
        )],
        (Setting::Off | Setting::Unmanaged, _) | (Setting::Set(_), Setting::Unmanaged) => Vec::new(),
    }
}
