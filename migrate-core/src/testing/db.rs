//! A database for one test: an engine, the application's own sequence, and items in any shape. It never knows what the test is about.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dump::{self, Dump};
use super::place::Place;
use super::recorder::Recorder;
use crate::aws::fault::explain;
use crate::error::{Error, ErrorKind};
use crate::history::{History, MigrationStatus};
use crate::iam::Action;
use crate::migration;
use crate::migration::Version;
use crate::migrator::{Migrator, Options, Outcome, Report, RollbackOptions, RollbackReport};
use crate::registry::{MigrationEntry, Sequence};
use crate::schema::{Naming, Prefix, Table, TableName};

/// A database for one test, empty at first and gone at its end.
///
/// It is the embedded engine in memory; with `MIGRATE_TEST_ENDPOINT=http://localhost:8000` it is that endpoint, with a prefix of its own for
/// all tables, which are deleted when this value is dropped.
#[derive(Debug)]
pub struct TestDb {
    place: Place,
    sequence: Sequence,
}

#[derive(Debug, thiserror::Error)]
#[error("sequence `{sequence}` has no migration {version}; it has {known}")]
struct NoSuchMigration {
    sequence: &'static str,
    version: Version,
    known: String,
}

/// What a verb of a test was asked for and has not done.
#[derive(Debug, thiserror::Error)]
#[error("{asked} did not do it all: {why}")]
struct NotDone {
    asked: String,
    why: String,
}

#[derive(Debug, thiserror::Error)]
#[error("table {table} is not made yet in this test's database")]
struct NotMade {
    table: String,
}

impl TestDb {
    /// An empty database for a crate that has `migrations!()`: `TestDb::of(shop::Migrations)`, with all that is linked for it.
    ///
    /// # Errors
    /// What is linked cannot be run ([`Sequence::of`]); the engine cannot be started.
    pub fn of<S: migration::Sequence>(sequence: S) -> Result<Self, Error> {
        Self::with(Sequence::of(sequence)?)
    }

    /// An empty database for a sequence as the caller made it.
    ///
    /// # Errors
    /// The engine cannot be started.
    pub fn with(sequence: Sequence) -> Result<Self, Error> {
        Ok(Self { place: Place::told()?, sequence })
    }

    /// The same on the embedded engine, whatever the environment says: where the clock stands still nobody else may be waited for.
    pub(super) fn embedded(sequence: Sequence) -> Result<Self, Error> {
        Ok(Self { place: Place::embedded()?, sequence })
    }

    /// A client of the engine, for all that has no verb here.
    pub fn client(&self) -> Client {
        self.place.client.clone()
    }

    /// The application's sequence.
    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// The physical name of a table here.
    ///
    /// # Errors
    /// With a prefix it is longer than DynamoDB takes.
    pub fn table_name<T: Table>(&self) -> Result<String, Error> {
        self.physical(&T::schema().name)
    }

    fn physical(&self, table: &TableName) -> Result<String, Error> {
        let name = self.naming()?.physical(table).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
        Ok(name.to_string())
    }

    fn naming(&self) -> Result<Naming, Error> {
        if self.place.prefix.is_empty() {
            return Ok(Naming::default());
        }
        let prefix = Prefix::new(self.place.prefix.clone()).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
        Ok(prefix.into())
    }

    /// The migrator of the application's sequence on this database: `status`, `plan` and every other verb.
    ///
    /// # Errors
    /// A table's name is none that DynamoDB takes.
    pub fn migrator(&self) -> Result<Migrator, Error> {
        self.migrator_of(self.sequence.clone(), self.client())
    }

    /// A migrator of another sequence, such as an older release's, or through another client, such as one that a [`Recorder`] watches.
    ///
    /// # Errors
    /// As [`migrator`](TestDb::migrator).
    pub fn migrator_of(&self, sequence: Sequence, client: Client) -> Result<Migrator, Error> {
        build(sequence, client, self.naming()?)
    }

    /// `up`: all that the code declares and that is not there yet. Where nothing was done before, this is a fresh database, whose migrations are
    /// recorded and not run; after [`up_to`](TestDb::up_to) or [`given`](TestDb::given) it is one that was in use.
    ///
    /// # Errors
    /// As [`Migrator::up`].
    pub async fn up(&self) -> Result<Report, Error> {
        self.migrator()?.up(Options::default()).await
    }

