//! What is kept while a table is gone through, so that another run could go on: at most every two seconds, and only what is written already.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::job::from_the_beginning;
use crate::aws::jobs::{DeadLetter, Job, JobStore, Position, Progress};
use crate::budget::Control;
use crate::error::{Error, ErrorKind};
use crate::history::Counts;

/// Between two times of keeping it.
pub(super) const EVERY: Duration = Duration::from_secs(2);

/// For so long it is tried to keep what there is in the end: the table may have no capacity for it for a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeping under way; it brings what a person says to the run.
pub(super) type Keeping = Pin<Box<dyn Future<Output = Result<Control, Unkept>> + Send>>;

/// What could not be kept, and why.
pub(super) struct Unkept {
    moved: BTreeMap<u32, Position>,
    letters: Vec<DeadLetter>,
    error: Error,
}

/// Whether it passes by itself: nothing is wrong with what is asked.
fn passes(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Throttled | ErrorKind::Unreachable)
}

/// Whether what is tried since `begun` is worth another try, within so long.
fn is_worth_it(error: &Error, begun: Instant, patience: Duration) -> bool {
    passes(error) && begun.elapsed() < patience
}

/// How far a job is, here and where it is kept.
pub(super) struct Keeper {
    store: Option<JobStore>,
    /// Where what a person says is heard, also by what keeps nothing.
    said: Option<JobStore>,
    name: String,
    progress: Progress,
    /// Whether an earlier run began the pass.
    resumed: bool,
    /// Items that earlier passes have read, as far as this run knows.
    before: u64,
    /// Segments that moved since it was last kept.
    moved: BTreeMap<u32, Position>,
    letters: Vec<DeadLetter>,
    /// The keys of the items that this run put aside, on this way through the table.
    failed: BTreeSet<String>,
    /// What was wrong with the first of them.
    first: Option<String>,
    kept: Instant,
}

impl Keeper {
    pub(super) async fn begin(
        store: Option<&JobStore>,
        said: Option<&JobStore>,
        job: &Job,
        segments: u32,
    ) -> Result<Self, Error> {
        let progress = match store {
            Some(store) => store.open(job, segments).await?,
            None => from_the_beginning(segments),
        };
        Ok(Self { store: store.cloned(), said: said.cloned(), ..Self::of(job.place.clone(), progress) })
    }

    /// One that goes on from there and keeps nothing.
    fn of(name: String, progress: Progress) -> Self {
        Self {
            store: None,
            said: None,
            name,
            resumed: !progress.positions.is_empty(),
            before: if progress.sweep > 1 { progress.counts.scanned } else { 0 },
            progress,
            moved: BTreeMap::new(),
            letters: Vec::new(),
            failed: BTreeSet::new(),
            first: None,
            kept: Instant::now(),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.progress.counts
    }

    /// Items that this pass has read, also in an earlier run.
    pub(super) fn read(&self) -> u64 {
        self.progress.counts.scanned.saturating_sub(self.before)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.progress.finished
    }

    /// Whether the pass that begins now was begun by an earlier run.
    pub(super) fn is_resumed(&self) -> bool {
        self.resumed
    }

    pub(super) fn sweep(&self) -> u32 {
        self.progress.sweep
    }

    pub(super) fn segments(&self) -> u32 {
        self.progress.segments
    }

    pub(super) fn position(&self, segment: u32) -> Option<&Position> {
        self.progress.positions.get(&segment)
    }

    /// A segment stands elsewhere.
    pub(super) fn moved(&mut self, segment: usize, position: Position) {
        if self.store.is_some() {
            self.moved.insert(u32::try_from(segment).unwrap_or(u32::MAX), position);
        }
    }

    /// An item is put aside.
    pub(super) fn put_aside(&mut self, letter: DeadLetter) {
        self.first.get_or_insert_with(|| letter.error.clone());
        if self.store.is_some() {
            self.failed.insert(letter.key.clone());
            self.letters.push(letter);
        }
    }

    /// The keys of the items that this run put aside, on this way through the table.
    pub(super) fn failed(&self) -> &BTreeSet<String> {
        &self.failed
    }

    /// What was wrong with the first item that this run put aside.
    pub(super) fn first_letter(&self) -> Option<String> {
        self.first.clone()
    }

    /// What was done since it was last told.
    pub(super) fn add(&mut self, counts: Counts) {
        self.progress.counts += counts;
    }

    fn is_due(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.kept) >= EVERY
    }

