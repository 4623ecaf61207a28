//! What was asked and what it took, by time; it never knows why.

use std::collections::BTreeMap;

use tokio::time::Instant;

/// Sums over a span of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Requests, those that were refused included.
    pub requests: u64,
    /// Requests by operation.
    pub operations: BTreeMap<&'static str, u64>,
    /// Requests of which a part or all was refused for lack of capacity.
    pub throttled_requests: u64,
    /// Items that were to be written: statements, or put requests of a batch, or one for each single request.
    pub writes: u64,
    /// Writes that were refused for lack of capacity.
    pub throttled_writes: u64,
    /// Writes whose condition did not hold.
    pub failed_conditions: u64,
    /// Items that scans and queries looked at.
    pub scanned: u64,
    /// Read units consumed.
    pub read_units: f64,
    /// Write units consumed, those of indexes included.
    pub write_units: f64,
    /// Bytes of requests.
    pub bytes_in: u64,
    /// Bytes of answers.
    pub bytes_out: u64,
}

impl Counts {
    pub(super) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "requests": self.requests,
            "operations": self.operations,
            "throttled_requests": self.throttled_requests,
            "writes": self.writes,
            "throttled_writes": self.throttled_writes,
            "failed_conditions": self.failed_conditions,
            "scanned": self.scanned,
            "read_units": self.read_units,
            "write_units": self.write_units,
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
        })
    }
}

/// What one request did to one table.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) at: Instant,
    pub(super) operation: &'static str,
    pub(super) throttled: bool,
    pub(super) writes: u32,
    pub(super) throttled_writes: u32,
    pub(super) failed_conditions: u32,
    pub(super) scanned: u32,
    pub(super) read_units: f64,
    pub(super) write_units: f64,
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
}

impl Record {
    pub(super) fn new(operation: &'static str, bytes_in: usize) -> Self {
        Self {
            at: Instant::now(),
            operation,
            throttled: false,
            writes: 0,
            throttled_writes: 0,
            failed_conditions: 0,
            scanned: 0,
            read_units: 0.0,
            write_units: 0.0,
            bytes_in: bytes_in as u64,
            bytes_out: 0,
        }
    }
}

/// All records of a table.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<Record>);

impl Tally {
    pub(super) fn add(&mut self, record: Record) {
        self.0.push(record);
    }

    /// From `from` up to but not including `to`.
    pub(super) fn between(&self, from: Option<Instant>, to: Option<Instant>) -> Counts {
        let mut counts = Counts::default();
        for record in &self.0 {
            if from.is_some_and(|from| record.at < from) || to.is_some_and(|to| record.at >= to) {
                continue;
            }
            counts.requests += 1;
            *counts.operations.entry(record.operation).or_default() += 1;
            counts.throttled_requests += u64::from(record.throttled);
            counts.writes += u64::from(record.writes);
            counts.throttled_writes += u64::from(record.throttled_writes);
            counts.failed_conditions += u64::from(record.failed_conditions);
            counts.scanned += u64::from(record.scanned);
            counts.read_units += record.read_units;
            counts.write_units += record.write_units;
            counts.bytes_in += record.bytes_in;
            counts.bytes_out += record.bytes_out;
        }
        counts
    }
}
