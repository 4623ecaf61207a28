//! The management table: one query reads the lock and the history, one transaction adds a record. Knows no decisions and prints nothing.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use jiff::Timestamp;

use super::fault::{explain, has_code, throttled};
use super::guard::lost;
use super::memory::ENVIRONMENT;
use super::share::{GUEST, Guests, Mark};
use crate::error::{Error, ErrorKind};
use crate::history::{Conflict, Entry, Environment, History, LockInfo, Record, RunInfo};
use crate::iam::Action;
use crate::schema::{Billing, KeyElement, NameError, Naming, PrimaryKey, ScalarType, TableName, TableSchema};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The sort key of the lock; it stands behind every record.
pub(crate) const LOCK: &str = "lock";
/// What the sort keys of records begin with.
const RECORD: &str = "history#";
/// A record is added only under the epoch that the lock has.
const EPOCH_HOLDS: &str = "epoch = :epoch";
/// A record is never overwritten.
const PLACE_IS_FREE: &str = "attribute_not_exists(pk)";
/// Records in one transaction, beside the check of the lock.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(super) const AT_ONCE: usize = 99;
/// A heartbeat touches the lock too; two transactions on one item may both be cancelled.
pub(super) const COLLISIONS: u32 = 20;

/// What the management table cannot tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum StoreError {
    #[error("table `{table}`, where the history would be kept, is somebody else's: its key is not (pk S, sk S)")]
    Foreign { table: TableName },
    #[error("{table}, where the history is kept, holds a record that cannot be read: {sort_key}")]
    Unreadable { table: TableName, sort_key: String, source: serde_dynamo::Error },
    #[error("the history in {table} contradicts itself: {source}")]
    Contradiction { table: TableName, source: Conflict },
    #[error("the entry «{entry}» cannot be recorded: {reason}")]
    Illegal { entry: String, reason: String },
    #[error("the lock was taken over by somebody else; nothing more is written")]
    Fenced,
    #[error("another run wrote record {number} of the history; nothing more is written")]
    Overtaken { number: u64 },
}

/// What one query finds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub lock: Option<LockInfo>,
    pub history: History,
    /// The environment that is remembered.
    pub environment: Option<Environment>,
    /// The sequence's tables on which others have indexes.
    pub guests: Guests,
    /// Whether the management table is there at all.
    pub exists: bool,
}

/// A sequence's part of the management table.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    client: Client,
    table: TableName,
    sequence: String,
}

impl Store {
    pub(crate) fn new(client: Client, table: TableName, sequence: &str) -> Self {
        Self { client, table, sequence: sequence.to_owned() }
    }

