//! Takes a guest's declared indexes that exist under ownership, each under the lock of its table; changes no table, and takes none.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::adopt::{Adoption, looking};
use super::builder::Migrator;
use super::refusal::refuse_all;
use super::shared::{check_told, shares};
use crate::aws::guard;
use crate::aws::lock::Held;
use crate::error::{Error, ErrorKind};
use crate::history::{Entry, History};
use crate::plan::{Observed, made_again, to_adopt};
use crate::schema::{IndexName, LiveTable, TableName};

/// An index has one owner.
#[derive(Debug, thiserror::Error)]
#[error("index `{table}/{index}` is sequence `{sequence}`'s: an index has one owner")]
struct AnotherGuest {
    table: TableName,
    index: IndexName,
    sequence: String,
}

impl Migrator {
    /// The declared tables that another sequence owns; physical.
    pub(super) fn visited(&self) -> impl Iterator<Item = &TableName> {
        self.declared.tables.iter().filter(|(_, table)| table.handling.owner.is_some()).map(|(name, _)| name)
    }

    /// The declared indexes on these tables of other sequences that are there and on no record of ours. A table that is `named` must be usable,
    /// any other one only if there is something to take.
    pub(super) async fn index_adoptions(
        &self,
        tables: impl IntoIterator<Item = &TableName>,
        named: bool,
        observed: &Observed,
    ) -> Result<Vec<Adoption>, Error> {
        let mut adoptions = Vec::new();
        for table in tables {
            let (unclaimed, refusals) = to_adopt(&self.declared, observed, table);
            if named || !unclaimed.is_empty() {
                refuse_all(refusals)?;
            }
            let Some(live) = observed.tables.get(table).filter(|_| !unclaimed.is_empty()) else { continue };
            let others = self.claims_of_others(table, live).await?;
            for one in unclaimed {
                if let Some(sequence) = others.get(one.index) {
                    let (table, index, sequence) = (table.clone(), one.index.clone(), sequence.clone());
                    let help = format!(
                        "take it out of the code here, or of that of `{sequence}`, which lets go of it by a drop; or declare one under a new \
                         name, `{index}-2`"
                    );
                    return Err(Error::new(ErrorKind::NotOwned, AnotherGuest { table, index, sequence }).with_help(help));
                }
                let differences: Vec<_> = one.differs().into_iter().collect();
                let (table, table_id, index) = (table.clone(), live.table_id.clone(), Some(one.index.clone()));
                adoptions.push(Adoption { table, table_id, index, adopted: differences.is_empty(), differences });
            }
        }
        Ok(adoptions)
    }

    /// The indexes of this table that other guests have on record, each with its sequence.
    async fn claims_of_others(&self, table: &TableName, live: &LiveTable) -> Result<BTreeMap<IndexName, String>, Error> {
        let Some(owner) = self.owner_of(table) else { return Ok(BTreeMap::new()) };
        let store = self.store(guard::read_only(&self.client));
        let marked = store.part(owner).read().await?.guests.remove(table).unwrap_or_default();
        let mut claims = BTreeMap::new();
        for guest in marked.into_iter().filter(|guest| guest != self.sequence.name()) {
            let theirs = store.part(&guest).read().await?.history;
            let on_it = |of: &TableName, id: &Option<String>| of == table && !made_again(id.as_deref(), live);
            let found = theirs.indexes().iter().filter(|((of, _), claim)| on_it(of, &claim.table_id));
            claims.extend(found.map(|((_, index), _)| (index.clone(), guest.clone())));
        }
        Ok(claims)
    }

    fn owner_of(&self, table: &TableName) -> Option<&str> {
        self.declared.tables.get(table)?.handling.owner.as_deref()
    }

    /// What is to be recorded first: the tables that are shared by it, and were not yet.
    pub(super) fn to_share(&self, adoptions: &[Adoption], history: &History) -> Vec<Entry> {
        let tables: BTreeSet<&TableName> =
            adoptions.iter().filter(|one| one.adopted && one.index.is_some()).map(|one| &one.table).collect();
        let unshared = tables.into_iter().filter_map(|table| {
            let owner = self.owner_of(table).filter(|owner| history.shared().get(table).map(String::as_str) != Some(*owner))?;
            Some(Entry::TableShared { table: table.clone(), owner: owner.to_owned() })
        });
        unshared.collect()
    }

    /// Records indexes as ours, of whose tables the owners were `told`. Under each table's lock, since another guest may mean the same one:
    /// what is recorded is what is found then.
    pub(super) async fn adopt_indexes(
        &self,
        held: &Held,
        adoptions: Vec<Adoption>,
        told: &[Entry],
        wait: Duration,
    ) -> Result<Vec<Adoption>, Error> {
        let told: BTreeSet<TableName> = shares(told).into_values().flatten().cloned().collect();
        let tables: BTreeSet<TableName> = adoptions.iter().map(|one| one.table.clone()).collect();
        let mut adopted = Vec::new();
        for table in tables {
            if !adoptions.iter().any(|one| one.table == table && one.adopted) {
                adopted.extend(adoptions.iter().filter(|one| one.table == table).cloned());
                continue;
            }
            let of_table = self.take_table(&table, "adopt", wait).await?;
            let outcome = self.adopt_indexes_of(&table, held, &of_table, &told).await;
            of_table.release().await;
            adopted.extend(outcome?);
        }
        Ok(adopted)
    }

    async fn adopt_indexes_of(
        &self,
        table: &TableName,
        held: &Held,
        of_table: &Held,
        told: &BTreeSet<TableName>,
    ) -> Result<Vec<Adoption>, Error> {
        let mut observed = self.look(&looking(), None).await?.observed;
        let adoptions = self.index_adoptions([table], true, &observed).await?;
        let mut entries = self.to_share(&adoptions, &observed.history);
        check_told(&entries, told)?;
        entries.extend(adoptions.iter().filter_map(Adoption::entry));
        let store = self.store(guard::guarded(&guard::guarded(&self.client, held.lease()), of_table.lease()));
        store.append(&mut observed.history, held.epoch(), &self.run, entries).await?;
        Ok(adoptions)
    }
}
