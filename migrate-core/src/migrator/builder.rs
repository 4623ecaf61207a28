//! What a migrator is made of; knows nothing of what it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;

use crate::aws::lock::{Home, Pace};
use crate::aws::{app_name, cut, store};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::{Environment, RunInfo};
use crate::plan::{Declared, Droppable, Reach};
use crate::registry::Sequence;
use crate::schema::{self, IndexName, Management, Naming, Overrides, Prefix, TableName, TableSchema};
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
    pub(super) naming: Naming,
    pub(super) environment: Option<Environment>,
    pub(super) declared: Declared,
    pub(super) management: TableSchema,
    /// Who makes the management table.
    pub(super) makes_history: Management,
    pub(super) listener: Listener,
    pub(super) run: RunInfo,
    pub(super) pace: Pace,
    pub(super) local: bool,
    pub(super) stop: Stop,
    pub(super) credentials_end: Option<SystemTime>,
    pub(super) spent: Option<Arc<AtomicU64>>,
}

/// Sets a [`Migrator`] up.
pub struct Builder {
    client: Client,
    sequence: Sequence,
    naming: Naming,
    overrides: BTreeMap<TableName, Overrides>,
    makes_history: Management,
    environment: Option<Environment>,
    no_drops: bool,
    listener: Listener,
    run: RunInfo,
    pace: Pace,
    local: bool,
    stop: Stop,
    credentials_end: Option<SystemTime>,
    spent: Option<Arc<AtomicU64>>,
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

/// What an environment says of tables, and the code does not bear.
#[derive(Debug, thiserror::Error)]
enum OverridesError {
    #[error("settings are given for table `{name}`, which sequence `{sequence}` does not declare; it declares {known}")]
    NotDeclared { name: TableName, sequence: &'static str, known: String },
    #[error("settings are given for index `{index}` of table `{name}`, which has {known}")]
    NoIndex { name: TableName, index: IndexName, known: String },
    #[error("as this environment sets it, {0}")]
    Problem(String),
}

/// A name that is taken by the framework itself.
#[derive(Debug, thiserror::Error)]
#[error("table `{0}` is declared, but the framework keeps its history under that name")]
struct NameTaken(TableName);

impl Migrator {
    /// Begins a migrator for a sequence, over a client that the caller set up.
    ///
    /// It makes clients of its own from it. They keep its HTTP client, credentials, retries and interceptors. Their requests carry the run's id
    /// (see [`RunInfo`]) as the SDK's application name, so that CloudTrail's user agent (`app/…`) tells one run's calls from another's; behind the
    /// client's own application name and a hyphen where it has one of up to 13 characters, which stays alone where it is longer.
    ///
    /// The lock's heartbeat has a client with connections, credentials and retry tokens of its own, in a thread with a runtime of its own: a migration
    /// may block every thread of the caller's runtime, and its data be throttled for as long as it takes, and the lock is kept. An HTTP client
    /// that the caller's configuration names is used by both; those of the SDK keep the two apart.
    pub fn builder(sequence: Sequence, client: Client) -> Builder {
        let run = RunInfo { run_id: uuid::Uuid::new_v4().to_string(), pid: std::process::id(), ..RunInfo::default() };
        Builder {
            makes_history: sequence.info().management,
            client,
            sequence,
            naming: Naming::default(),
            overrides: BTreeMap::new(),
            environment: None,
            no_drops: false,
            listener: Listener::silent(),
            run,
            pace: Pace::default(),
            local: false,
            stop: Stop::default(),
            credentials_end: None,
            spent: None,
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

fn named<'a>(indexes: impl Iterator<Item = &'a IndexName>) -> String {
    let names: Vec<String> = indexes.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "no global index".to_owned() } else { names.join(", ") }
}

impl Builder {
    /// Puts a prefix before every table's name, the management table's too. Default: none.
    #[must_use]
    pub fn prefix(self, prefix: Prefix) -> Self {
        self.naming(prefix.into())
    }

    /// Says how tables are named: by a template, by explicit names, or both. Instead of a prefix.
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    /// Settings that count instead of what the code says, by the tables' names in the code.
    #[must_use]
    pub fn overrides(self, overrides: BTreeMap<TableName, Overrides>) -> Self {
        Self { overrides, ..self }
    }

    /// Says who makes the management table. Default: as `migrations!(schema = ..)` says of all tables. One that is only verified is never made:
    /// where it is missing, a run is refused ([`ErrorKind::MadeElsewhere`]) and told how to make it. Its settings are nobody's business.
    #[must_use]
    pub fn management(self, makes_history: Management) -> Self {
        Self { makes_history, ..self }
    }

    /// Says which environment this is. The management table remembers the first that is named when it is written to; a run for another one, or
    /// one that plans or writes and names none, is then refused ([`ErrorKind::OtherEnvironment`]).
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        Self { environment: Some(environment), ..self }
    }

