//! How numbers, times and people are put into words; it never knows what they belong to.

use std::time::Duration;

use jiff::Timestamp;

use crate::history::{Counts, RunInfo};
use crate::plan::{Estimate, Limit, Pace, Passage};

/// `1 migration`, `2 migrations`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `12,345`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `850 ms`, `1.3 s`, `2 m 5 s`, `1 h 10 m`.
pub(super) fn duration(duration: Duration) -> String {
    let (ms, s) = (duration.as_millis(), duration.as_secs());
    match s {
        0 => format!("{ms} ms"),
        1..60 => format!("{}.{} s", s, ms % 1000 / 100),
        60..3600 => format!("{} m {} s", s / 60, s % 60),
        _ => format!("{} h {} m", s / 3600, s % 3600 / 60),
    }
}

/// `2026-01-02 03:04:05Z`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// `2026-01-02 03:04 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `~1,200,000 items, ~17 minutes, ~$1.20 once, ~$0.25 a month`: what is known.
pub(super) fn estimate(estimate: &Estimate) -> Option<String> {
    let Estimate { items, seconds, once_microdollars: once, monthly_microdollars: monthly } = *estimate;
    let items = items.map(|items| format!("~{} {}", thousands(items), if items == 1 { "item" } else { "items" }));
    let once = once.map(|amount| format!("{} once", dollars(amount)));
    let monthly = monthly.map(|amount| {
        let sum = dollars(amount.unsigned_abs());
        if amount < 0 { format!("saves {sum} a month") } else { format!("{sum} a month") }
    });
    let parts: Vec<String> = [items, seconds.map(about), once, monthly].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `~1,204,000 items, at most ~1.2 million write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most
/// ~$0.77`: what going through a table takes.
pub(super) fn passage(passage: &Passage) -> String {
    let Passage { items, write_units, read_units, pace, once_microdollars } = *passage;
    let unit = |units: u64, what: &str| format!("{} {what} {}", roughly(units), if units == 1 { "unit" } else { "units" });
    let items = format!("~{} {}", thousands(items), if items == 1 { "item" } else { "items" });
    let units = format!("at most {} and {}", unit(write_units, "write"), unit(read_units, "read"));
    let pace = pace.map(|Pace { seconds, per_second, of }| {
        let of = match of {
            Limit::WriteUnits => "write units",
            Limit::ReadUnits => "read units",
            Limit::Changes => "items",
        };
        let long = if seconds < 60 { "less than a minute".to_owned() } else { format!("at least {}", about(seconds)) };
        format!("{long} at {} {of} a second", thousands(per_second))
    });
    let cost = once_microdollars.map(dollars);
    let cost = cost.map(|cost| if cost.starts_with('~') { format!("at most {cost}") } else { cost });
    [Some(items), Some(units), pace, cost].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `~118,000`, `~1.2 million`.
fn roughly(number: u64) -> String {
    match number {
        0..1_000_000 => format!("~{}", thousands(number)),
        _ => format!("~{}.{} million", thousands(number / 1_000_000), number % 1_000_000 / 100_000),
    }
}

/// No more precise than a guess is.
fn about(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    match minutes {
        0..90 => format!("~{minutes} {}", if minutes == 1 { "minute" } else { "minutes" }),
        90..2880 => format!("~{} hours", minutes.div_ceil(60)),
        _ => format!("~{} days", thousands(minutes.div_ceil(1440))),
    }
}

fn dollars(micro: u64) -> String {
    let cents = micro.saturating_add(5_000) / 10_000;
    if cents == 0 { "less than $0.01".to_owned() } else { format!("~${}.{:02}", thousands(cents / 100), cents % 100) }
}

/// `1,707 inserted, 3 conflicts`: what is not zero.
pub(super) fn counts(counts: &Counts) -> String {
    let Counts { scanned, changed, unchanged, skipped, inserted, existing, deleted, conflicts, failed, .. } = *counts;
    let all = [
        (scanned, "scanned"),
        (changed, "changed"),
        (unchanged, "unchanged"),
        (skipped, "of other entities"),
        (inserted, "inserted"),
        (existing, "already there with other content"),
        (deleted, "deleted"),
        (conflicts, "conflicts met and decided anew"),
        (failed, "failed and put aside"),
    ];
    let shown: Vec<String> = all.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", thousands(*n))).collect();
    if shown.is_empty() { "no items touched".to_owned() } else { shown.join(", ") }
}

/// `12,345 write units, 40 read units, ~$0.01`: what going through items consumed.
pub(super) fn consumed(counts: &Counts, cost_microdollars: Option<u64>) -> Option<String> {
    let units = |units: u64, what: &str| {
        (units > 0).then(|| format!("{} {what} {}", thousands(units), if units == 1 { "unit" } else { "units" }))
    };
    let all = [units(counts.write_units, "write"), units(counts.read_units, "read"), cost_microdollars.map(dollars)];
    let parts: Vec<String> = all.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Who a run was, with all that is known of it.
pub(super) fn run(run: &RunInfo) -> String {
    let mut text = run.who();
    if !run.binary.is_empty() {
        text = format!("{text}, {}", run.binary);
    }
    if let Some(commit) = &run.commit {
        text = format!("{text}, commit {}", commit.get(..12).unwrap_or(commit));
    }
    if let Some(ci) = &run.ci {
        text = format!("{text}, {ci}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_durations() {
        assert_eq!([thousands(0), thousands(999), thousands(1_707), thousands(1_234_567)], ["0", "999", "1,707", "1,234,567"]);
        let shown = [850, 1_340, 125_000, 4_200_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["850 ms", "1.3 s", "2 m 5 s", "1 h 10 m"]);
        assert_eq!([count(1, "step", "steps"), count(0, "step", "steps")], ["1 step", "0 steps"]);
    }

    #[test]
    fn estimates_are_as_rough_as_they_are() {
        let shown = |items, seconds, once, monthly| {
            let all = Estimate { items, seconds, once_microdollars: once, monthly_microdollars: monthly };
            estimate(&all).unwrap_or_default()
        };
        assert_eq!(
            shown(Some(1_200_000), Some(1_000), Some(1_204_999), Some(250_000)),
            "~1,200,000 items, ~17 minutes, ~$1.20 once, ~$0.25 a month"
        );
        assert_eq!(
            shown(Some(1), Some(60), Some(1), Some(-1_234_560_000)),
            "~1 item, ~1 minute, less than $0.01 once, saves ~$1,234.56 a month"
        );
        assert_eq!([shown(None, Some(9_000), None, None), shown(None, Some(250_000), None, None)], ["~3 hours", "~3 days"]);
        assert_eq!(shown(None, None, None, None), "");
    }

    #[test]
    fn going_through_a_table_is_told_by_its_bounds() {
        let pace = Pace { seconds: 2_408, per_second: 500, of: Limit::WriteUnits };
        let orders = Passage {
            items: 1_204_000,
            write_units: 1_204_000,
            read_units: 118_000,
            pace: Some(pace),
            once_microdollars: Some(767_250),
        };
        assert_eq!(
            passage(&orders),
            "~1,204,000 items, at most ~1.2 million write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most ~$0.77"
        );
        let pace = Some(Pace { seconds: 2, per_second: 1, of: Limit::Changes });
        let one = Passage { items: 1, write_units: 1, read_units: 1, pace, once_microdollars: Some(1) };
        assert_eq!(
            passage(&one),
            "~1 item, at most ~1 write unit and ~1 read unit, less than a minute at 1 items a second, less than $0.01"
        );
        let provisioned = Passage { pace: None, once_microdollars: None, ..one };
        assert_eq!(passage(&provisioned), "~1 item, at most ~1 write unit and ~1 read unit");
    }

    #[test]
    fn counts_show_what_is_not_zero() {
        assert_eq!(counts(&Counts { scanned: 1_707, changed: 3, ..Counts::default() }), "1,707 scanned, 3 changed");
        assert_eq!(counts(&Counts::default()), "no items touched");
    }

    #[test]
    fn what_was_consumed_is_told_where_anything_was() {
        let some = Counts { write_units: 12_345, read_units: 1, ..Counts::default() };
        assert_eq!(consumed(&some, Some(7_900)).as_deref(), Some("12,345 write units, 1 read unit, ~$0.01"));
        assert_eq!(consumed(&some, None).as_deref(), Some("12,345 write units, 1 read unit"));
        assert_eq!(consumed(&Counts::default(), None), None);
    }
}
