//! What is to become of an item: the user's function is asked, and what it wants becomes tasks. Knows no request.

use super::super::change::Change;
use super::super::error::Trouble;
use super::super::rule::Verdict;
use super::super::task::{Effect, Task};
use super::job::{Job, Kind};
use crate::aws::jobs::DeadLetter;
use crate::aws::wire::Attributes;
use crate::context::{Mode, Sample};
use crate::error::{Error, chain};
use crate::history::Counts;

/// What a judgement comes to.
pub(super) struct Judged {
    pub(super) counts: Counts,
    pub(super) tasks: Vec<Task>,
    pub(super) letters: Vec<DeadLetter>,
    pub(super) error: Option<Error>,
}

impl Judged {
    pub(super) fn nothing() -> Self {
        Self { counts: Counts::default(), tasks: Vec::new(), letters: Vec::new(), error: None }
    }

    /// Judges items one after the other, up to the first that stops it all.
    pub(super) fn judge<'b>(&mut self, job: &Job<'_>, items: impl Iterator<Item = &'b Attributes<'b>>) {
        for item in items {
            self.counts.scanned += 1;
            if let Err(error) = self.one(job, item, 0) {
                self.error = Some(error);
                return;
            }
        }
    }

    /// Judges an item: as it comes, or anew since somebody else was faster.
    pub(super) fn one(&mut self, job: &Job<'_>, item: &Attributes<'_>, anew: u32) -> Result<(), Error> {
        let target = job.target;
        if target.chooses() && !target.takes(&target.place.key_of(item)?) {
            self.counts.skipped += 1;
            return Ok(());
        }
        // An item that was read again was not filtered by DynamoDB.
        if anew > 0 && target.filter.as_ref().is_some_and(|filter| !filter.takes(item)) {
            self.counts.unchanged += 1;
            return Ok(());
        }
        match (job.rule)(item) {
            Ok(verdict) => self.take(job, item, verdict, anew),
            Err(trouble) => self.fail(job, item, trouble),
        }
    }

    fn take(&mut self, job: &Job<'_>, item: &Attributes<'_>, verdict: Verdict, anew: u32) -> Result<(), Error> {
        let place = job.into;
        let tries = matches!(job.target.cx.terms().mode, Mode::Try { .. });
        let units = Task::units_of(item);
        let effect = match verdict {
            Verdict::Leave => {
                self.counts.unchanged += u64::from(job.kind == Kind::Writes);
                return Ok(());
            }
            Verdict::Insert(items) => {
                let aside = job.target.terms.dead_letter && !tries;
                let source = aside.then(|| job.target.place.key_attributes(item)).transpose()?;
                for item in items {
                    if tries {
                        self.counts.inserted += 1;
                        continue;
                    }
                    let units = Task::units_of(&item);
                    let key = place.key_attributes(&item)?;
                    self.tasks.push(Task { source: source.clone(), ..Task::new(key, Effect::Insert(item), units) });
                }
                return Ok(());
            }
            Verdict::Update(write) => {
                if tries {
                    self.counts.changed += 1;
                    sample(job, item, Some(&write.change))?;
                    return Ok(());
                }
                Effect::Update(write)
            }
            Verdict::Delete(expected) => {
                if tries {
                    self.counts.deleted += 1;
                    sample(job, item, None)?;
                    return Ok(());
                }
                Effect::Delete(expected)
            }
        };
        self.tasks.push(Task { anew, ..Task::new(place.key_attributes(item)?, effect, units) });
        Ok(())
    }

    /// An item that cannot be done stops all, or is put aside.
    pub(super) fn fail(&mut self, job: &Job<'_>, item: &Attributes<'_>, trouble: Trouble) -> Result<(), Error> {
        let place = &job.target.place;
        let aside = job.target.terms.dead_letter && trouble.is_of_the_item();
        let error = trouble.of(&place.table, &place.key_of(item)?);
        if !aside {
            return Err(error);
        }
        self.counts.failed += 1;
        self.letters.push(DeadLetter { key: place.key_attributes(item)?.to_json(), error: chain(&error) });
        Ok(())
    }
}

/// Keeps a change to be shown, as far as any are wanted.
fn sample(job: &Job<'_>, item: &Attributes<'_>, change: Option<&Change>) -> Result<(), Error> {
    let Mode::Try { show, .. } = job.target.cx.terms().mode else { return Ok(()) };
    if !job.target.cx.wants_samples(show) {
        return Ok(());
    }
    let stored = |name: &str| item.get(name).map(str::to_owned);
    let changes = match change {
        Some(change) => {
            let set = change.set.iter().map(|(name, value)| (name.clone(), stored(name), Some(value.clone())));
            let removed = change.remove.iter().map(|name| (name.clone(), stored(name), None));
            set.chain(removed).collect()
        }
        None => item.iter().map(|(name, value)| (name.to_owned(), Some(value.to_owned()), None)).collect(),
    };
    let key = job.target.place.key_of(item)?.to_string();
    job.target.cx.keep(Sample { table: job.target.place.table.clone(), key, changes });
    Ok(())
}
