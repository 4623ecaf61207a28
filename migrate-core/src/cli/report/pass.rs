//! How far a pass over a table is, in one line; it never knows what the migration does.

use super::words::{counts, thousands};
use crate::event::{Pass, Waiting};
use crate::history::Counts;

/// `orders 812,400/~1,204,000, 2,010 items/s, 496 of 500 write units/s, waiting: write budget, about 3 min left`.
pub(super) fn passing(pass: &Pass, done: &Counts) -> String {
    let Pass { table, sweep, items, of_items, per_second, waiting, left, .. } = pass;
    let sweep = if *sweep > 1 { format!(" (sweep {sweep})") } else { String::new() };
    // What is put is read from nowhere: what became of it tells how far it is.
    let far = match (items, of_items) {
        (0, _) => counts(done),
        (items, Some(of)) => format!("{}/~{}", thousands(*items), thousands(*of)),
        (items, None) => thousands(*items),
    };
    let rate = (*items > 0).then(|| format!("{} items/s", whole(*per_second)));
    let units = [(pass.write_units_per_second, pass.write_limit, "write"), (pass.read_units_per_second, pass.read_limit, "read")];
    let units = units.into_iter().filter_map(|(rate, limit, what)| match limit {
        Some(limit) => Some(format!("{} of {} {what} units/s", whole(rate), whole(limit))),
        None => (rate >= 0.5).then(|| format!("{} {what} units/s", whole(rate))),
    });
    let found = [(done.changed, "changed"), (done.conflicts, "conflicts"), (done.failed, "failed")];
    let found = found.into_iter().filter(|(count, _)| *items > 0 && *count > 0);
    let found = found.map(|(count, what)| format!("{} {what}", thousands(count)));
    let waiting = waiting.map(|waiting| format!("waiting: {}", reason(waiting)));
    let left = left.filter(|left| !left.is_zero()).map(|left| format!("about {} left", about(left.as_secs())));
    let parts: Vec<String> = [Some(format!("{table}{sweep} {far}")), rate]
        .into_iter()
        .flatten()
        .chain(units)
        .chain(found)
        .chain(waiting)
        .chain(left)
        .collect();
    parts.join(", ")
}

fn whole(rate: f64) -> String {
    thousands(rate.max(0.0).round() as u64)
}

const fn reason(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::WriteBudget => "write budget",
        Waiting::ReadBudget => "read budget",
        Waiting::Changes => "changes per second",
        Waiting::Throttled => "DynamoDB throttles",
        Waiting::Paused => "paused, until `migrate resume`",
        Waiting::Trouble => "errors of DynamoDB",
    }
}

/// No more precise than a guess is.
fn about(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    match minutes {
        0..90 => format!("{minutes} min"),
        90..2880 => format!("{} h", minutes.div_ceil(60)),
        _ => format!("{} days", thousands(minutes.div_ceil(1440))),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    pub(in crate::cli::report) fn pass() -> Pass {
        Pass {
            table: "orders".to_owned(),
            sweep: 1,
            items: 1_200,
            of_items: Some(4_800),
            per_second: 300.0,
            write_units_per_second: 0.0,
            write_limit: None,
            read_units_per_second: 0.0,
            read_limit: None,
            waiting: None,
            left: Some(Duration::from_secs(12)),
        }
    }

    #[test]
    fn far_fast_within_what_and_why_not_faster() {
        let on_aws = Pass {
            items: 812_400,
            of_items: Some(1_204_000),
            per_second: 2_010.3,
            write_units_per_second: 495.6,
            write_limit: Some(500.0),
            read_units_per_second: 61.2,
            read_limit: Some(500.0),
            waiting: Some(Waiting::WriteBudget),
            left: Some(Duration::from_secs(170)),
            ..pass()
        };
        let done = Counts { scanned: 812_400, changed: 1_000, conflicts: 3, failed: 1, ..Counts::default() };
        assert_eq!(
            passing(&on_aws, &done),
            "orders 812,400/~1,204,000, 2,010 items/s, 496 of 500 write units/s, 61 of 500 read units/s, \
             1,000 changed, 3 conflicts, 1 failed, waiting: write budget, about 3 min left"
        );
        let unlimited = Pass { write_limit: None, read_limit: None, read_units_per_second: 0.2, waiting: None, ..on_aws };
        assert_eq!(
            passing(&unlimited, &Counts::default()),
            "orders 812,400/~1,204,000, 2,010 items/s, 496 write units/s, about 3 min left"
        );
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let unknown = Pass { of_items: None, left: None, ..pass() };
        assert_eq!(passing(&unknown, &Counts::default()), "orders 1,200, 300 items/s");
        let paused = Pass { sweep: 2, waiting: Some(Waiting::Paused), left: Some(Duration::ZERO), ..unknown };
        assert_eq!(
            passing(&paused, &Counts::default()),
            "orders (sweep 2) 1,200, 300 items/s, waiting: paused, until `migrate resume`"
        );
        let puts = Pass { items: 0, per_second: 0.0, of_items: Some(4_800), left: None, ..pass() };
        assert_eq!(passing(&puts, &Counts { inserted: 1_700, ..Counts::default() }), "orders 1,700 inserted");
    }

    #[test]
    fn every_reason_has_its_words_and_time_is_as_rough_as_it_is() {
        let reasons = [
            (Waiting::ReadBudget, "read budget"),
            (Waiting::Changes, "changes per second"),
            (Waiting::Throttled, "DynamoDB throttles"),
            (Waiting::Trouble, "errors of DynamoDB"),
        ];
        for (waiting, words) in reasons {
            let text = passing(&Pass { waiting: Some(waiting), left: None, ..pass() }, &Counts::default());
            assert_eq!(text, format!("orders 1,200/~4,800, 300 items/s, waiting: {words}"));
        }
        assert_eq!([1, 61, 5_400, 250_000].map(about), ["1 min", "2 min", "2 h", "3 days"]);
    }
}
