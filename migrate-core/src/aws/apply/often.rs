//! From when on a change may be made again that was made too often; it never knows what DynamoDB said.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>

use jiff::{SignedDuration, Timestamp};

use crate::schema::{Billing, LiveTable, SettingChange};
use crate::step::Step;

/// The latest moment that the limits leave open, by the last change that the table tells of; `None` where it tells of none.
pub(super) fn until(step: &Step, live: Option<&LiveTable>) -> Option<Timestamp> {
    let (Step::Set { change, .. }, Some(live)) = (step, live) else { return None };
    let (last, window) = match change {
        SettingChange::TableClass(_) => (live.recent.class, SignedDuration::from_hours(30 * 24)),
        SettingChange::Capacity { table: Some(delta), .. }
            if matches!(delta.to, Billing::OnDemand(_)) && !delta.from.same_mode(&delta.to) =>
        {
            (live.recent.on_demand, SignedDuration::from_hours(24))
        }
        // The plan knows the limit of decreases itself, and for the others DynamoDB tells no time.
        SettingChange::Capacity { .. }
        | SettingChange::DeletionProtection(_)
        | SettingChange::Stream(_)
        | SettingChange::Encryption(_)
        | SettingChange::Ttl(_)
        | SettingChange::Replica { .. }
        | SettingChange::Tags { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::WarmThroughput { .. }
        | SettingChange::ContributorInsights { .. }
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => return None,
    };
    last?.checked_add(window).ok().filter(|until| *until > Timestamp::now())
}
