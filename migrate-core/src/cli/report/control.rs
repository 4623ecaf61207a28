//! What people said to runs, in words; it never knows whether one goes on.

use super::text::{Text, Tone};
use super::words::time;
use crate::budget::InForce;

/// What is in force after somebody said something.
pub(in crate::cli) fn in_force(in_force: &InForce) -> Text {
    let mut text = Text::new();
    let sayings = sayings(in_force);
    if sayings.is_empty() {
        text.line(Tone::Good, "Nothing is paused or throttled: each run keeps to its own budget.");
    }
    for saying in sayings {
        text.line(Tone::Change, saying);
    }
    text.line(Tone::Faint, "A run that goes on heeds it within seconds, and so do all that come.");
    text
}

/// One sentence for each: who, since when, and how it ends.
pub(super) fn sayings(in_force: &InForce) -> Vec<String> {
    let paused = in_force.paused.as_ref().map(|said| {
        let (by, at) = (&said.by, time(said.at));
        format!("paused by {by} since {at}: no item is read or written until `migrate resume`")
    });
    let throttled = in_force.rates().map(|rates| {
        let said = in_force.throttled.as_ref().map(|said| format!(" by {} since {}", said.by, time(said.at)));
        format!("throttled{}, until `migrate throttle off`: {rates}", said.unwrap_or_default())
    });
    paused.into_iter().chain(throttled).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::budget::{Allowance, Said};

    /// Ana paused it, Bob throttled it.
    pub(in crate::cli::report) fn both() -> InForce {
        let said = |by: &str, at: &str| Some(Said { by: by.to_owned(), at: at.parse().unwrap() });
        InForce {
            paused: said("ana", "2026-01-02T03:04:05Z"),
            write: Some(Allowance::PerSecond(200)),
            read: Some(Allowance::Unlimited),
            throttled: said("bob", "2026-01-02T03:04:06Z"),
        }
    }

    #[test]
    fn who_since_when_and_how_it_ends() {
        let ends = "A run that goes on heeds it within seconds, and so do all that come.\n";
        assert_eq!(
            in_force(&both()).to_string(),
            format!(
                "paused by ana since 2026-01-02 03:04:05Z: no item is read or written until `migrate resume`\n\
                 throttled by bob since 2026-01-02 03:04:06Z, until `migrate throttle off`: write units 200 per second, read units unlimited\n{ends}"
            )
        );
        let nothing = "Nothing is paused or throttled: each run keeps to its own budget.\n";
        assert_eq!(in_force(&InForce::default()).to_string(), format!("{nothing}{ends}"));
    }
}