    /// The same part through another client.
    pub(crate) fn with_client(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    /// The part of another sequence.
    pub(crate) fn part(&self, sequence: &str) -> Self {
        Self { sequence: sequence.to_owned(), ..self.clone() }
    }

    /// What is kept of work that goes through items: no query for the history reads it, since no sequence's name has a `#`.
    pub(crate) fn data(&self) -> Self {
        self.part(&format!("{}#data", self.sequence))
    }

    /// The partition key of this part.
    pub(crate) fn partition(&self) -> &str {
        &self.sequence
    }

    pub(crate) fn table(&self) -> &TableName {
        &self.table
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The key of an item of this sequence.
    pub(crate) fn key(&self, sort: &str) -> Item {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.sequence.clone())),
            ("sk".to_owned(), AttributeValue::S(sort.to_owned())),
        ])
    }

    /// Reads the lock and the history.
    pub(crate) async fn read(&self) -> Result<Found, Error> {
        let mut pages = self
            .client
            .query()
            .table_name(self.table.as_str())
            .consistent_read(true)
            .key_condition_expression("pk = :sequence")
            .expression_attribute_values(":sequence", AttributeValue::S(self.sequence.clone()))
            .into_paginator()
            .items()
            .send();
        let (mut lock, mut environment) = (None, None);
        let (mut records, mut guests) = (Vec::new(), Guests::new());
        while let Some(item) = pages.next().await {
            let item = match item {
                Ok(item) => item,
                Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => {
                    return Ok(Found::default());
                }
                // The query is always the same and right for our key: only a table with another key refuses it.
                Err(error) if has_code(&error, &["ValidationException"]) => {
                    return Err(Error::new(ErrorKind::NotOwned, StoreError::Foreign { table: self.table.clone() })
                        .with_help("give a --prefix, so that the history gets a table of its own")
                        .with_help("or is it another account or region than was meant?"));
                }
                Err(error) => return Err(explain(Action::Query, self.table.as_str(), error)),
            };
            match item.get("sk") {
                Some(AttributeValue::S(sort)) if sort == LOCK => lock = Some(self.decode(item)?),
                Some(AttributeValue::S(sort)) if sort == ENVIRONMENT => environment = Some(self.decode(item)?),
                Some(AttributeValue::S(sort)) if sort.starts_with(GUEST) => {
                    let Mark { table, guest } = self.decode(item)?;
                    guests.entry(table).or_default().insert(guest);
                }
                _ => records.push(self.decode::<Record>(item)?),
            }
        }
        let history = self.follow(records)?;
        Ok(Found { lock, history, environment, guests, exists: true })
    }

    /// The tables that other sequences own, each with its sequence. Reads the whole management table: only asked before a refusal.
    pub(crate) async fn owned_elsewhere(&self) -> Result<BTreeMap<TableName, String>, Error> {
        let scan = self.client.scan().table_name(self.table.as_str()).consistent_read(true);
        let mut items = scan.into_paginator().items().send();
        let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| explain(Action::Scan, self.table.as_str(), error))?;
            let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
            let (sequence, sort) = (text("pk"), text("sk"));
            if sequence != self.sequence && sort.starts_with(RECORD) {
                records.entry(sequence).or_default().push(self.decode(item)?);
            }
        }
        let mut owners = BTreeMap::new();
        for (sequence, mut records) in records {
            records.sort_by_key(|record| record.number);
            let history = self.follow(records)?;
            owners.extend(history.tables().keys().map(|table| (table.clone(), sequence.clone())));
        }
        Ok(owners)
    }

    /// Records that follow from each other.
    fn follow(&self, records: Vec<Record>) -> Result<History, Error> {
        History::from_records(records).map_err(|source| {
            let error = StoreError::Contradiction { table: self.table.clone(), source };
            Error::new(ErrorKind::CorruptHistory, error).with_help("restore the management table from a backup")
        })
    }

    /// Reads an item that only this library writes.
    pub(crate) fn decode<T: serde::de::DeserializeOwned>(&self, item: Item) -> Result<T, Error> {
        let sort_key = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
        serde_dynamo::from_item(item).map_err(|source| {
            let error = StoreError::Unreadable { table: self.table.clone(), sort_key, source };
            Error::new(ErrorKind::CorruptHistory, error)
                .with_help("it was not written by this framework: restore the management table, or give another --prefix")
        })
    }

    /// Adds entries to the history, under the lock's epoch: in one transaction, and told apart from a lost reply.
    ///
    /// At most [`AT_ONCE`] of them fit one transaction; more are added in several, in order.
    pub(crate) async fn append(
        &self,
        history: &mut History,
        epoch: u64,
        run: &RunInfo,
        entries: Vec<Entry>,
    ) -> Result<(), Error> {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            self.append_some(history, epoch, run, entries.by_ref().take(AT_ONCE).collect()).await?;
        }
        Ok(())
    }

    async fn append_some(&self, history: &mut History, epoch: u64, run: &RunInfo, entries: Vec<Entry>) -> Result<(), Error> {
        let first = history.next_number();
        // What follows from the records is judged before they are written.
        let mut after = history.clone();
        let mut items = Vec::new();
        for (entry, number) in entries.into_iter().zip(first..) {
            let text = entry.to_string();
            let illegal =
                |reason: String| Error::new(ErrorKind::CorruptHistory, StoreError::Illegal { entry: text.clone(), reason });
            after.check(&entry).map_err(|reason| illegal(reason.to_owned()))?;
            let record = Record { number, at: now(), epoch, run: run.clone(), text: text.clone(), entry };
            let mut item: Item = serde_dynamo::to_item(&record).map_err(|error| Error::new(ErrorKind::Encode, error))?;
            item.extend(self.key(&format!("{RECORD}{number:010}")));
            items.push(item);
            after.append(record).map_err(|conflict| illegal(conflict.to_string()))?;
        }
        for attempt in 0.. {
            match self.transact(epoch, &items).await {
                Ok(()) => break,
                Err(error) => {
                    let reasons = cancellation(&error);
                    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
                    let (of_lock, of_records) = match reasons {
                        [lock, records @ ..] => (code(lock), records.iter().map(code).collect::<Vec<_>>()),
                        [] => ("None".to_owned(), Vec::new()),
                    };
                    if of_lock == "ConditionalCheckFailed" {
                        return Err(lost(StoreError::Fenced));
                    }
                    if let Some(at) = of_records.iter().position(|code| code == "ConditionalCheckFailed") {
                        // A reply that was lost: the SDK asked again and met the records that it had written, all of them.
                        let there = reasons[1..].iter().map(CancellationReason::item);
                        if there.zip(&items).all(|(there, item)| there.is_some_and(|there| there == item)) {
                            break;
                        }
                        return Err(lost(StoreError::Overtaken { number: first + at as u64 }));
                    }
                    if attempt == COLLISIONS || !passes(&error) {
                        return Err(explain_transaction(Action::PutItem, self.table.as_str(), error));
                    }
                    tokio::time::sleep(Duration::from_millis(20 * u64::from(attempt + 1))).await;
                }
            }
        }
        *history = after;
        Ok(())
    }

    /// What lets a transaction through only while the lock has this epoch.
    pub(super) fn fence(&self, epoch: u64) -> Result<TransactWriteItem, BuildError> {
        let lock = ConditionCheck::builder()
            .table_name(self.table.as_str())
            .set_key(Some(self.key(LOCK)))
            .condition_expression(EPOCH_HOLDS)
            .expression_attribute_values(":epoch", AttributeValue::N(epoch.to_string()))
            .build()?;
        Ok(TransactWriteItem::builder().condition_check(lock).build())
    }

    pub(super) async fn transact(&self, epoch: u64, items: &[Item]) -> Result<(), SdkError<TransactWriteItemsError>> {
        let lock = self.fence(epoch).map_err(SdkError::construction_failure)?;
        let mut transaction = self.client.transact_write_items().transact_items(lock);
        for item in items {
            let record = Put::builder()
                .table_name(self.table.as_str())
                .set_item(Some(item.clone()))
                .condition_expression(PLACE_IS_FREE)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .build()
                .map_err(SdkError::construction_failure)?;
            transaction = transaction.transact_items(TransactWriteItem::builder().put(record).build());
        }
        transaction.send().await.map(|_| ())
    }
}

