//! The pipeline: look and plan without the lock, then again under it. Between taking and giving back the lock there is no `?`.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::builder::Migrator;
use super::observe::Look;
use super::refusal::{refuse, refuse_all};
use super::report::Report;
use super::run::Run;
use super::saved::{Approved, used_up};
use crate::aws::apply::{Wait, apply};
use crate::aws::lock::{Held, Lock};
use crate::budget::Budget;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::migration::Version;
use crate::plan::{Droppable, Notice, Phase, Plan, Refusal, Request, VerifyKeys, plan};
use crate::schema::{Hazard, TableName};
use crate::step::Step;

/// What `up` is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which phase. Default: both.
    pub phase: Phase,
    /// The last migration to run. Default: all.
    pub to: Option<Version>,
    /// What may be dropped besides what the code names; physical names.
    pub consent: BTreeSet<Droppable>,
    /// Hazards that are accepted besides those that the code accepts; physical names.
    pub accept: BTreeSet<(TableName, Hazard)>,
    /// Whether a table is backed up before it is dropped, where the engine can. Default: yes.
    pub backup: bool,
    /// Whether items are looked at before an index is built or time to live is switched on. Default: where that costs next to nothing.
    pub verify_keys: VerifyKeys,
    /// Whether indexes that are being built are left to themselves: the run then ends as incomplete. Default: no.
    pub no_wait: bool,
    /// How long the run may take: then it stops at the next safe point, and ends as incomplete. Default: as long as it takes.
    pub deadline: Option<Duration>,
    /// How long to wait for somebody else's lock. Default: 5 minutes.
    pub lock_wait: Duration,
    /// What the migrations of the run may use of the tables' capacity, and cost.
    pub budget: Budget,
    /// Into how many segments a table is split that is gone through. Default: more than it may have partitions.
    pub segments: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            phase: Phase::All,
            to: None,
            consent: BTreeSet::new(),
            accept: BTreeSet::new(),
            backup: true,
            verify_keys: VerifyKeys::WhenCheap,
            no_wait: false,
            deadline: None,
            lock_wait: Duration::from_secs(300),
            budget: Budget::default(),
            segments: None,
        }
    }
}

/// A plan that was made and not yet carried out.
#[derive(Debug)]
pub struct Prepared<'a> {
    pub(super) migrator: &'a Migrator,
    pub(super) options: Options,
    pub(super) request: Request,
    foreseen: Foreseen,
    pub(super) look: Look,
    pub(super) begun: Instant,
    /// The saved plan that it must not go beyond.
    pub(super) saved: Option<Box<Approved>>,
}

/// What was planned without the lock.
#[derive(Debug)]
enum Foreseen {
    /// All that was found is judged: where nothing is to be done, that is the end.
    Whole(Plan),
    /// What was left to the look under the lock is not: even an empty plan proves nothing.
    Waits(Plan),
}

impl Foreseen {
    const fn plan(&self) -> &Plan {
        match self {
            Self::Whole(plan) | Self::Waits(plan) => plan,
        }
    }

    fn takes_lock(&self) -> bool {
        match self {
            Self::Whole(plan) => plan.ahead.is_none() && !plan.is_empty(),
            Self::Waits(_) => true,
        }
    }
}

