//! What is known of a table before it is gone through: how large it is, how it is split, what it may be burdened with, who listens.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;

use super::super::target::Place;
use crate::aws::inspect;
use crate::budget::{Budget, Control, Limits};
use crate::context::Terms;
use crate::error::{Error, ErrorKind};
use crate::schema::{Aspect, Billing, Hazard, LiveTable, Projection, TableClass, TableName, Throughput};

/// What one partition can do. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>
const PARTITION: Throughput = Throughput { read: 3_000, write: 1_000 };
const PARTITION_BYTES: u64 = 10 << 30;
/// Segments for each partition: borders of segments and partitions do not meet, and each partition is to have some that lie in it alone.
const SEGMENTS_OF_A_PARTITION: u64 = 4;
const FEWEST_SEGMENTS: u32 = 8;
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html>
const MOST_SEGMENTS: u32 = 1_000_000;
/// What an item is taken to need where nobody knows.
const UNKNOWN_ITEM: f64 = 400.0;

#[derive(Debug, thiserror::Error)]
enum FactsError {
    #[error("table `{0}` is not there")]
    Absent(String),
    #[error(
        "each of the {about} changes that this migration makes in table `{table}` is a record in {stream} (hazard {hazard}), and the migration does not accept that"
    )]
    Consumers { table: String, about: String, stream: &'static str, hazard: Hazard },
}

/// A table as it is.
#[derive(Debug)]
pub(super) struct Facts {
    live: LiveTable,
}

impl Facts {
    /// Looks at the table. `written`: whether it is to be written, so that it matters who listens.
    pub(super) async fn look(client: &Client, place: &Place, written: bool) -> Result<Self, Error> {
        let apart = if written { BTreeSet::from([Aspect::KinesisStream]) } else { BTreeSet::new() };
        let name = TableName::new(place.table.clone()).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
        let absent = || {
            Error::new(ErrorKind::NotFound, FactsError::Absent(place.table.clone()))
                .with_help("check the region, the account and the prefix: tables of the same name can be in another one")
        };
        let live = inspect::describe(client, &name, &apart).await?.ok_or_else(absent)?;
        Ok(Self { live })
    }

    pub(super) fn table_id(&self) -> Option<String> {
        self.live.table_id.clone()
    }

    /// Roughly how many items it has; hours old, and nought means nothing.
    pub(super) fn items(&self) -> Option<u64> {
        Some(self.live.item_count).filter(|count| *count > 0)
    }

    pub(super) fn bytes_of_an_item(&self) -> f64 {
        if self.live.item_count == 0 || self.live.size_bytes == 0 {
            return UNKNOWN_ITEM;
        }
        (self.live.size_bytes as f64 / self.live.item_count as f64).max(1.0)
    }

    /// Writes of indexes that one write of an item may bring with it.
    pub(super) fn indexes(&self) -> usize {
        self.live.schema.global_indexes.len()
    }

    /// Whether items that are read so are whole: a global index may hold only some of their attributes.
    pub(super) fn whole(&self, index: Option<&str>) -> bool {
        let Some(index) = index else { return true };
        let mut indexes = self.live.schema.global_indexes.iter();
        // Of one that is not there the engine tells.
        indexes.find(|(name, _)| name.as_str() == index).is_none_or(|(_, index)| index.projection == Projection::All)
    }

    pub(super) fn limits(&self, budget: &Budget, local: bool, control: Control) -> Limits {
        budget.limits(&self.live.schema, local, control)
    }

    /// Of the table, where it is paid for by request.
    pub(super) fn paid_by_request(&self) -> Option<TableClass> {
        match self.live.schema.billing {
            Some(Billing::Provisioned(_)) => None,
            Some(Billing::OnDemand(_)) | None => Some(self.live.schema.table_class.unwrap_or(TableClass::Standard)),
        }
    }

    /// Into how many segments it is split: as `asked`, or more than it may have partitions.
    pub(super) fn segments(&self, asked: Option<u32>, local: bool) -> u32 {
        if let Some(segments) = asked {
            return segments.clamp(1, MOST_SEGMENTS);
        }
        if local {
            return 1;
        }
        let warm = self.live.schema.warm_throughput.value().copied().unwrap_or(Throughput { read: 0, write: 0 });
        let provisioned = match self.live.schema.billing {
            Some(Billing::Provisioned(units)) => units,
            Some(Billing::OnDemand(_)) | None => Throughput { read: 0, write: 0 },
        };
        let of = |units: Throughput| units.write.div_ceil(PARTITION.write).max(units.read.div_ceil(PARTITION.read));
        let partitions = of(warm).max(of(provisioned)).max(self.live.size_bytes.div_ceil(PARTITION_BYTES)).max(1);
        let segments = partitions.saturating_mul(SEGMENTS_OF_A_PARTITION);
        u32::try_from(segments).unwrap_or(u32::MAX).clamp(FEWEST_SEGMENTS, MOST_SEGMENTS)
    }

    /// Refuses to write where somebody listens, unless that was accepted.
    pub(super) fn heard_by_nobody(&self, terms: &Terms) -> Result<(), Error> {
        let schema = &self.live.schema;
        let stream = match (schema.stream.value(), schema.kinesis_stream.value()) {
            (Some(_), _) => "its stream",
            (None, Some(_)) => "its Kinesis stream",
            (None, None) => return Ok(()),
        };
        // A table that holds nothing yet is filled: the plan asks for nothing there either.
        if terms.accept.contains(&Hazard::StreamRecords) || self.items().is_none() {
            return Ok(());
        }
        let about = self.items().map_or_else(|| "unknown number of".to_owned(), |items| format!("up to ~{items}"));
        let (table, hazard) = (schema.name.to_string(), Hazard::StreamRecords);
        let error = FactsError::Consumers { table, about, stream, hazard };
        let attribute = if terms.turn.is_back { "rollback" } else { "migration" };
        Err(Error::new(ErrorKind::ConsentMissing, error).with_help(format!(
            "if those who read it can bear that: `#[{attribute}(.., accept(H114))]`; docs/hazards.md tells how they can leave such records out"
        )))
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
