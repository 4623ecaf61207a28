//! Whether a database is the environment's that a run is for; knows neither how that was named nor how it is kept.

use aws_sdk_dynamodb::Client;

use super::builder::Migrator;
use crate::aws::store::{Found, Store};
use crate::error::{Error, ErrorKind};
use crate::history::Environment;
use crate::schema::TableName;

#[derive(Debug, thiserror::Error)]
#[error("the history in table `{table}` belongs to environment {remembered}, and this run {}", this(.mine.as_ref()))]
struct OtherEnvironment {
    table: TableName,
    remembered: Environment,
    mine: Option<Environment>,
}

fn this(mine: Option<&Environment>) -> String {
    mine.map_or_else(|| "names none".to_owned(), |mine| format!("is for {mine}"))
}

/// What a verb is that reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// It plans or writes: where an environment is remembered, it has to be named.
    Named,
    /// It only tells what is recorded: a wrong name is refused, none is not.
    NotWrong,
}

impl Migrator {
    /// The environment that this migrator works for, where it was told.
    pub fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref()
    }

    /// Reads lock and history, of the right environment.
    pub(super) async fn read(&self, client: Client, care: Care) -> Result<Found, Error> {
        let store = self.store(client);
        let found = store.read().await?;
        let remembered = match &found.environment {
            Some(remembered) => Some(remembered.clone()),
            // Another sequence may have been here before this one.
            None if care == Care::Named && found.exists && found.history.records().is_empty() => {
                store.environment_of_table().await?
            }
            None => None,
        };
        if let Some(remembered) = remembered
            && (care == Care::Named || self.environment.is_some())
        {
            self.agree(remembered)?;
        }
        Ok(found)
    }

    /// Remembers the environment where it is known and not remembered yet; under the lock.
    pub(super) async fn remember(&self, store: &Store, found: Option<&Environment>) -> Result<(), Error> {
        match (&self.environment, found) {
            (Some(mine), None) => self.agree(store.remember(mine, &self.run).await?),
            (Some(_), Some(_)) | (None, _) => Ok(()),
        }
    }

    fn agree(&self, remembered: Environment) -> Result<(), Error> {
        if self.environment.as_ref().is_some_and(|mine| mine.is_same(&remembered)) {
            return Ok(());
        }
        let table = self.management.name.clone();
        let name = remembered.name.clone();
        let error = OtherEnvironment { table: table.clone(), remembered, mine: self.environment.clone() };
        let error = Error::new(ErrorKind::OtherEnvironment, error);
        Err(match &self.environment {
            None => error.with_help(format!("if that is what you mean: `--env {name}` (in a program: `Builder::environment`)")),
            Some(_) => error
                .with_help("are these the credentials, the region and the names that you mean?")
                .with_help(format!("if the database was copied or renamed on purpose: delete the items with the sort key `environment` from table `{table}`, and run again")),
        })
    }
}