    /// Drops nothing, whatever was consented to: a plan with a drop is refused.
    #[must_use]
    pub fn no_drops(self) -> Self {
        Self { no_drops: true, ..self }
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

    /// Says when the client's credentials end: a run that will take longer says so at its start. Default: not known, or never.
    #[must_use]
    pub fn credentials_end(self, end: Option<SystemTime>) -> Self {
        Self { credentials_end: end, ..self }
    }

    /// Lets several migrators count what their migrations cost together: all sequences of one command share its `max_cost`.
    #[must_use]
    #[cfg(feature = "cli")]
    pub(crate) fn spending(self, spent: Arc<AtomicU64>) -> Self {
        Self { spent: Some(spent), ..self }
    }

    /// How long a lock may go without a beat before others take it over, and how often it beats. Default: 30 s and 5 s.
    ///
    /// Every holder writes its own lease into the lock, so that others judge it by that.
    #[must_use]
    pub fn lease(self, lease: Duration, beat: Duration) -> Self {
        Self { pace: Pace { lease, beat, ..self.pace }, ..self }
    }

    /// Lets the lock's beats come from the caller's runtime and by tokio's clock, instead of from a thread of their own and in real time. For
    /// tests that pause that clock (`start_paused`): hours pass in them before a thread's first beat is due. Anywhere else a migration
    /// that blocks the runtime would lose its lock.
    #[doc(hidden)]
    #[must_use]
    pub fn beat_on_callers_runtime(self) -> Self {
        Self { pace: Pace { home: Home::CallersRuntime, ..self.pace }, ..self }
    }

    /// Settings change no key: what DynamoDB refuses with them is theirs alone.
    fn check_overrides(&self) -> Result<(), Error> {
        for (name, overrides) in &self.overrides {
            let Some(table) = self.sequence.tables().find(|table| table.name == *name) else {
                let known: Vec<String> = self.sequence.tables().map(|table| format!("`{}`", table.name)).collect();
                let known = if known.is_empty() { "no table".to_owned() } else { known.join(", ") };
                let error = OverridesError::NotDeclared { name: name.clone(), sequence: self.sequence.name(), known };
                return Err(Error::new(ErrorKind::Config, error).with_help("name the table as the code does, or leave it out"));
            };
            if table.handling.owner.is_some() {
                continue;
            }
            if let Some(index) = overrides.unknown_indexes(table).next() {
                let error = OverridesError::NoIndex {
                    name: name.clone(),
                    index: index.clone(),
                    known: named(table.global_indexes.keys()),
                };
                return Err(Error::new(ErrorKind::Config, error).with_help("name the index as the code does, or leave it out"));
            }
            if let Some(problem) = schema::check(&overrides.apply(table.clone())).first() {
                return Err(Error::new(ErrorKind::Config, OverridesError::Problem(problem.to_string())));
            }
        }
        Ok(())
    }

    /// Checks the physical names.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a lease has no room for four beats. [`ErrorKind::InvalidName`] if a name
    /// as it comes out is none that DynamoDB takes, is the management table's, or is another table's too. [`ErrorKind::Config`] if settings are given
    /// for a table that is not declared, or are such that DynamoDB refuses them.
    pub fn build(self) -> Result<Migrator, Error> {
        let Pace { lease, beat, .. } = self.pace;
        if beat.is_zero() || beat > lease / 4 {
            return Err(Error::new(ErrorKind::Usage, NoPace { lease, beat }));
        }
        let invalid = |error| Error::new(ErrorKind::InvalidName, error).with_help("give another --prefix or table name");
        let management = store::schema(&self.naming).map_err(invalid)?;
        self.check_overrides()?;
        let mut tables = BTreeMap::new();
        for table in self.sequence.tables() {
            let name = self.naming.physical(&table.name).map_err(invalid)?;
            if name == management.name {
                return Err(Error::new(ErrorKind::InvalidName, NameTaken(name)));
            }
            let table = match self.overrides.get(&table.name) {
                // Those of a table that another sequence owns are that one's.
                Some(overrides) if table.handling.owner.is_none() => overrides.apply(table.clone()),
                Some(_) | None => table.clone(),
            };
            tables.insert(name.clone(), table.named(name));
        }
        let mut drops = BTreeSet::new();
        for (table, index) in self.sequence.drops() {
            let table = self.naming.physical(table).map_err(invalid)?;
            drops.insert(match index {
                Some(index) => Droppable::Index(table, index.clone()),
                None => Droppable::Table(table),
            });
        }
        let names = self.sequence.tables().map(|table| &table.name).chain(self.sequence.drops().map(|(table, _)| table));
        self.naming
            .check(names)
            .map_err(|error| Error::new(ErrorKind::InvalidName, error).with_help("give each table a physical name of its own"))?;
        let migrations = self.sequence.migrations().map(|entry| (entry.meta.version, entry.meta)).collect();
        let mut reach = BTreeMap::new();
        for entry in self.sequence.migrations().filter(|entry| !entry.tables.is_empty()) {
            let tables = entry.tables.iter().map(|schema| self.naming.physical(&schema().name)).collect::<Result<_, _>>();
            let tables = tables.map_err(invalid)?;
            reach.insert(entry.meta.version, Reach { tables, accept: entry.accept.iter().copied().collect() });
        }
        let mut rollbacks = BTreeMap::new();
        for entry in self.sequence.rollbacks() {
            let tables = entry.tables.iter().map(|schema| self.naming.physical(&schema().name)).collect::<Result<_, _>>();
            let tables = tables.map_err(invalid)?;
            rollbacks.insert(entry.version, Reach { tables, accept: entry.accept.iter().copied().collect() });
        }
        let declared = Declared {
            sequence: *self.sequence.info(),
            naming: self.naming.clone(),
            no_drops: self.no_drops,
            tables,
            drops,
            migrations,
            reach,
            rollbacks,
        };
        Ok(Migrator {
            client: cut::asking_again(&app_name::with_run_id(&self.client, &self.run.run_id)),
            sequence: self.sequence,
            naming: self.naming,
            environment: self.environment,
            declared,
            management,
            makes_history: self.makes_history,
            listener: self.listener,
            run: self.run,
            pace: self.pace,
            local: self.local,
            stop: self.stop,
            credentials_end: self.credentials_end,
            spent: self.spent,
        })
    }
}
