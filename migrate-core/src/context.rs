//! What user code is handed while its migration runs; knows no other migration, no plan, no lock and no history.

mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;

pub(crate) use self::terms::{Mode, Terms, Work};
use crate::aws::cut;
use crate::error::Error;
use crate::event::{Event, Listener, Pass};
use crate::history::Counts;
use crate::migration::{MigrationId, Version};
use crate::schema::{Naming, Table};
use crate::stop::Stop;

/// What a migration works with: its tables, and the client for everything else.
///
/// [`table`](Self::table) gives a table's items as a type, [`items`](Self::items) gives them raw; both write only what a
/// function changes, and never over somebody else's write. [`client`](Self::client) is the ordinary client of the SDK.
///
/// ```
/// # use migrate_core::MigrationContext;
/// # async fn a_migration(cx: &MigrationContext) -> migrate_core::Result {
/// cx.note("the old bucket is left as it is");
/// let tables = cx.client().list_tables().send().await?;
/// # Ok(())
/// # }
/// ```
pub struct MigrationContext {
    work: Work,
    counts: Mutex<Counts>,
    touched: Mutex<BTreeSet<String>>,
    /// How often each verb was begun on each table: the place of a job in its migration.
    begun: Mutex<BTreeMap<String, u32>>,
    /// Jobs that write and have not come to their end.
    open: Mutex<BTreeSet<String>>,
    samples: Mutex<Vec<Sample>>,
    /// What each job did so far, in the order in which they were begun; and the sum of all.
    jobs: Mutex<(Vec<JobSoFar>, Counts)>,
}

/// A job, and what it did so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobSoFar {
    /// Verb, table, how manieth.
    pub place: String,
    pub table: String,
    /// Items that were read, also those that a filter left out.
    pub items: u64,
    pub of_items: Option<u64>,
    pub counts: Counts,
}

/// A change that was only tried, to be shown: attributes with what they are and would be, as DynamoDB's JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub table: String,
    /// The item's key, escaped and cut.
    pub key: String,
    pub changes: Vec<(String, Option<String>, Option<String>)>,
}

impl MigrationContext {
    /// A context for one run of one migration.
    pub(crate) fn new(work: Work) -> Self {
        Self {
            work,
            counts: Mutex::default(),
            touched: Mutex::default(),
            begun: Mutex::default(),
            open: Mutex::default(),
            samples: Mutex::default(),
            jobs: Mutex::default(),
        }
    }

    /// A context outside of any run, to try a migration's function in a test of your own.
    ///
    /// Nothing is locked and nothing is recorded; [`migration`](Self::migration) is number 0.
    ///
    /// ```no_run
    /// # use migrate_core::MigrationContext;
    /// # use migrate_core::schema::Prefix;
    /// # async fn lowercase_emails(cx: &MigrationContext) -> migrate_core::Result { Ok(()) }
    /// # async fn test(client: aws_sdk_dynamodb::Client) -> migrate_core::Result {
    /// // … create the table, put an item …
    /// lowercase_emails(&MigrationContext::detached(client, Prefix::default())).await?;
    /// // … look at the item …
    /// # Ok(())
    /// # }
    /// ```
    pub fn detached(client: Client, naming: impl Into<Naming>) -> Self {
        Self::new(Work {
            client: cut::asking_again(&client),
            naming: naming.into(),
            migration: MigrationId { version: Version::new(0), name: "detached".to_owned() },
            listener: Listener::silent(),
            stop: Stop::default(),
            terms: Terms::default(),
        })
    }

    /// The client that this migration may use for whatever [`table`](Self::table) and [`items`](Self::items) do not do.
    ///
    /// It refuses to work once the run has lost its lock. What is written through it is not counted, and nothing makes it safe
    /// to repeat: a migration that failed is run again from its start.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// let page = cx.client().scan().table_name(cx.table_name::<Customer>()).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(&self) -> &Client {
        &self.work.client
    }

    /// The name that a declared table has in this environment, by its prefix, its template or an explicit name.
    ///
    /// The table is then listed among those that the migration touched.
    pub fn table_name<T: Table>(&self) -> String {
        let name = self.work.naming.text(&T::schema().name);
        held(&self.touched).insert(name.clone());
        name
    }

    /// The migration that is running.
    pub fn migration(&self) -> &MigrationId {
        &self.work.migration
    }

    /// Tells whoever watches the run a line. Put no data of your items into it.
    pub fn note(&self, text: impl Into<String>) {
        self.work.listener.say(Event::MigrationNote { migration: self.work.migration.clone(), text: text.into() });
    }

    /// A point where a run that was asked to stop stops: every write so far is whole.
    pub(crate) fn safe_point(&self) -> Result<(), Error> {
        self.work.stop.safe_point()
    }

    /// A wish to stop, to be waited for.
    pub(crate) fn stop(&self) -> &Stop {
        &self.work.stop
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.work.terms
    }

    /// The place of a job among those of its migration: a verb on a table, and the how manieth of them. The same in each run.
    pub(crate) fn place(&self, verb: &str, table: &str) -> String {
        let place = format!("{verb} {table} {}", self.count(&format!("{verb} {table}")));
        let job = JobSoFar { place: place.clone(), table: table.to_owned(), items: 0, of_items: None, counts: Counts::default() };
        held(&self.jobs).0.push(job);
        place
    }

    /// How often this was counted in this run, this time included.
    pub(crate) fn count(&self, what: &str) -> u32 {
        let mut begun = held(&self.begun);
        let count = begun.entry(what.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// A job that writes was begun; what it could not do must not be taken for done.
    pub(crate) fn begin(&self, place: &str) {
        held(&self.open).insert(place.to_owned());
    }

    /// It came to its end.
    pub(crate) fn end(&self, place: &str) {
        held(&self.open).remove(place);
    }

    /// A job that writes and did not come to its end, whatever the function made of that.
    pub(crate) fn unfinished(&self) -> Option<String> {
        held(&self.open).first().cloned()
    }

    /// Adds to what was done so far.
    pub(crate) fn add(&self, done: Counts) {
        *held(&self.counts) += done;
    }

    /// Whether more changes are to be kept than are.
    pub(crate) fn wants_samples(&self, show: usize) -> bool {
        held(&self.samples).len() < show
    }

    /// Keeps a change that was only tried.
    pub(crate) fn keep(&self, sample: Sample) {
        held(&self.samples).push(sample);
    }

    /// What each job did so far, in the order in which they were begun.
    pub(crate) fn jobs(&self) -> Vec<JobSoFar> {
        held(&self.jobs).0.clone()
    }

    /// The changes that were kept.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        held(&self.samples).clone()
    }

    /// Says how far a pass is.
    pub(crate) fn progress(&self, pass: Pass) {
        let (migration, counts) = (self.work.migration.clone(), self.counts());
        let (jobs, sum) = &mut *held(&self.jobs);
        // What is new is of the job that went on: the one that was begun last on this table.
        if let Some(job) = jobs.iter_mut().rev().find(|job| job.table == pass.table) {
            (job.items, job.of_items) = (pass.items, pass.of_items);
            job.counts += counts.since(*sum);
            *sum = counts;
        }
        self.work.listener.say(Event::MigrationProgress { migration, counts, pass });
    }

    /// What was done so far, also by a call that then failed.
    pub(crate) fn counts(&self) -> Counts {
        *held(&self.counts)
    }

    /// The physical names of the tables that the migration asked for, in order.
    pub(crate) fn tables_touched(&self) -> Vec<String> {
        held(&self.touched).iter().cloned().collect()
    }
}

