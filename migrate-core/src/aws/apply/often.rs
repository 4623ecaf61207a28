//! From when on a change may be made again that was made too often; by its own words or by what the table tells.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::schema::{Billing, LiveTable, SettingChange};
use crate::step::Step;

/// When DynamoDB says so, or else the latest moment that the limits leave open after the last change that the table tells of.
pub(super) fn until(step: &Step, live: Option<&LiveTable>, said: &str) -> Option<Timestamp> {
    in_words(said).or_else(|| by_the_table(step, live))
}

/// «Next decrease can be made at Wednesday, July 25, 2018 8:48:14 PM UTC», or with a time as machines write it.
fn in_words(said: &str) -> Option<Timestamp> {
    let (_, time) = said.split_once("can be made at ")?;
    let time = time.trim_end_matches(|last: char| last == '.' || last.is_whitespace());
    let of_people = || DateTime::strptime("%A, %B %d, %Y %I:%M:%S %p UTC", time).ok()?.to_zoned(TimeZone::UTC).ok();
    time.parse().ok().or_else(|| of_people().map(|time| time.timestamp()))
}

fn by_the_table(step: &Step, live: Option<&LiveTable>) -> Option<Timestamp> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_found_in_both_writings() {
        let time = |said: &str| in_words(said).map(|time| time.to_string());
        let expected = Some("2018-07-25T20:48:14Z".to_owned());
        let people = "Last decrease at Wednesday, July 25, 2018 7:48:14 PM UTC. Next decrease can be made at Wednesday, July 25, 2018 8:48:14 PM UTC";
        assert_eq!(time(people), expected);
        assert_eq!(time("Next update can be made at 2018-07-25T20:48:14Z."), expected);
        assert_eq!(time("Next update can be made at full moon"), None);
        assert_eq!(time("Update to PayPerRequest mode are limited to once in 1 day(s)."), None);
    }
}
