//! Every fault at every call of a run, each tried on a database of its own: after a clean run the database must be as one that nothing befell.
//! It never knows what the run does.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

use super::call::Call;
use super::case::{At, Case};
use super::db::TestDb;
use super::dump::Dump;
use super::fault::Fault;
use super::recorder::Recorder;
use super::told;
use crate::error::{Error, Result};
use crate::migration::{self, MigrationId, OnInterrupt};
use crate::migrator::{Options, Outcome, Report};
use crate::registry::Sequence;

/// As long as the command line waits for an answer; the clock stands still, so that nobody does.
const PATIENCE: Duration = Duration::from_secs(15);
/// How far apart the calls are that meet a passing fault in one run, of those that it concerns.
const APART: usize = 7;
/// Who has seen so many failures knows enough.
const ENOUGH: usize = 5;

/// Runs an application's migrations under every [`Fault`] at every call that they make, and compares what is left with an undisturbed run.
///
/// Each case is an embedded engine of its own, prepared by the test. A run meets the fault; a clean run follows, which must succeed; the
/// [`Dump`] must then be that of an undisturbed run; and a last run must find nothing to do. All of it happens on threads and a clock of its
/// own, where waiting takes no time: the test itself is an ordinary `#[test]`.
///
/// Faults that [pass](Fault::passes) are met by several calls of one run, by each that they concern in one run or another; where such a run ends
/// otherwise, they are tried one by one. A failure shows the call, the fault and a line that repeats this one case.
///
/// ```no_run
/// # use migrate_core::testing::Sweep;
/// # use migrate_core::{Table, registry::Sequence};
/// # fn example<Customer: Table>(shop: Sequence) {
/// Sweep::with(shop).run(async |db| {
///     db.up_to(6).await?; // what is run under faults is all that is left to do
///     db.put::<Customer>(serde_json::json!({"id": "1", "email": "A@X"})).await?;
///     Ok(())
/// });
/// # }
/// ```
#[derive(Debug)]
pub struct Sweep {
    sequence: Sequence,
    options: Options,
    faults: Vec<Fault>,
    strict: bool,
    twice: usize,
    seed: u64,
}

/// A run that nothing befell.
struct Reference {
    calls: Vec<Call>,
    left: Dump,
    /// The first of the migrations that ran there of which only a person may say how it stands once a run died in it.
    asks: Option<MigrationId>,
}

impl Sweep {
    /// A sweep over what is linked for a crate that has `migrations!()`.
    ///
    /// # Panics
    /// What is linked cannot be run ([`Sequence::of`]).
    pub fn of<S: migration::Sequence>(sequence: S) -> Self {
        Self::with(Sequence::of(sequence).unwrap_or_else(|error| panic!("{error:?}")))
    }

    /// A sweep over a sequence as the caller made it.
    pub fn with(sequence: Sequence) -> Self {
        let seed = told::seed();
        Self { sequence, options: Options::default(), faults: Fault::ALL.to_vec(), strict: false, twice: 0, seed }
    }

    /// What the runs are asked to do. Default: all that is due.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Tries these faults alone. Default: all.
    #[must_use]
    pub fn only(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self { faults: faults.into_iter().collect(), ..self }
    }

