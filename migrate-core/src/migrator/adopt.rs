//! Takes declared tables, and a guest's indexes, that exist under ownership, every difference told; changes no table and settles no migration.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::builder::Migrator;
use super::observe::Look;
use crate::aws::guard;
use crate::diff::{Change, diff};
use crate::error::{Error, ErrorKind};
use crate::history::{Entry, Ownership};
use crate::plan::{Observed, Phase, Request, VerifyKeys, made_again};
use crate::schema::{IndexName, LiveTable, Management, Status, TableName, TableSchema};

/// A declared table that is there and not ours, or an index of ours to be on another sequence's, with every difference from what the code declares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Adoption {
    /// The table.
    pub table: TableName,
    /// DynamoDB's id for it, where the engine has one.
    pub table_id: Option<String>,
    /// The index, where the table stays another sequence's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexName>,
    /// Whether it comes under ownership. An index of another shape does not: it may not be the one that is meant.
    pub adopted: bool,
    /// What differs. Adopting changes none of it; the next `up` does, or refuses.
    pub differences: Vec<Change>,
}

impl Adoption {
    /// What the history tells of it.
    pub(super) fn entry(&self) -> Option<Entry> {
        let (table, table_id) = (self.table.clone(), self.table_id.clone());
        let entry = match self.index.clone() {
            None => Entry::TableAdopted { table, table_id },
            Some(index) => Entry::IndexAdopted { table, table_id, index },
        };
        self.adopted.then_some(entry)
    }
}

/// A table that cannot be adopted.
#[derive(Debug, thiserror::Error)]
enum AdoptError {
    #[error("the code declares no table `{0}`, and only what is declared can be adopted")]
    NotDeclared(String),
    #[error("there is no table `{0}` here")]
    NotThere(TableName),
    #[error("table `{0}` is only verified: it belongs to somebody else, and nothing of it is ever changed")]
    OnlyVerified(TableName),
    #[error("table `{table}` belongs to sequence `{sequence}`: a table has one owner")]
    AnotherOwner { table: TableName, sequence: String },
}

impl Migrator {
    /// What [`adopt`](Migrator::adopt) would record, writing nothing. What is ours already is left out; an index of another shape is not, but
    /// it would not be recorded.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a name that the code does not declare or that is not there, [`ErrorKind::NotOwned`] for a table or an index
    /// that another sequence owns.
    pub async fn plan_adopt(&self, names: &[TableName]) -> Result<Vec<Adoption>, Error> {
        let tables = self.to_adopt(names)?;
        let look = self.look(&looking(), None).await?;
        self.adoptable(names, &tables, &look.observed).await
    }

    /// Takes these tables under ownership, by the names that the code uses; without a name every declared one that exists and is not ours.
    /// Of a table whose `owner` is another sequence it takes the declared indexes, after telling the owner.
    ///
    /// Nothing else is recorded: no migration is settled by it, and where no history began and the tables hold data, the next `up`
    /// still asks which migrations that data has seen ([`ErrorKind::DataWithoutHistory`]).
    ///
    /// # Errors
    /// As [`plan_adopt`](Migrator::plan_adopt); the lock's and the engine's errors.
    pub async fn adopt(&self, names: &[TableName], lock_wait: Duration) -> Result<Vec<Adoption>, Error> {
        let tables = self.to_adopt(names)?;
        let look = self.look(&looking(), None).await?;
        let before = self.adoptable(names, &tables, &look.observed).await?;
        if before.iter().all(|one| !one.adopted) {
            return Ok(before);
        }
        let told = self.to_share(&before, &look.observed.history);
        self.tell_owners(&told, lock_wait).await?;
        let held = self.take_lock(look.managed, "adopt", lock_wait).await?;
        let outcome = async {
            let Look { mut observed, environment, .. } = self.look(&looking(), None).await?;
            let store = self.store(guard::guarded(&self.client, held.lease()));
            self.remember(&store, environment.as_ref()).await?;
            let adoptions = self.adoptable(names, &tables, &observed).await?;
            let (indexes, mut adopted): (Vec<_>, Vec<_>) = adoptions.into_iter().partition(|one| one.index.is_some());
            let entries = adopted.iter().filter_map(Adoption::entry).collect();
            store.append(&mut observed.history, held.epoch(), &self.run, entries).await?;
            adopted.extend(self.adopt_indexes(&held, indexes, &told, lock_wait).await?);
            Ok(adopted)
        };
        let outcome = outcome.await;
        held.release().await;
        outcome
    }