    /// Begins to keep what there is, if it is time, and to hear what a person says.
    pub(super) fn keep_if_due(&mut self, now: Instant) -> Option<Keeping> {
        let said = self.said.clone().filter(|_| self.is_due(now))?;
        self.kept = now;
        let keeping = self.keep();
        Some(Box::pin(async move {
            keeping.await?;
            let unheard = |error| Unkept { moved: BTreeMap::new(), letters: Vec::new(), error };
            said.control().await.map_err(unheard)
        }))
    }

    /// Keeps what there is. What was put aside comes first: a position says that all before it is done.
    fn keep(&mut self) -> Pin<Box<dyn Future<Output = Result<(), Unkept>> + Send>> {
        let (moved, letters) = (std::mem::take(&mut self.moved), std::mem::take(&mut self.letters));
        let (store, name, counts) = (self.store.clone(), self.name.clone(), self.progress.counts);
        Box::pin(async move {
            let Some(store) = store else { return Ok(()) };
            if !letters.is_empty()
                && let Err(error) = store.put_aside(&name, &letters).await
            {
                return Err(Unkept { moved, letters, error });
            }
            if !moved.is_empty()
                && let Err(error) = store.save(&name, &moved, counts).await
            {
                return Err(Unkept { moved, letters: Vec::new(), error });
            }
            Ok(())
        })
    }

    /// Takes back what could not be kept, to be kept the next time; an error if that would not help.
    pub(super) fn take_back(&mut self, unkept: Unkept) -> Result<(), Error> {
        let Unkept { moved, mut letters, error } = unkept;
        for (segment, position) in moved {
            // Where it moved on meanwhile, that counts.
            self.moved.entry(segment).or_insert(position);
        }
        letters.append(&mut self.letters);
        self.letters = letters;
        if passes(&error) { Ok(()) } else { Err(error) }
    }

    /// Keeps what there is in the end, trying again for a while if the run itself is `sound`.
    pub(super) async fn keep_last(&mut self, sound: bool) -> Result<(), Error> {
        let (begun, patience) = (Instant::now(), if sound { PATIENCE } else { Duration::ZERO });
        while let Err(unkept) = self.keep().await {
            if !is_worth_it(&unkept.error, begun, patience) {
                return Err(unkept.error);
            }
            self.take_back(unkept)?;
            sleep(EVERY).await;
        }
        Ok(())
    }

    /// What a person says to the run, at its beginning.
    pub(super) async fn control(&self) -> Result<Control, Error> {
        match &self.said {
            Some(said) => said.control().await,
            None => Ok(Control::default()),
        }
    }

    pub(super) async fn next_sweep(&mut self) -> Result<(), Error> {
        self.progress.sweep += 1;
        self.progress.positions.clear();
        self.failed.clear();
        self.resumed = false;
        self.before = self.progress.counts.scanned;
        match &self.store {
            Some(store) => patiently(|| store.next_sweep(&self.name, self.progress.sweep, self.progress.counts)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn finish(&mut self) -> Result<(), Error> {
        match &self.store {
            Some(store) => patiently(|| store.finish(&self.name, self.progress.counts)).await,
            None => Ok(()),
        }
    }
}

/// Tries again for a while what may be done twice.
async fn patiently<F: Future<Output = Result<(), Error>>>(act: impl Fn() -> F) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match act().await {
            Err(error) if is_worth_it(&error, begun, PATIENCE) => sleep(EVERY).await,
            other => return other,
        }
    }
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