    /// Demands as well that no run fails of a fault that [passes](Fault::passes).
    #[must_use]
    pub fn strictly(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Kills the next run too: for each crash of the first at so many of its calls, chosen by `MIGRATE_TEST_SEED`, or at every one with
    /// `MIGRATE_TEST_FULL=1`. Only crashes are tried then.
    #[must_use]
    pub fn crashing_twice(self, samples: usize) -> Self {
        let faults = [Fault::CrashBefore, Fault::CrashAfter].into();
        Self { twice: samples, faults, ..self }
    }

    /// Tries all cases. `given` prepares each database: from then on the calls count.
    ///
    /// # Panics
    /// A case ends otherwise than an undisturbed run; the preparation or the undisturbed run fails; or a migration that says
    /// `on_interrupt = ask` would meet a fault that does not [pass](Fault::passes).
    pub fn run(self, given: impl AsyncFn(&TestDb) -> Result + Sync) {
        let test = std::thread::current().name().filter(|name| *name != "main").map(ToOwned::to_owned);
        let undisturbed = || on_a_clock_of_its_own(self.reference(&given));
        let reference = std::thread::scope(|scope| scope.spawn(undisturbed).join());
        let reference = match reference {
            Ok(Ok(reference)) => reference,
            Ok(Err(why)) => panic!("without any fault: {why}"),
            Err(panic) => std::panic::resume_unwind(panic),
        };
        if let Some(asks) = reference.asks.as_ref().filter(|_| self.faults.iter().any(|fault| !fault.passes())) {
            panic!("{}", unanswered(asks));
        }
        let cases = match told::repeat() {
            Some(case) => vec![repeated(&case, &reference.calls).unwrap_or_else(|why| panic!("{}: {why}", told::REPEAT))],
            None => self.cases(&reference.calls),
        };
        let failures = self.try_all(&cases, &reference, &given);
        if failures.is_empty() {
            return;
        }
        let package = told::package().map(|package| format!(" -p {package}")).unwrap_or_default();
        let test = test.map(|test| format!(" {test}")).unwrap_or_default();
        let shown = failures.iter().map(|(case, why)| {
            let call = reference.calls.get(case.first.k).map_or("?", |call| &call.operation);
            let repeat = format!("{}='{case}' cargo test{package}{test}", told::REPEAT);
            let At { k, every, fault } = case.first;
            let met = every
                .map_or_else(|| format!("call {k} {call}"), |every| format!("calls {k}, {}, .. of those it concerns", k + every));
            format!("{met}, {fault}: {why}\n  repeat it: {repeat}\n")
        });
        let shown: Vec<String> = shown.collect();
        let (calls, all, seed) = (reference.calls.len(), cases.len(), self.seed);
        panic!("of {all} cases over {calls} calls, seed {seed}, these end otherwise than they should:\n\n{}", shown.join("\n"));
    }

    fn cases(&self, calls: &[Call]) -> Vec<Case> {
        let mut chance = self.seed;
        let mut below = |n: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(chance >> 33).unwrap_or_default() % n.max(1)
        };
        let mut cases = Vec::new();
        if self.twice == 0 {
            let passing = self.faults.iter().copied().filter(|fault| fault.passes());
            cases.extend(passing.flat_map(|fault| (0..APART).map(move |k| Case::each(k, APART, fault))));
        }
        for call in calls {
            let alone = |fault: &Fault| !fault.passes() || (told::is_full() && self.twice == 0);
            for fault in self.faults.iter().copied().filter(|fault| alone(fault) && fault.concerns(call)) {
                let once = Case::once(call.index, fault);
                let crash = |k, after| {
                    let fault = if after { Fault::CrashAfter } else { Fault::CrashBefore };
                    Case { second: Some(At::one(k, fault)), ..once }
                };
                if self.twice == 0 {
                    cases.push(once);
                } else if told::is_full() {
                    cases.extend((0..calls.len()).flat_map(|k| [crash(k, false), crash(k, true)]));
                } else {
                    cases.extend((0..self.twice).map(|_| crash(below(calls.len()), below(2) == 0)));
                }
            }
        }
        cases
    }

