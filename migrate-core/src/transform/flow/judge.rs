//! Whether what is refused is the table's fault or one partition's; knows no rate that is allowed.
//!
//! # A table or one partition
//!
//! Both look the same in one answer, so the share counts, in half a second or as long as it takes to see a few answers:
//!
//! - **15 % of the units were refused, or something in 35 % of the requests**: the table has no more. The rate falls to 0.95
//!   of what went through since it began, again after half a second if that was not enough.
//! - **8 % or 15 %, in a second**: the same, but not again before the rate had time to rise to where it was. A partition of a few
//!   cannot wear the rate down this way, and a rate that rose too far is taken back early.
//! - **less**: one partition. Its segments cool ([`Cooling`](super::Cooling)), which keeps its share down; the rest goes on.
//! - **everything**: nothing can be learnt from what went through. One item a second is tried; as soon as one goes
//!   through the rate doubles every quarter of a second up to where it was.
//!
//! Where requests are rare, a round of all segments takes longer than they cool, and a dead partition of four has its quarter in
//! every round. A table gets quiet when less is asked of it, a partition does not: if the share is the same after a cut, the cut
//! is taken back, and for half a minute such a share counts for nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::rate::{Seen, Window};

/// Shares of the units and of the requests: of a table that has no more, and of one that may have no more.
const TABLE: (f64, f64) = (0.15, 0.35);
const NOTABLE: (f64, f64) = (0.08, 0.15);
const EVERYTHING: f64 = 0.98;
const BETWEEN: Duration = Duration::from_millis(500);
/// In milliseconds: what is looked at, the longer ones where there are few requests.
const SPANS: [u64; 3] = [500, 1000, 3000];
/// How many answers say something of a rate, in so many seconds: neighbouring segments share a partition and come one after
/// the other. Where requests are rare, fewer must do.
const MANY: u32 = 8;
const LONG_ENOUGH: f64 = 0.25;
const FEW: u32 = 4;
/// One request may be throttled by chance.
const CHANCE: u32 = 1;
/// How long a cut has to help, which part of the share left is no help, and how long that is remembered.
const HELPS_IN: Duration = Duration::from_secs(8);
const NO_HELP: f64 = 0.6;
const REMEMBERED: Duration = Duration::from_secs(30);
/// So much more than the partition's share is something new.
const NEW: f64 = 1.5;

/// What to do; `through` in units per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Nothing,
    Everything,
    /// The table has no more.
    Table {
        through: f64,
    },
    /// Less is refused, but more than one partition of many explains.
    Perhaps {
        through: f64,
    },
    /// The last cut was in vain.
    Partition,
}

#[derive(Debug, Default)]
pub(super) struct Judge {
    /// Since when the rate is what it is, so to say: what was answered before says nothing of it.
    changed: Option<Instant>,
    /// Before that, no small cut again.
    not_before: Option<Instant>,
    /// The last cut, and the share that was refused then.
    cut: Option<(Instant, f64)>,
    /// When it was found that a partition is to blame, and its share.
    partition: Option<(Instant, f64)>,
}

/// What is known when something is refused.
struct Evidence {
    /// In the whole span.
    all: Seen,
    /// Units per second since it began.
    through: f64,
    everything: bool,
}

impl Evidence {
    fn reaches(&self, (units, requests): (f64, f64)) -> bool {
        let share = self.all.units_refused() >= units || self.all.requests_throttled() >= requests;
        self.all.throttled > CHANCE && share
    }
}

impl Judge {
    /// The rate is another from now on.
    pub(super) fn changed(&mut self, now: Instant) {
        self.changed = Some(now);
    }

    pub(super) fn wait(&mut self, until: Instant) {
        self.not_before = Some(until);
    }

    /// After a request was throttled.
    pub(super) fn verdict(&mut self, window: &Window, now: Instant) -> Verdict {
        if self.changed.is_some_and(|changed| now < changed + BETWEEN) {
            return Verdict::Nothing;
        }
        let verdict = self.consider(window, now);
        if verdict != Verdict::Nothing {
            self.changed(now);
        }
        verdict
    }

    fn consider(&mut self, window: &Window, now: Instant) -> Verdict {
        let [half, whole, few] = SPANS.map(Duration::from_millis);
        let known = self.partition.filter(|(found, _)| now < *found + REMEMBERED);
        if let Some(seen) = self.evidence(window, now, &[half, whole, few])
            && seen.reaches(TABLE)
        {
            let share = seen.all.units_refused();
            if seen.everything {
                return Verdict::Everything;
            }
            if known.is_some_and(|(_, known)| share < NEW * known) {
                return Verdict::Nothing;
            }
            let in_vain = |(cut, before)| now < cut + HELPS_IN && share >= NO_HELP * before;
            if share >= TABLE.0 && self.cut.is_some_and(in_vain) {
                self.cut = None;
                self.partition = Some((now, share));
                return Verdict::Partition;
            }
            self.cut = Some((now, share));
            return Verdict::Table { through: seen.through };
        }
        if known.is_some() || self.not_before.is_some_and(|at| now < at) {
            return Verdict::Nothing;
        }
        let seen = self.evidence(window, now, &[whole, few]).filter(|seen| seen.reaches(NOTABLE));
        seen.map_or(Verdict::Nothing, |seen| Verdict::Perhaps { through: seen.through })
    }

    /// What the shortest of these spans says that has enough to say.
    fn evidence(&self, window: &Window, now: Instant, spans: &[Duration]) -> Option<Evidence> {
        let longest = spans.last()?;
        spans.iter().find_map(|span| {
            let (since, seconds) = window.since_refusal(now, *span, self.changed);
            let enough = if span == longest { FEW } else { MANY };
            (since.requests >= enough && seconds >= LONG_ENOUGH).then(|| Evidence {
                all: window.over(now, *span, self.changed).0,
                through: since.through / seconds,
                everything: since.units_refused() >= EVERYTHING,
            })
        })
    }
}