pub(super) fn cancellation(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    }
}

/// Why a transaction is sent again: it met the heartbeat's write of the lock, or there is no capacity for it at the moment.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const PASSES: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/// Whether a transaction was cancelled by what passes by itself.
pub(super) fn passes(error: &SdkError<TransactWriteItemsError>) -> bool {
    cancellation(error).iter().filter_map(CancellationReason::code).any(|code| PASSES.contains(&code))
}

/// What a transaction was cancelled by is said in its reasons: one that only lacked capacity is throttled, and no other failure.
pub(super) fn explain_transaction(action: Action, resource: &str, error: SdkError<TransactWriteItemsError>) -> Error {
    let code = cancellation(&error).iter().filter_map(CancellationReason::code).find(|code| PASSES[1..].contains(code));
    match code {
        Some(code) => throttled(action, resource, code),
        None => explain(action, resource, error),
    }
}

/// The time, as records hold it: whole milliseconds, so that what is read equals what was written.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// The management table of an environment, on demand and protected.
pub(crate) fn schema(naming: &Naming) -> Result<TableSchema, NameError> {
    let key = PrimaryKey { partition: KeyElement::new("pk", ScalarType::S), sort: Some(KeyElement::new("sk", ScalarType::S)) };
    let schema = TableSchema { billing: Some(Billing::ON_DEMAND), ..TableSchema::new(naming.management_table()?, key) };
    Ok(schema.with_creation_defaults())
}
