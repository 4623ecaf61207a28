//! What is kept while a table is gone through, so that another run could go on: at most every two seconds, and only what is written already.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::facts::Facts;
use super::job::{Job, from_the_beginning, job_of};
use crate::aws::jobs::{DeadLetter, JobStore, Position, Progress};
use crate::budget::Control;
use crate::context::Terms;
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

/// Whether it is worth another try: nothing is wrong with what is asked.
fn passes(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Throttled | ErrorKind::Unreachable)
}

/// How far a job is, here and where it is kept.
pub(super) struct Keeper {
    store: Option<JobStore>,
    name: String,
    progress: Progress,
    /// Whether an earlier run began the pass.
    resumed: bool,
    /// Segments that moved since it was last kept.
    moved: BTreeMap<u32, Position>,
    letters: Vec<DeadLetter>,
    /// What was wrong with the first item that was put aside.
    first: Option<String>,
    kept: Instant,
}

impl Keeper {
    pub(super) async fn begin(
        store: Option<&JobStore>,
        job: &Job<'_>,
        facts: &Facts,
        terms: &Terms,
    ) -> Result<Self, Error> {
        let segments = facts.segments(terms);
        let progress = match store {
            Some(store) => store.open(&job_of(job, facts), segments).await?,
            None => from_the_beginning(segments),
        };
        let resumed = !progress.positions.is_empty();
        let name = job.name.clone();
        Ok(Self { store: store.cloned(), name, progress, resumed, moved: BTreeMap::new(), letters: Vec::new(), first: None, kept: Instant::now() })
    }

    pub(super) fn counts(&self) -> Counts {
        self.progress.counts
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
            self.letters.push(letter);
        }
    }

    /// What was wrong with the first item that this run put aside.
    pub(super) fn first_letter(&self) -> Option<String> {
        self.first.clone()
    }

    /// What was done since it was last told.
    pub(super) fn add(&mut self, counts: Counts) {
        self.progress.counts += counts;
    }

    /// Begins to keep what there is, if it is time, and to hear what a person says.
    pub(super) fn keep_if_due(&mut self, now: Instant) -> Option<Keeping> {
        if now.saturating_duration_since(self.kept) < EVERY {
            return None;
        }
        self.kept = now;
        let keeping = self.keep();
        let store = self.store.clone()?;
        Some(Box::pin(async move {
            keeping.await?;
            let unheard = |error| Unkept { moved: BTreeMap::new(), letters: Vec::new(), error };
            store.control().await.map_err(unheard)
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
        let begun = Instant::now();
        while let Err(unkept) = self.keep().await {
            if !sound || begun.elapsed() >= PATIENCE {
                return Err(unkept.error);
            }
            self.take_back(unkept)?;
            sleep(EVERY).await;
        }
        Ok(())
    }

    /// What a person says to the run, at its beginning.
    pub(super) async fn control(&self) -> Result<Control, Error> {
        match &self.store {
            Some(store) => store.control().await,
            None => Ok(Control::default()),
        }
    }

    pub(super) async fn next_sweep(&mut self) -> Result<(), Error> {
        self.progress.sweep += 1;
        self.progress.positions.clear();
        self.resumed = false;
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
            Err(error) if passes(&error) && begun.elapsed() < PATIENCE => sleep(EVERY).await,
            other => return other,
        }
    }
}