impl Migrator {
    /// Looks and plans, writing nothing.
    pub async fn prepare(&self, options: Options) -> Result<Prepared<'_>, Error> {
        let request = self.request(&options);
        let begun = Instant::now();
        loop {
            let look = self.look(&request, None).await?;
            let plan = self.with_history(plan(&self.declared, &look.observed, &request), &look);
            // The history is read before the tables: what another run made in between seems to be nobody's. A refusal holds only if
            // no record came meanwhile.
            if plan.refusals.is_empty() || self.history().await?.len() == look.observed.history.records().len() {
                let foreseen = Foreseen::Whole(plan);
                return Ok(Prepared { migrator: self, options, request, foreseen, look, begun, saved: None });
            }
        }
    }

    /// What of the options a plan follows from.
    fn request(&self, options: &Options) -> Request {
        let Options { phase, to, consent, accept, backup, verify_keys, budget, .. } = options.clone();
        Request { phase, to, consent, accept, backup, verify_keys, budget, local: self.local }
    }

    /// What `up` would do, writing nothing. Its refusals are part of it, not an error.
    pub async fn plan(&self, options: Options) -> Result<Plan, Error> {
        let (Foreseen::Whole(plan) | Foreseen::Waits(plan)) = self.prepare(options).await?.foreseen;
        Ok(plan)
    }

    /// The whole pipeline: [`prepare`](Migrator::prepare), then [`apply`](Prepared::apply).
    ///
    /// # Errors
    /// A refusal before the first write (`M03xx`, `M04xx`), a held or lost lock (`M05xx`), the engine's errors (`M06xx`), a migration's own
    /// (`M07xx`). After any of them it can be run again: it goes on where it stopped.
    pub async fn up(&self, options: Options) -> Result<Report, Error> {
        let prepared = Box::pin(self.prepare(options)).await?;
        // On the heap: unoptimised, what is as deep as this takes a large part of a test thread's stack.
        Box::pin(prepared.patient().apply()).await
    }

    /// Takes the lock, after making the management table if it is not there.
    pub(super) async fn take_lock(&self, managed: bool, doing: &str, wait: Duration) -> Result<Held, Error> {
        if !managed {
            refuse_all(self.no_history())?;
            let step = Step::CreateTable { schema: self.management.clone() };
            self.listener.say(Event::CreatingManagementTable { table: self.management.name.clone() });
            apply(&self.client, &step, &Wait::default(), !self.local, &mut |_, _| {}).await?;
        }
        Lock::new(&self.store(self.client.clone()), &self.run, self.pace).acquire(doing, wait, &self.listener, &self.stop).await
    }
}

impl Prepared<'_> {
    /// What is to be done.
    pub fn plan(&self) -> &Plan {
        self.foreseen.plan()
    }

    /// Whether [`apply`](Prepared::apply) takes the lock: there is something to do, or it shows only then whether there is.
    pub fn takes_lock(&self) -> bool {
        self.foreseen.takes_lock()
    }

    /// Leaves to the look under the lock what somebody who holds it now may be at work on: a migration that was begun and asks, a rollback. It is
    /// waited for then, and refused only if it still stands like that when its holder is done or gone. Until then even an empty plan proves nothing:
    /// [`apply`](Prepared::apply) waits too.
    #[must_use]
    pub fn patient(self) -> Self {
        let Some(lock) = self.look.lock.as_ref().filter(|lock| !lock.released) else { return self };
        let at_work = format!("{} holds the lock since {} and may be at work on it", lock.holder.who(), lock.since);
        let is_theirs = |refusal: &mut Refusal| refusal.kind == ErrorKind::Unsettled;
        let foreseen = match self.foreseen {
            Foreseen::Whole(mut plan) => {
                let theirs: Vec<Refusal> = plan.refusals.extract_if(.., is_theirs).collect();
                let is_whole = theirs.is_empty();
                plan.notices.extend(theirs.into_iter().map(|Refusal { what, .. }| {
                    let help = "it is waited for, and judged again then; `migrate lock` shows whether its beat stands still";
                    Notice::new(format!("{what}; {at_work}"), help)
                }));
                if is_whole { Foreseen::Whole(plan) } else { Foreseen::Waits(plan) }
            }
            waits @ Foreseen::Waits(_) => waits,
        };
        Self { foreseen, ..self }
    }

    /// Carries it out: refuses what lacks consent, takes the lock only if there is something to do or to wait for, plans again under it.
    ///
    /// # Errors
    /// As [`Migrator::up`].
    pub async fn apply(self) -> Result<Report, Error> {
        let plan = self.foreseen.plan();
        refuse(plan)?;
        if !self.takes_lock() {
            return Ok(Report::of(plan));
        }
        let Options { no_wait, deadline, lock_wait, segments, .. } = self.options;
        let wait = Wait {
            stop: self.migrator.stop.clone(),
            leave_builds: no_wait,
            deadline: deadline.and_then(|within| self.begun.checked_add(within)),
            ..Wait::default()
        };
        self.migrator.stop.safe_point()?;
        let left = deadline.map_or(lock_wait, |within| lock_wait.min(within.saturating_sub(self.begun.elapsed())));
        self.migrator.tell_owners(&plan.records, left).await?;
        let held = self.migrator.take_lock(self.look.managed, "planning", left).await?;
        let bound = self.saved.is_some();
        let outcome = Box::pin(Run::begin(self.migrator, &held, self.request, self.saved, wait)).await;
        let outcome = match outcome {
            Ok(run) => Box::pin(Run { segments, ..run }.sharing(plan, lock_wait).execute()).await,
            Err(error) => Err(error),
        };
        held.release().await;
        self.migrator.listener.say(Event::LockReleased);
        if bound { outcome.map_err(used_up) } else { outcome }
    }
}