    /// The declared tables that are ours to change; physical.
    pub(super) fn managed(&self) -> impl Iterator<Item = &TableName> {
        let ours = |table: &TableSchema| !table.is_verified() && table.handling.owner.is_none();
        self.declared.tables.iter().filter(move |(_, table)| ours(table)).map(|(name, _)| name)
    }

    /// The declared tables of these names, all that are managed or visited if there are none; physical.
    fn to_adopt(&self, names: &[TableName]) -> Result<BTreeSet<TableName>, Error> {
        let declared = &self.declared.tables;
        if names.is_empty() {
            return Ok(self.managed().chain(self.visited()).cloned().collect());
        }
        let physical = |name: &TableName| {
            let physical = self.naming.physical(name).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
            let Some(table) = declared.get(&physical) else {
                let known: Vec<&str> = self.sequence.tables().map(|table| table.name.as_str()).collect();
                let help = if known.is_empty() {
                    format!("`migrate introspect {name}` writes the struct that declares it")
                } else {
                    format!("declared are {}; `migrate introspect {name}` writes the struct of another", known.join(", "))
                };
                return Err(Error::new(ErrorKind::Usage, AdoptError::NotDeclared(name.to_string())).with_help(help));
            };
            match table.handling.management {
                Management::Manage => Ok(physical),
                Management::Verify => Err(Error::new(ErrorKind::Usage, AdoptError::OnlyVerified(physical))),
            }
        };
        names.iter().map(physical).collect()
    }

    async fn adoptable(
        &self,
        names: &[TableName],
        tables: &BTreeSet<TableName>,
        observed: &Observed,
    ) -> Result<Vec<Adoption>, Error> {
        let visited: BTreeSet<&TableName> = self.visited().collect();
        let (visited, ours): (Vec<_>, Vec<_>) = tables.iter().partition(|table| visited.contains(table));
        if let Some(missing) = ours.iter().copied().find(|table| !names.is_empty() && found(observed, table).is_none()) {
            let error = Error::new(ErrorKind::Usage, AdoptError::NotThere(missing.clone()));
            return Err(error.with_help("`migrate up` makes it; if it should be here: another --prefix, region or account?"));
        }
        another_owner(ours.iter().copied(), observed)?;
        let mut adoptions = self.adoptions(ours, observed);
        adoptions.extend(self.index_adoptions(visited, !names.is_empty(), observed).await?);
        Ok(adoptions)
    }

    /// Those of these tables that are there and not ours.
    pub(super) fn adoptions<'a>(&self, tables: impl IntoIterator<Item = &'a TableName>, observed: &Observed) -> Vec<Adoption> {
        // A table that was made again, from a backup for example, is another one, and not ours yet.
        let owned = |name: &TableName, live| {
            let owner = observed.history.tables().get(name);
            matches!(owner, Some(Ownership::Owned { table_id }) if !made_again(table_id.as_deref(), live))
        };
        let adoption = |name: &TableName| {
            let live = found(observed, name).filter(|live| !owned(name, live))?;
            let differences = diff(&live.schema, self.declared.tables.get(name)?);
            let (table, table_id) = (name.clone(), live.table_id.clone());
            Some(Adoption { table, table_id, index: None, adopted: true, differences })
        };
        tables.into_iter().filter_map(adoption).collect()
    }
}

/// A look at whose tables are, and what they are; no item is read for an index that is to come.
pub(super) fn looking() -> Request {
    Request { verify_keys: VerifyKeys::Never, ..Request::of(Phase::All) }
}

/// A table that is on its way out is there no more.
fn found<'a>(observed: &'a Observed, table: &TableName) -> Option<&'a LiveTable> {
    observed.tables.get(table).filter(|live| live.status != Status::Deleting)
}

/// An error for the first of these tables that another sequence owns.
pub(super) fn another_owner<'a>(tables: impl IntoIterator<Item = &'a TableName>, observed: &Observed) -> Result<(), Error> {
    let elsewhere = tables.into_iter().find_map(|table| observed.owned_elsewhere.get_key_value(table));
    let Some((table, sequence)) = elsewhere else { return Ok(()) };
    let error = AdoptError::AnotherOwner { table: table.clone(), sequence: sequence.clone() };
    Err(Error::new(ErrorKind::NotOwned, error).with_help(format!(
        "if the crate was renamed: `migrate_core::migrations!(name = \"{sequence}\")` keeps its numbers, lock and history"
    )))
}
