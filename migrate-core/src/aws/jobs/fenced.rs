//! Reads of the jobs' part of the management table, and writes of it under the lock's epoch; knows no job.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};

use super::JobStore;
use crate::aws::fault::explain;
use crate::aws::guard::lost;
use crate::aws::store::{AT_ONCE, COLLISIONS, Item, StoreError, cancellation, explain_transaction, passes};
use crate::error::Error;
use crate::iam::Action;

/// A write that may be carried out twice.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Put(Item),
    /// Of the item with this sort key.
    Delete(String),
}

impl JobStore {
    pub(super) async fn get(&self, sort: &str) -> Result<Option<Item>, Error> {
        let table = self.data.table().as_str();
        let get = self.data.client().get_item().table_name(table).set_key(Some(self.data.key(sort))).consistent_read(true);
        Ok(get.send().await.map_err(|error| explain(Action::GetItem, table, error))?.item)
    }

    /// All items whose sort keys begin with `prefix`, in order, each with its sort key.
    pub(super) async fn query(&self, prefix: &str) -> Result<Vec<(String, Item)>, Error> {
        self.all(prefix, None).await
    }

    /// Their sort keys alone.
    pub(super) async fn keys(&self, prefix: &str) -> Result<Vec<String>, Error> {
        Ok(self.all(prefix, Some("sk")).await?.into_iter().map(|(sort, _)| sort).collect())
    }

    async fn all(&self, prefix: &str, only: Option<&str>) -> Result<Vec<(String, Item)>, Error> {
        let table = self.data.table().as_str();
        let mut items = self
            .data
            .client()
            .query()
            .table_name(table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(self.data.partition().to_owned()))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
            .set_projection_expression(only.map(str::to_owned))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| explain(Action::Query, table, error))?;
            if let Some(AttributeValue::S(sort)) = item.get("sk") {
                found.push((sort.clone(), item));
            }
        }
        Ok(found)
    }

    /// Writes in order, as many at once as fit one transaction, each only under the epoch. Carried out twice they do no harm, so that a reply
    /// that was lost needs no care.
    pub(super) async fn write(&self, writes: Vec<Write>) -> Result<(), Error> {
        for some in writes.chunks(AT_ONCE) {
            self.write_some(some).await?;
        }
        Ok(())
    }

    async fn write_some(&self, writes: &[Write]) -> Result<(), Error> {
        for attempt in 0.. {
            let Err(error) = self.transact(writes).await else { break };
            let codes: Vec<&str> = cancellation(&error).iter().filter_map(|reason| reason.code()).collect();
            // Only the check of the lock has a condition.
            if codes.contains(&"ConditionalCheckFailed") {
                return Err(lost(StoreError::Fenced));
            }
            if attempt == COLLISIONS || !passes(&error) {
                let deletes = writes.iter().any(|write| matches!(write, Write::Delete(_)));
                let action = if deletes { Action::DeleteItem } else { Action::PutItem };
                return Err(explain_transaction(action, self.data.table().as_str(), error));
            }
            tokio::time::sleep(Duration::from_millis(20 * u64::from(attempt + 1))).await;
        }
        Ok(())
    }

    async fn transact(&self, writes: &[Write]) -> Result<(), SdkError<TransactWriteItemsError>> {
        let table = self.data.table().as_str();
        let lock = self.store.fence(self.epoch).map_err(SdkError::construction_failure)?;
        let mut transaction = self.data.client().transact_write_items().transact_items(lock);
        for write in writes {
            let item = TransactWriteItem::builder();
            let item = match write {
                Write::Put(put) => {
                    let put = Put::builder().table_name(table).set_item(Some(put.clone())).build();
                    item.put(put.map_err(SdkError::construction_failure)?)
                }
                Write::Delete(sort) => {
                    let delete = Delete::builder().table_name(table).set_key(Some(self.data.key(sort))).build();
                    item.delete(delete.map_err(SdkError::construction_failure)?)
                }
            };
            transaction = transaction.transact_items(item.build());
        }
        transaction.send().await.map(|_| ())
    }
}