impl fmt::Debug for MigrationContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationContext").field("migration", &self.work.migration).finish_non_exhaustive()
    }
}

/// No user code runs under these locks, so a panic leaves nothing half done behind them.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};

    struct Orders;
    impl Table for Orders {
        fn schema() -> TableSchema {
            let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
            TableSchema::new(TableName::checked("orders"), key)
        }
    }

    #[test]
    fn what_is_done_adds_up_and_is_said() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = Listener::new({
            let heard = heard.clone();
            move |event| {
                held(&heard).push(match event {
                    Event::MigrationProgress { migration, counts, .. } => format!("{migration}: {} changed", counts.changed),
                    Event::MigrationNote { migration, text } => format!("{migration}: {text}"),
                    event => format!("{event:?}"),
                });
            }
        });
        let cx = MigrationContext::new(Work {
            client: client(),
            naming: Naming::template("test-{name}-1").unwrap(),
            migration: MigrationId { version: Version::new(7), name: "seven".to_owned() },
            listener,
            stop: Stop::default(),
            terms: Terms::default(),
        });
        let pass = || Pass {
            table: "test-orders-1".to_owned(),
            sweep: 1,
            items: 1,
            of_items: None,
            per_second: 0.0,
            write_units_per_second: 0.0,
            write_limit: None,
            read_units_per_second: 0.0,
            read_limit: None,
            waiting: None,
            left: None,
        };

        assert_eq!((cx.counts(), cx.tables_touched()), (Counts::default(), Vec::new()));
        assert_eq!(cx.table_name::<Orders>(), "test-orders-1");
        cx.add(Counts { changed: 1, ..Counts::default() });
        cx.progress(pass());
        cx.note("half way");
        cx.add(Counts { changed: 2, ..Counts::default() });
        cx.progress(pass());
        assert_eq!(cx.counts().changed, 3);
        assert_eq!(cx.tables_touched(), ["test-orders-1"]);
        assert_eq!(*held(&heard), ["0007 seven: 1 changed", "0007 seven: half way", "0007 seven: 3 changed"]);
    }

    #[test]
    fn a_job_has_the_same_place_in_each_run() {
        let cx = || MigrationContext::detached(client(), Naming::default());
        for cx in [cx(), cx()] {
            let places =
                [("update", "a"), ("update", "b"), ("update", "a"), ("delete", "a")].map(|(verb, table)| cx.place(verb, table));
            assert_eq!(places, ["update a 1", "update b 1", "update a 2", "delete a 1"]);
        }
    }

    #[test]
    fn what_is_done_is_counted_for_the_job_that_did_it() {
        let cx = MigrationContext::detached(client(), Naming::default());
        let pass = |table: &str, items| Pass {
            table: table.to_owned(),
            sweep: 1,
            items,
            of_items: Some(9),
            per_second: 0.0,
            write_units_per_second: 0.0,
            write_limit: None,
            read_units_per_second: 0.0,
            read_limit: None,
            waiting: None,
            left: None,
        };
        for (verb, table, items) in [("update", "a", 3), ("verify", "a", 2), ("update", "b", 1)] {
            cx.place(verb, table);
            for _ in 0..2 {
                cx.add(Counts { changed: items, ..Counts::default() });
                cx.progress(pass(table, items));
            }
        }
        let jobs: Vec<_> = cx.jobs().into_iter().map(|job| (job.place, job.items, job.counts.changed)).collect();
        assert_eq!(jobs, [("update a 1".to_owned(), 3, 6), ("verify a 1".to_owned(), 2, 4), ("update b 1".to_owned(), 1, 2)]);
    }

    fn client() -> Client {
        let config = aws_sdk_dynamodb::Config::builder().behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest());
        Client::from_conf(config.build())
    }
}
