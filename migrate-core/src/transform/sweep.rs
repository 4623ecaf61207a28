//! Through a whole table: scan, decide, write, and decide again where somebody else was faster; knows no type of the user's.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Item;
use super::change::Write;
use super::error::{Trouble, refused};
use super::rule::Rule;
use super::scan::Pages;
use super::target::Target;
use super::write::{Outcome, update};
use crate::aws::item_key::ItemKey;
use crate::error::Error;
use crate::history::Counts;

/// Writes under way at once.
pub(super) const IN_FLIGHT: usize = 16;

/// Items between two words of progress: a page may hold thousands.
const ROUND: usize = 250;

/// As often is an item decided anew before it counts as contended.
const TRIES: usize = 20;

/// What was done, and what stopped it. Both count: what is written stays written.
pub(super) struct Done {
    pub(super) counts: Counts,
    pub(super) result: Result<(), Error>,
}

/// Judges every item of the table by `rule` and writes what it says.
pub(super) async fn sweep(target: &Target<'_>, rule: &Rule<'_>) -> Result<Counts, Error> {
    let mut total = Counts::default();
    let mut pages = Pages::of(target);
    while let Some(items) = pages.next().await? {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let Done { counts, result } = round(target, rule, items.by_ref().take(ROUND)).await;
            target.cx.add(counts);
            total += counts;
            result?;
        }
    }
    Ok(total)
}

async fn round(target: &Target<'_>, rule: &Rule<'_>, items: impl Iterator<Item = Item>) -> Done {
    let mut done = Done { counts: Counts::default(), result: Ok(()) };
    let mut writes = FuturesUnordered::new();
    for item in items {
        done.counts.scanned += 1;
        match target.cx.safe_point().and_then(|()| judge(target, rule, &item)) {
            Ok(Judgement::Skip) => done.counts.skipped += 1,
            Ok(Judgement::Leave) => done.counts.unchanged += 1,
            Ok(Judgement::Write(key, write)) => {
                if writes.len() >= IN_FLIGHT
                    && let Some(settled) = writes.next().await
                {
                    done.take(settled);
                }
                if done.result.is_ok() {
                    writes.push(settle(target, rule, key, write));
                }
            }
            Err(error) => done.fail(error),
        }
        if done.result.is_err() {
            break;
        }
    }
    // Also after an error: a write that is under way is waited for, so that the counts tell what happened.
    while let Some(settled) = writes.next().await {
        done.take(settled);
    }
    done
}

enum Judgement {
    Skip,
    Leave,
    Write(ItemKey, Write),
}

fn judge(target: &Target<'_>, rule: &Rule<'_>, item: &Item) -> Result<Judgement, Error> {
    let key = target.key_of(item)?;
    if !target.takes(&key) {
        return Ok(Judgement::Skip);
    }
    match rule(item) {
        Ok(Some(write)) => Ok(Judgement::Write(key, write)),
        Ok(None) => Ok(Judgement::Leave),
        Err(trouble) => Err(trouble.of(&target.table, &key)),
    }
}

/// Writes one item; where somebody else wrote it in between, judges it again as it is now.
async fn settle(target: &Target<'_>, rule: &Rule<'_>, key: ItemKey, mut write: Write) -> Done {
    let mut counts = Counts::default();
    for _ in 0..TRIES {
        let item = match update(target, &key, &write).await {
            Ok(Outcome::Written) => {
                counts.changed += 1;
                return Done { counts, result: Ok(()) };
            }
            Ok(Outcome::Gone) => {
                counts.conflicts += 1;
                return Done { counts, result: Ok(()) };
            }
            Ok(Outcome::Overtaken(item)) => item,
            Err(error) => return Done { counts, result: Err(refused(error, &target.table, &key)) },
        };
        counts.conflicts += 1;
        write = match rule(&item) {
            Ok(Some(write)) => write,
            Ok(None) => {
                counts.unchanged += 1;
                return Done { counts, result: Ok(()) };
            }
            Err(trouble) => return Done { counts, result: Err(trouble.of(&target.table, &key)) },
        };
    }
    Done { counts, result: Err(Trouble::Contention { tries: TRIES }.of(&target.table, &key)) }
}

impl Done {
    /// Adds another; the first error stays.
    pub(super) fn take(&mut self, other: Self) {
        self.counts += other.counts;
        if let Err(error) = other.result {
            self.fail(error);
        }
    }

    pub(super) fn fail(&mut self, error: Error) {
        if self.result.is_ok() {
            self.result = Err(error);
        }
    }
}
