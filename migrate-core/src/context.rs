//! What user code is handed while its migration runs; knows no other migration, no plan, no lock and no history.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;

use crate::error::Error;
use crate::event::{Event, Listener};
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
    client: Client,
    naming: Naming,
    migration: MigrationId,
    listener: Listener,
    stop: Stop,
    counts: Mutex<Counts>,
    touched: Mutex<BTreeSet<String>>,
}

impl MigrationContext {
    /// A context for one run of one migration. `client` is the one that user code may use, already guarded.
    pub(crate) fn new(client: Client, naming: Naming, migration: MigrationId, listener: Listener, stop: Stop) -> Self {
        Self { client, naming, migration, listener, stop, counts: Mutex::default(), touched: Mutex::default() }
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
        let migration = MigrationId { version: Version::new(0), name: "detached".to_owned() };
        Self::new(client, naming.into(), migration, Listener::silent(), Stop::default())
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
        &self.client
    }

    /// The name that a declared table has in this environment, by its prefix, its template or an explicit name.
    ///
    /// The table is then listed among those that the migration touched.
    pub fn table_name<T: Table>(&self) -> String {
        let name = self.naming.text(&T::schema().name);
        held(&self.touched).insert(name.clone());
        name
    }

    /// The migration that is running.
    pub fn migration(&self) -> &MigrationId {
        &self.migration
    }

    /// Tells whoever watches the run a line. Put no data of your items into it.
    pub fn note(&self, text: impl Into<String>) {
        self.listener.say(Event::MigrationNote { migration: self.migration.clone(), text: text.into() });
    }

    /// A point where a run that was asked to stop stops: every write so far is whole.
    pub(crate) fn safe_point(&self) -> Result<(), Error> {
        self.stop.safe_point()
    }

    /// Adds to what was done so far, and says so.
    pub(crate) fn progress(&self, done: Counts) {
        let counts = {
            let mut counts = held(&self.counts);
            *counts += done;
            *counts
        };
        self.listener.say(Event::MigrationProgress { migration: self.migration.clone(), counts });
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
        f.debug_struct("MigrationContext").field("migration", &self.migration).finish_non_exhaustive()
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
        let config = aws_sdk_dynamodb::Config::builder().behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = Listener::new({
            let heard = heard.clone();
            move |event| {
                held(&heard).push(match event {
                    Event::MigrationProgress { migration, counts } => format!("{migration}: {} changed", counts.changed),
                    Event::MigrationNote { migration, text } => format!("{migration}: {text}"),
                    event => format!("{event:?}"),
                });
            }
        });
        let migration = MigrationId { version: Version::new(7), name: "seven".to_owned() };
        let cx = MigrationContext::new(
            Client::from_conf(config.build()),
            Naming::template("test-{name}-1").unwrap(),
            migration,
            listener,
            Stop::default(),
        );

        assert_eq!((cx.counts(), cx.tables_touched()), (Counts::default(), Vec::new()));
        assert_eq!(cx.table_name::<Orders>(), "test-orders-1");
        cx.progress(Counts { changed: 1, ..Counts::default() });
        cx.note("half way");
        cx.progress(Counts { changed: 2, ..Counts::default() });
        assert_eq!(cx.counts().changed, 3);
        assert_eq!(cx.tables_touched(), ["test-orders-1"]);
        assert_eq!(*held(&heard), ["0007 seven: 1 changed", "0007 seven: half way", "0007 seven: 3 changed"]);
    }
}