    /// A database that was in use when `last` was the last migration: the tables as they are declared today, and the migrations up to `last`
    /// run on whatever items are there. All later ones are still due, whatever the database holds. `up_to(0)` makes the tables and runs none.
    ///
    /// For tables as they were then, bring an older sequence up: `db.migrator_of(sequence.with_tables(..), db.client())`.
    ///
    /// A later one that is recorded already stays as it is: what is due up to `last` is run beside it, as by `migrate up --to`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the code has no such migration, and for `up_to(0)` where something is recorded of one; [`ErrorKind::Ahead`] after a
    /// newer code's run; else as [`Migrator::up`].
    pub async fn up_to(&self, last: u32) -> Result<Report, Error> {
        let asked = format!("`up_to({last})`");
        let history = self.past().await?;
        let recorded = history.migrations().first_key_value();
        if last == 0 {
            return match recorded {
                None => done(&asked, self.begin().await?, |report| &report.outcome),
                Some((_, state)) => {
                    let why = format!("migration {} is recorded here as {}", state.migration, dump::words(&state.status));
                    let error = Error::new(ErrorKind::Usage, NotDone { asked, why });
                    Err(error.with_help("the tables were made before that: leave this call out, or make it first"))
                }
            };
        }
        let last = Version::new(last);
        self.entry(last)?;
        if recorded.is_none() {
            done(&asked, self.begin().await?, |report| &report.outcome)?;
        }
        let is_behind = history.migrations().range(last.next()..).next().is_some();
        // Cut off after `last`, the code would be older than what is recorded, and leave all as it is.
        let (sequence, to) =
            if is_behind { (self.sequence.clone(), Some(last)) } else { (self.sequence.clone().up_to(last), None) };
        done(&asked, self.migrator_of(sequence, self.client())?.up(Options { to, ..Options::default() }).await?, |report| {
            &report.outcome
        })
    }

    /// Takes back every migration after `last`, newest first, by its `#[rollback(n)]` function, as `migrate rollback --to` does. The next
    /// [`up`](TestDb::up) runs them again.
    ///
    /// # Errors
    /// As [`Migrator::rollback`].
    pub async fn roll_back_to(&self, last: u32) -> Result<RollbackReport, Error> {
        let report = self.migrator()?.rollback(Version::new(last), RollbackOptions::default()).await?;
        done(&format!("`roll_back_to({last})`"), report, |report| &report.outcome)
    }

    /// Makes the tables where no migration is recorded yet. What is decided then is that none is superfluous.
    pub(super) async fn begin(&self) -> Result<Report, Error> {
        let none = self.migrator_of(self.sequence.clone().up_to(Version::new(0)), self.client())?;
        none.up(Options::default()).await
    }

    /// What is recorded.
    pub(super) async fn past(&self) -> Result<History, Error> {
        let records = self.migrator()?.history().await?;
        History::from_records(records).map_err(|error| Error::new(ErrorKind::CorruptHistory, error))
    }

