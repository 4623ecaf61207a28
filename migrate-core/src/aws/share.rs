//! What sequences that share a table leave for each other: a mark in the owner's part of the management table, which its one query brings, and
//! the lock of the table. Decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

use super::guard::lost;
use super::store::{COLLISIONS, Item, Store, StoreError, cancellation, explain_transaction, now, passes};
use crate::error::Error;
use crate::iam::Action;
use crate::schema::TableName;

/// What the sort keys of marks begin with.
pub(super) const GUEST: &str = "guest#";
/// What the partition of a table's lock begins with: no sequence's name has a `#`.
const OF_TABLE: &str = "#table/";

/// Tables of a sequence, each with the other sequences that have indexes on it.
pub(crate) type Guests = BTreeMap<TableName, BTreeSet<String>>;

/// That a sequence has indexes on a table.
#[derive(Deserialize)]
pub(super) struct Mark {
    pub table: TableName,
    pub guest: String,
}

impl Store {
    /// What belongs to a table that several sequences share: its lock.
    pub(crate) fn of_table(&self, table: &TableName) -> Self {
        self.part(&format!("{OF_TABLE}{table}"))
    }

    /// Marks a table of this sequence as one on which another one has indexes, under this sequence's epoch: a run of the owner that is
    /// going on would not know. A mark stays.
    pub(crate) async fn mark(&self, epoch: u64, table: &TableName, guest: &str) -> Result<(), Error> {
        let mut item: Item = self.key(&format!("{GUEST}{table}#{guest}"));
        let texts = [("table", table.to_string()), ("guest", guest.to_owned()), ("since", now().to_string())];
        item.extend(texts.map(|(name, text)| (name.to_owned(), AttributeValue::S(text))));
        for attempt in 0.. {
            let Err(error) = self.transact(epoch, std::slice::from_ref(&item)).await else { break };
            let codes = cancellation(&error).iter().map(|reason| reason.code().unwrap_or("None"));
            match codes.collect::<Vec<_>>()[..] {
                ["ConditionalCheckFailed", ..] => return Err(lost(StoreError::Fenced)),
                // It is there: from an earlier run, or by a request whose reply was lost.
                [_, "ConditionalCheckFailed"] => break,
                _ if attempt < COLLISIONS && passes(&error) => {
                    tokio::time::sleep(Duration::from_millis(20 * u64::from(attempt + 1))).await;
                }
                _ => return Err(explain_transaction(Action::PutItem, self.table().as_str(), error)),
            }
        }
        Ok(())
    }
}