    /// On as many threads as the machine has.
    fn try_all(
        &self,
        cases: &[Case],
        reference: &Reference,
        given: &(impl AsyncFn(&TestDb) -> Result + Sync),
    ) -> Vec<(Case, String)> {
        let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let failed = || failures.lock().unwrap_or_else(PoisonError::into_inner);
        let work = || {
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                // A panic is a failure as any other: it must not take its case with it.
                let attempt = |case| {
                    let ended = catch_unwind(AssertUnwindSafe(|| on_a_clock_of_its_own(self.attempt(case, reference, given))));
                    ended.unwrap_or_else(|panic| Err(panicked(&*panic))).err().map(|why| (case, why))
                };
                if let Some(together) = attempt(*case) {
                    let alone = case.singly(&reference.calls).into_iter().find_map(attempt);
                    failed().push(alone.unwrap_or(together));
                }
                if failed().len() >= ENOUGH {
                    return;
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort_by_key(|(case, _)| (case.first.k, case.first.fault));
        failures
    }

    async fn prepared(&self, given: &impl AsyncFn(&TestDb) -> Result) -> Result<TestDb, String> {
        let db = TestDb::embedded(self.sequence.clone()).map_err(|error| format!("{error:?}"))?;
        given(&db).await.map_err(|error| format!("what is given fails: {error:?}"))?;
        Ok(db)
    }

    async fn reference(&self, given: &impl AsyncFn(&TestDb) -> Result) -> Result<Reference, String> {
        let db = self.prepared(given).await?;
        let recorder = Recorder::of(&db.client());
        let report = self.up(&db, &recorder).await.map_err(|error| format!("the run fails: {error:?}"))?;
        if recorder.writes().is_empty() {
            return Err("there is nothing to do, so that no fault can harm it".to_owned());
        }
        let ran = report.migrations.into_iter().filter(|one| !one.skipped).map(|one| one.migration);
        let mut asking = ran.filter(|id| {
            let entry = self.sequence.migration(id.version);
            entry.is_some_and(|entry| entry.meta.on_interrupt == OnInterrupt::Ask)
        });
        Ok(Reference { calls: recorder.calls(), left: left(&db).await?, asks: asking.next() })
    }

    async fn up(&self, db: &TestDb, through: &Recorder) -> Result<Report, Error> {
        let client = through.attach(&db.client());
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build();
        // Of its own: no case has fewer retries because of another.
        let retries = RetryPartition::custom("a case").build();
        let config = client.config().to_builder().timeout_config(timeouts).retry_partition(retries);
        let migrator = db.migrator_of(self.sequence.clone(), Client::from_conf(config.build()))?;
        migrator.up(self.options.clone()).await
    }

    /// A run that meets a fault; `None` if it died of it.
    async fn troubled(&self, db: &TestDb, recorder: &Recorder, fault: Fault) -> Option<Result<Report, Error>> {
        if !fault.is_crash() {
            return Some(self.up(db, recorder).await);
        }
        tokio::select! {
            ended = self.up(db, recorder) => Some(ended),
            () = recorder.hung() => None,
        }
    }

    async fn attempt(&self, case: Case, reference: &Reference, given: &impl AsyncFn(&TestDb) -> Result) -> Result<(), String> {
        let db = self.prepared(given).await?;
        let mut last = Recorder::of(&db.client()).failing(case.first.judge());
        let ended = self.troubled(&db, &last, case.first.fault).await;
        if let Some(Err(error)) = ended
            && self.strict
            && case.first.fault.passes()
        {
            return Err(format!("the run that met it fails: {error:?}"));
        }
        if let Some(second) = case.second {
            last = Recorder::of(&db.client()).after(&last).failing(second.judge());
            // Whatever became of it, the next one is to go on.
            let _ = self.troubled(&db, &last, second.fault).await;
        }
        let clean = Recorder::of(&db.client()).after(&last);
        self.up(&db, &clean).await.map_err(|error| format!("the clean run after it fails: {error:?}"))?;
        clean.arrive().await;
        let left = left(&db).await?;
        if left != reference.left {
            return Err(format!("what is left is not what an undisturbed run leaves:\n{}", reference.left.difference(&left)));
        }
        let idle = Recorder::of(&db.client());
        let report = self.up(&db, &idle).await.map_err(|error| format!("a last run fails: {error:?}"))?;
        let writes: Vec<String> = idle.writes().into_iter().map(|call| call.operation).collect();
        if report.outcome != Outcome::NothingToDo || !writes.is_empty() {
            return Err(format!("a last run still finds something to do: {:?}, {writes:?}", report.outcome));
        }
        Ok(())
    }
}

/// The run after a crash asks a person, and a sweep is none.
fn unanswered(asks: &MigrationId) -> String {
    let n = asks.version.get();
    let before = n.saturating_sub(1);
    format!(
        "migration {asks} says `on_interrupt = ask`: what a run leaves that dies in it only a person can settle (M0409), so that no clean run can follow\n  \
         help: sweep what comes before it: `.options(Options {{ to: Some(Version::new({before})), ..Options::default() }})`\n  \
         help: sweep what comes after it where it is done: `db.given([.., Past::Applied({n})])`\n  \
         help: sweep it with what passes by itself: `.only(Fault::ALL.into_iter().filter(|fault| fault.passes()))`"
    )
}

/// What befalls no call would pass, and show nothing.
fn repeated(text: &str, calls: &[Call]) -> Result<Case, String> {
    let case: Case = text.parse()?;
    let At { k, every, fault } = case.first;
    let concerned = |call: &Call| fault.is_crash() || fault.concerns(call);
    let among = match every {
        None => calls.len(),
        Some(_) => calls.iter().filter(|call| fault.concerns(call)).count(),
    };
    match calls.get(k) {
        _ if k >= among => Err(format!("`{text}` begins at call {k}, but there are only {among} calls, from 0 on")),
        Some(call) if every.is_none() && !concerned(call) => {
            Err(format!("`{text}` befalls nothing: call {k} is {}, which {fault} does not concern", call.operation))
        }
        _ => Ok(case),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("without a message"))
}

async fn left(db: &TestDb) -> Result<Dump, String> {
    db.dump().await.map_err(|error| format!("the database cannot be read: {error:?}"))
}

/// Waiting takes no time there: the clock jumps as soon as nothing is left to do.
fn on_a_clock_of_its_own<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime for one case").block_on(work)
}