    pub(super) fn entry(&self, version: Version) -> Result<&'static MigrationEntry, Error> {
        self.sequence.migration(version).ok_or_else(|| {
            let known = match (self.sequence.migrations().next(), self.sequence.last()) {
                (Some(first), Some(last)) => format!("{} to {last}", first.meta.version),
                _ => "none".to_owned(),
            };
            Error::new(ErrorKind::Usage, NoSuchMigration { sequence: self.sequence.name(), version, known })
                .with_help("give the number of a migration that the test's binary has")
        })
    }

    /// Puts an item in any shape: a type of its old form, or `json!(..)`. One with its key is replaced.
    ///
    /// # Errors
    /// It cannot be written as an item; the table is not there; the engine's errors.
    pub async fn put<T: Table>(&self, item: impl Serialize) -> Result<(), Error> {
        let item = serde_dynamo::to_item(item).map_err(|error| Error::new(ErrorKind::Encode, error))?;
        let table = self.table_name::<T>()?;
        let put = self.place.client.put_item().table_name(&table).set_item(Some(item)).send().await;
        put.map(|_| ()).map_err(|error| not_made(&table, explain(Action::PutItem, &table, error)))
    }

    /// Every item of a table as an `S`, in the order of their keys. `S = serde_json::Value` takes them as they are.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if one does not fit; the engine's errors.
    pub async fn items<T: Table, S: DeserializeOwned>(&self) -> Result<Vec<S>, Error> {
        let table = self.table_name::<T>()?;
        let items = dump::items(&self.place.client, &table, &T::schema().key).await;
        let items = items.map_err(|error| not_made(&table, error))?;
        let fit = items.into_iter().map(serde_dynamo::from_item);
        fit.collect::<Result<_, _>>().map_err(|error| Error::new(ErrorKind::Decode, error))
    }

    /// All of it, in a form that compares.
    ///
    /// # Errors
    /// The engine's.
    pub async fn dump(&self) -> Result<Dump, Error> {
        let migrator = self.migrator()?;
        let without = [migrator.management_table().as_str()];
        dump::dump(&self.place.client, &self.place.prefix, &without, Some(&self.past().await?)).await
    }

    /// Runs migration `number` once more over its own result, as if nobody knew that it ran: it must not change anything, nor write
    /// what is there already.
    ///
    /// One that is `.exactly_once()` passes by the marks on the items that it wrote. It does not where they lack: after [`given`](TestDb::given), after
    /// a later migration that leaves marks of its own, and once it was rolled back and ran again.
    ///
    /// Only one that ran is judged: what is recorded of it, by a run or by [`given`](TestDb::given), must be that it is applied.
    ///
    /// # Panics
    /// It changed something, and the message says what; it has not run here; or it could not be run.
    pub async fn assert_idempotent(&self, number: u32) {
        match self.again(number).await {
            Ok(None) => {}
            Ok(Some(changed)) => panic!("{changed}"),
            Err(error) => panic!("migration {number} cannot be run again: {error:?}"),
        }
    }

    /// Why there is no result of a migration to run over.
    async fn not_run(&self, version: Version) -> Result<Option<String>, Error> {
        let history = self.past().await?;
        let (stands, mend) = match history.migrations().get(&version).map(|state| &state.status) {
            Some(MigrationStatus::Applied { .. }) => return Ok(None),
            None => ("pending", format!("`up_to({version})` first")),
            Some(status) if status.is_settled() => {
                (dump::words(status), format!("begin with `up_to(0)` and items, then `up_to({version})`"))
            }
            Some(status) if status.is_rolling_back() => (dump::words(status), "its rollback must be finished first".to_owned()),
            Some(status) => (dump::words(status), format!("`up_to({version})` first")),
        };
        Ok(Some(format!("migration {version} has not run here (it is {stands}): {mend}")))
    }

    /// What speaks against it. Under a history of its own, which begins with the migration before.
    async fn again(&self, number: u32) -> Result<Option<String>, Error> {
        let version = Version::new(number);
        let id = self.entry(version)?.meta.id();
        if let Some(why) = self.not_run(version).await? {
            return Ok(Some(why));
        }
        let managed = self.migrator()?.management_table().clone();
        let beside = TableName::new(format!("{managed}-again")).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
        let without = [managed.as_str(), beside.as_str()];
        let recorder = Recorder::of(&self.place.client);
        let naming = self.naming()?.with_management_table(beside.clone());
        let sequence = self.sequence.clone().up_to(version);
        let migrator = build(sequence, recorder.attach(&self.place.client), naming)?;
        migrator.baseline(Version::new(number.saturating_sub(1)), Duration::ZERO).await?;
        let before = dump::dump(&self.place.client, &self.place.prefix, &without, None).await?;
        recorder.reset();
        let report = migrator.up(Options::default()).await;
        let writes = recorder.accepted();
        let after = dump::dump(&self.place.client, &self.place.prefix, &without, None).await?;
        // What it is asked for the next time begins anew.
        self.place.delete(beside.as_str()).await?;
        let ran = report?.migrations.iter().any(|one| one.migration == id && !one.skipped);
        assert!(ran, "migration {id} did not run");
        if before != after {
            return Ok(Some(format!("migration {number} changes its own result:\n{}", before.difference(&after))));
        }
        let mut written = Vec::new();
        for table in dump::tables(&self.place.client, &self.place.prefix).await? {
            let here = writes.iter().filter(|call| !without.contains(&table.as_str()) && call.is_about(&table));
            written.extend(here.map(|call| format!("{} of {table} wrote what was there", call.operation)));
        }
        Ok((!written.is_empty()).then(|| format!("migration {number} writes its own result again:\n{}", written.join("\n"))))
    }
}

/// The one place where a migrator is made for a test.
fn build(sequence: Sequence, client: Client, naming: Naming) -> Result<Migrator, Error> {
    Migrator::builder(sequence, client).naming(naming).local_engine().beat_on_callers_runtime().build()
}

/// In a test there is no other account or region that the table could be in.
fn not_made(table: &str, error: Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    Error::new(ErrorKind::NotFound, NotMade { table: table.to_owned() })
        .with_help("`db.up_to(0).await?` first: it makes the tables and runs no migration")
        .with_help("if they are made: the test's sequence must declare this one, with `#[derive(Table)]` and not `frozen`")
}

/// A test that goes on goes on from what it asked for.
fn done<R>(asked: &str, report: R, outcome: impl Fn(&R) -> &Outcome) -> Result<R, Error> {
    let (kind, why) = match outcome(&report) {
        Outcome::Done | Outcome::NothingToDo => return Ok(report),
        Outcome::Ahead(ahead) => (ErrorKind::Ahead, format!("the database is ahead, at migration {}", ahead.database)),
        Outcome::Incomplete { why } => (ErrorKind::Incomplete, why.clone()),
    };
    Err(Error::new(kind, NotDone { asked: asked.to_owned(), why }))
}
