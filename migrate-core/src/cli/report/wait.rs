//! What is waited for and how it ended; it never knows who began it.

use super::text::{Text, Tone};
use super::words::count;
use crate::event::UnderWay;
use crate::migrator::{Awaited, Waited};

/// The first of what is under way, with its state, and how many more there are.
pub(super) fn waited_for(under_way: &[UnderWay]) -> String {
    match under_way {
        [] => "nothing".to_owned(),
        [one] => format!("{one} ({})", one.status),
        [first, rest @ ..] => format!("{first} ({}) and {} more", first.status, rest.len()),
    }
}

/// What is at rest now, and what is not.
pub(in crate::cli) fn wait(sequence: &str, awaited: Option<&Awaited>, waited: &Waited) -> Text {
    let mut text = Text::new();
    for thing in &waited.settled {
        text.line(Tone::Good, format_args!("  ✓ {thing}{}", if thing.is_leaving() { ": gone" } else { "" }));
    }
    for thing in &waited.under_way {
        text.line(Tone::Change, format_args!("  … {thing}: {}", thing.status));
    }
    let what = match awaited {
        None => format!("everything of {sequence}"),
        Some(Awaited::Table(table)) => format!("table {table}"),
        Some(Awaited::Index(table, index)) => format!("index {table}/{index}"),
    };
    if waited.under_way.is_empty() {
        text.line(Tone::Good, format_args!("At rest: {what}."));
    } else {
        let left = count(waited.under_way.len(), "thing is", "things are");
        text.line(
            Tone::Change,
            format_args!("The time is up: {left} still under way. `migrate wait` takes the waiting up again."),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{IndexName, TableName};

    #[test]
    fn what_is_ready_and_what_is_not() {
        let table = TableName::new("orders").unwrap();
        let thing = |index: Option<&'static str>, status: &str| UnderWay {
            table: TableName::new("orders").unwrap(),
            index: index.map(|name| IndexName::new(name).unwrap()),
            status: status.to_owned(),
        };
        let (building, leaving) = (thing(Some("by-day"), "CREATING, backfilling"), thing(None, "DELETING"));
        assert_eq!(waited_for(&[building.clone(), leaving.clone()]), "index orders/by-day (CREATING, backfilling) and 1 more");
        let late = Waited { settled: vec![leaving], under_way: vec![building.clone()] };
        assert_eq!(
            wait("shop", None, &late).to_string(),
            "  ✓ table orders: gone\n  … index orders/by-day: CREATING, backfilling\nThe time is up: 1 thing is still under way. `migrate wait` takes the waiting up again.\n"
        );
        let done = Waited { settled: vec![building], under_way: Vec::new() };
        assert_eq!(
            wait("shop", Some(&Awaited::Table(table)), &done).to_string(),
            "  ✓ index orders/by-day\nAt rest: table orders.\n"
        );
    }
}
