//! What a migrator is made of; knows nothing of what it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

use crate::aws::lock::Pace;
use crate::aws::store;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::RunInfo;
use crate::plan::{Declared, Droppable};
use crate::registry::Sequence;
use crate::schema::{Prefix, TableName, TableSchema};
use crate::stop::Stop;

/// Brings a database to the state that one sequence declares. The library behind the command line: each verb is a method.
///
/// ```no_run
/// # async fn example(client: aws_sdk_dynamodb::Client, shop: migrate_core::registry::Sequence) -> Result<(), migrate_core::Error> {
/// use migrate_core::{Migrator, migrator::Options};
///
/// let migrator = Migrator::builder(shop, client).on_event(|event| println!("{event:?}")).build()?;
/// let report = migrator.up(Options::default()).await?;
/// println!("{} migrations", report.migrations.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Migrator {
    pub(super) client: Client,
    pub(super) sequence: Sequence,
    pub(super) prefix: Prefix,
    pub(super) declared: Declared,
    pub(super) management: TableSchema,
    pub(super) listener: Listener,
    pub(super) run: RunInfo,
    pub(super) pace: Pace,
    pub(super) local: bool,
    pub(super) stop: Stop,
}

/// Sets a [`Migrator`] up.
pub struct Builder {
    client: Client,
    sequence: Sequence,
    prefix: Prefix,
    listener: Listener,
    run: RunInfo,
    pace: Pace,
    local: bool,
    stop: Stop,
}

// The SDK's client shows the access key in its own.
impl fmt::Debug for Migrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrator").field("sequence", &self.sequence.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("sequence", &self.sequence.name()).finish_non_exhaustive()
    }
}

/// A holder stops itself at two thirds of its lease: with fewer beats one that is late would end every run.
#[derive(Debug, thiserror::Error)]
#[error("a lease of {lease:?} needs a beat at least every quarter of it, and not {beat:?}")]
struct NoPace {
    lease: Duration,
    beat: Duration,
}

/// A name that is taken by the framework itself.
#[derive(Debug, thiserror::Error)]
#[error("table `{0}` is declared, but the framework keeps its history under that name")]
struct NameTaken(TableName);

impl Migrator {
    /// Begins a migrator for a sequence, over a client that the caller set up.
    pub fn builder(sequence: Sequence, client: Client) -> Builder {
        let run = RunInfo { run_id: uuid::Uuid::new_v4().to_string(), pid: std::process::id(), ..RunInfo::default() };
        Builder {
            client,
            sequence,
            prefix: Prefix::default(),
            listener: Listener::silent(),
            run,
            pace: Pace::default(),
            local: false,
            stop: Stop::default(),
        }
    }

    /// The sequence that it runs.
    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// The physical name of the management table.
    pub fn management_table(&self) -> &TableName {
        &self.management.name
    }
}

impl Builder {
    /// Puts a prefix before every table's name, the management table's too. Default: none.
    #[must_use]
    pub fn prefix(self, prefix: Prefix) -> Self {
        Self { prefix, ..self }
    }

    /// Calls back with every [`Event`], on the task that works: be quick.
    #[must_use]
    pub fn on_event(self, listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { listener: Listener::new(listener), ..self }
    }

    /// Says who runs this, for the lock and the history. The run's id and process are always set by the builder.
    #[must_use]
    pub fn run_info(self, run: RunInfo) -> Self {
        Self { run: RunInfo { run_id: self.run.run_id, pid: self.run.pid, ..run }, ..self }
    }

    /// Says that the engine is not AWS itself: a setting that it cannot hold is then reported as unsupported instead of failing the run.
    #[must_use]
    pub fn local_engine(self) -> Self {
        Self { local: true, ..self }
    }

    /// Stops at the next safe point when this is requested.
    #[must_use]
    pub fn stop(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// How long a lock may go without a beat before others take it over, and how often it beats. Default: 30 s and 5 s.
    ///
    /// Every holder writes its own lease into the lock, so that others judge it by that.
    #[must_use]
    pub fn lease(self, lease: Duration, beat: Duration) -> Self {
        Self { pace: Pace { lease, beat }, ..self }
    }

    /// Checks the physical names.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a lease has no room for four beats. [`ErrorKind::InvalidName`] if prefix and name together are none that DynamoDB takes, or are the management table's.
    pub fn build(self) -> Result<Migrator, Error> {
        let Pace { lease, beat } = self.pace;
        if beat.is_zero() || beat > lease / 4 {
            return Err(Error::new(ErrorKind::Usage, NoPace { lease, beat }));
        }
        let (management, declared) = declared(&self.sequence, &self.prefix)?;
        Ok(Migrator {
            client: self.client,
            sequence: self.sequence,
            prefix: self.prefix,
            declared,
            management,
            listener: self.listener,
            run: self.run,
            pace: self.pace,
            local: self.local,
            stop: self.stop,
        })
    }
}

/// Judges what [`Builder::build`] would, without a client: the physical names of a sequence with this prefix. Together with
/// [`Sequence::of`], which judges the rest, that is all that can be known without a database.
///
/// # Errors
/// [`ErrorKind::InvalidName`], as [`Builder::build`].
pub fn check_offline(sequence: &Sequence, prefix: &Prefix) -> Result<(), Error> {
    declared(sequence, prefix).map(|_| ())
}

/// The management table, and what the sequence declares, under the names that they have in this environment.
fn declared(sequence: &Sequence, prefix: &Prefix) -> Result<(TableSchema, Declared), Error> {
    let invalid = |error| Error::new(ErrorKind::InvalidName, error).with_help("give another --prefix or table name");
    let management = store::schema(prefix).map_err(invalid)?;
    let mut tables = BTreeMap::new();
    for table in sequence.tables() {
        let name = prefix.physical(&table.name).map_err(invalid)?;
        if name == management.name {
            return Err(Error::new(ErrorKind::InvalidName, NameTaken(name)));
        }
        tables.insert(name.clone(), table.clone().named(name));
    }
    let mut drops = BTreeSet::new();
    for (table, index) in sequence.drops() {
        let table = prefix.physical(table).map_err(invalid)?;
        drops.insert(match index {
            Some(index) => Droppable::Index(table, index.clone()),
            None => Droppable::Table(table),
        });
    }
    let migrations = sequence.migrations().map(|entry| (entry.meta.version, entry.meta)).collect();
    Ok((management, Declared { sequence: *sequence.info(), prefix: prefix.clone(), tables, drops, migrations }))
}
