//! The items that jobs are kept in, and what is said of one that cannot be read; knows no request.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Job, JobStore, Position};
use crate::aws::item_key::ItemKey;
use crate::aws::store::Item;
use crate::error::{BoxError, Error, ErrorKind};
use crate::history::Counts;
use crate::schema::{KeyElement, PrimaryKey, ScalarType, TableName};

/// DynamoDB splits a table into no more.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html#DDB-Scan-request-TotalSegments>
pub(super) const MOST_SEGMENTS: u32 = 1_000_000;

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(flatten)]
    pub job: Job,
    pub segments: u32,
    pub sweep: u32,
    pub finished: bool,
    pub counts: Counts,
    /// For people who look.
    pub begun: Timestamp,
}

/// How far one segment is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Segment {
    /// In which sweep it stood there.
    pub sweep: u32,
    pub position: Position,
}

/// An item that was put aside.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    #[serde(flatten)]
    pub job: Job,
    pub key: String,
    pub error: String,
    pub at: Timestamp,
}

/// What is wrong with what was kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    #[error("table `{table}` holds an item that cannot be read: pk `{partition}`, sk `{sort_key}`")]
    Damaged { table: TableName, partition: String, sort_key: String, source: BoxError },
    #[error("the job is split into {segments} segments, and this is none of them")]
    NoSegment { segments: u32 },
    #[error("a job has 1 to {MOST_SEGMENTS} segments, and sweeps are counted from 1")]
    Uncountable,
    #[error("it holds no item's key")]
    NoKey,
    #[error("the progress of a job is gone while it runs: {sort_key}")]
    NotBegun { sort_key: String },
}

/// Reads an item that only this room writes.
pub(super) fn read<T: DeserializeOwned>(jobs: &JobStore, sort: &str, item: Item) -> Result<T, Error> {
    serde_dynamo::from_item(item).map_err(|error| damaged(jobs, sort, error))
}

pub(super) fn damaged(jobs: &JobStore, sort: &str, source: impl Into<BoxError>) -> Error {
    let (table, partition) = (jobs.data.table().clone(), jobs.data.partition().to_owned());
    let error = JobError::Damaged { table, partition, sort_key: sort.to_owned(), source: source.into() };
    let lost = match sort {
        _ if super::is_aside(sort) => "it is then no longer known that this item of your data failed",
        _ if sort.contains("/seg/") => "this part of the table is then gone through again",
        _ => "the migration then begins again, and leaves alone what is done already",
    };
    Error::new(ErrorKind::CorruptHistory, error)
        .with_help(format!("it was not written by this framework: delete the item and run `migrate up` again; {lost}"))
}

/// Whether it is an item's key as DynamoDB's JSON, such as `{"id":{"S":"x"}}`.
pub(super) fn check_key(key: &str) -> Result<(), JobError> {
    canonical(key).map(|_| ())
}

/// The key as errors show it. Where its table is not known, the attributes stand in the order of their names.
pub(super) fn shown(key: &str, of: Option<&PrimaryKey>) -> String {
    let Some(item) = item(key) else { return "a key that cannot be read".to_owned() };
    let key = of.and_then(|of| ItemKey::of(of, &item).ok()).or_else(|| {
        let names: BTreeSet<&String> = item.keys().collect();
        let mut elements = names.into_iter().map(|name| KeyElement::new(name, ScalarType::S));
        ItemKey::of(&PrimaryKey { partition: elements.next()?, sort: elements.next() }, &item).ok()
    });
    key.map_or_else(String::new, |key| key.to_string())
}

fn item(key: &str) -> Option<Item> {
    let parsed: HashMap<String, HashMap<String, String>> = serde_json::from_str(key).ok()?;
    let value = |value: HashMap<String, String>| {
        let (kind, text) = value.into_iter().next()?;
        Some(match kind.as_str() {
            "S" => AttributeValue::S(text),
            "N" => AttributeValue::N(text),
            "B" => AttributeValue::B(Blob::new(base64::decode(text).ok()?)),
            _ => return None,
        })
    };
    parsed.into_iter().map(|(name, of)| Some((name, value(of)?))).collect()
}

/// The same text for the same key: attributes in the order of their names, nothing escaped that need not be.
pub(super) fn canonical(key: &str) -> Result<String, JobError> {
    let parsed: HashMap<String, HashMap<String, String>> = serde_json::from_str(key).map_err(|_| JobError::NoKey)?;
    let scalar =
        |value: &HashMap<String, String>| value.len() == 1 && value.keys().all(|kind| ["S", "N", "B"].contains(&&**kind));
    if parsed.is_empty() || !parsed.values().all(scalar) {
        return Err(JobError::NoKey);
    }
    let sorted: BTreeMap<_, _> = parsed.into_iter().collect();
    serde_json::to_string(&sorted).map_err(|_| JobError::NoKey)
}
