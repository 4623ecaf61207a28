//! How a table is simulated, as a test or a benchmark says it; it never knows a request.

use std::time::Duration;

/// Reading or writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Scan, Query, GetItem.
    Read,
    /// All that changes items.
    Write,
}

/// A table whose items are simulated. Unless told otherwise it is paid on demand and has no limits.
#[derive(Clone, Debug)]
pub struct SimulatedTable {
    pub(super) name: String,
    /// Read and write units a second, where the table is provisioned.
    pub(super) provisioned: Option<(f64, f64)>,
    pub(super) read: Option<f64>,
    pub(super) write: Option<f64>,
    pub(super) partitions: u64,
    pub(super) partition_read: Option<f64>,
    pub(super) partition_write: Option<f64>,
    pub(super) burst: Duration,
    pub(super) index_writes: f64,
    pub(super) items_shown: Option<u64>,
    pub(super) bytes_shown: Option<u64>,
    pub(super) warm_shown: Option<(u64, u64)>,
}

impl SimulatedTable {
    /// A table by its physical name. Its key comes from the engine below, where it must have been created before its first item.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            provisioned: None,
            read: None,
            write: None,
            partitions: 1,
            partition_read: None,
            partition_write: None,
            burst: Duration::from_secs(1),
            index_writes: 0.0,
            items_shown: None,
            bytes_shown: None,
            warm_shown: None,
        }
    }

    /// Provisioned, with these read and write units a second, which its buckets hold it to; DescribeTable shows them.
    #[must_use]
    pub fn provisioned(mut self, read: f64, write: f64) -> Self {
        self.provisioned = Some((read, write));
        (self.read, self.write) = (Some(read), Some(write));
        self
    }

    /// What the table's bucket gives in a second, whatever DescribeTable shows.
    #[must_use]
    pub fn capacity(mut self, access: Access, units: f64) -> Self {
        match access {
            Access::Read => self.read = Some(units),
            Access::Write => self.write = Some(units),
        }
        self
    }

    /// In how many equal parts of the space of hashes it is stored, and the read and write units a second of each.
    #[must_use]
    pub fn partitions(mut self, count: u64, read: f64, write: f64) -> Self {
        assert!(count > 0, "a table has a partition");
        self.partitions = count;
        (self.partition_read, self.partition_write) = (Some(read), Some(write));
        self
    }

    /// How much of its rate every bucket holds, and holds at the start; 1 s.
    #[must_use]
    pub fn burst(mut self, burst: Duration) -> Self {
        self.burst = burst;
        self
    }

    /// Write units that each change costs more, as if it changed so many global indexes.
    #[must_use]
    pub fn index_writes(mut self, units: f64) -> Self {
        self.index_writes = units;
        self
    }

    /// The number of items that DescribeTable shows; otherwise it is the true one.
    #[must_use]
    pub fn shows_items(mut self, count: u64) -> Self {
        self.items_shown = Some(count);
        self
    }

    /// The size that DescribeTable shows; otherwise it is the true one.
    #[must_use]
    pub fn shows_bytes(mut self, bytes: u64) -> Self {
        self.bytes_shown = Some(bytes);
        self
    }

    /// The warm throughput that DescribeTable shows, read and write units a second.
    #[must_use]
    pub fn shows_warm_throughput(mut self, read: u64, write: u64) -> Self {
        self.warm_shown = Some((read, write));
        self
    }
}
