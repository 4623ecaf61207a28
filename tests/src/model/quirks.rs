//! How slow, how late and how busy the model is; it never knows an operation's rules.

use std::collections::BTreeMap;
use std::time::Duration;

/// What differs from one run of AWS to another. Each `polls_…` says how many descriptions show the state between.
#[derive(Clone, Debug)]
pub struct Quirks {
    /// Descriptions of a table that say `CREATING`.
    pub polls_creating: usize,
    /// Descriptions of a table that say `UPDATING`; of an index, of encryption, of a replica and of warm throughput too.
    pub polls_updating: usize,
    /// Descriptions of a table that say `DELETING`.
    pub polls_deleting: usize,
    /// Descriptions in which a new index is `CREATING` and does not backfill yet, whatever its table's state.
    pub polls_index_creating: usize,
    /// Descriptions in which a new index is `CREATING` and backfills.
    pub polls_index_backfilling: usize,
    /// Descriptions in which an index is `DELETING`.
    pub polls_index_deleting: usize,
    /// Descriptions of the time to live that say `ENABLING` or `DISABLING`; an hour of the clock ends these states too.
    pub polls_ttl: usize,
    /// Descriptions of contributor insights that say `ENABLING` or `DISABLING`.
    pub polls_insights: usize,
    /// Descriptions of a Kinesis destination that say `ENABLING`, `DISABLING` or `UPDATING`.
    pub polls_kinesis: usize,
    /// Descriptions of a backup that say `CREATING`.
    pub polls_backup: usize,
    /// How often `UpdateContinuousBackups` of a new table answers `ContinuousBackupsUnavailableException`.
    pub tries_before_backups: usize,
    /// How many answers of a reading operation (`DescribeTable`, `ListTagsOfResource`, …) are of before the last change.
    pub lag: BTreeMap<String, usize>,
    /// Tags on a page of `ListTagsOfResource`.
    pub tags_per_page: usize,
    /// Whether a ceiling that was removed is described as −1 instead of not at all.
    pub shows_no_ceiling: bool,
    /// How old `ItemCount` and `TableSizeBytes` may be.
    pub counts_every: Duration,
    /// What is refused for no fault of the client.
    pub injections: Vec<Injection>,
}

/// Refuses the first tries of an operation.
#[derive(Clone, Debug)]
pub struct Injection {
    /// `UpdateTable`, …
    pub operation: String,
    /// How many tries are refused.
    pub times: usize,
    /// With what.
    pub fault: Fault,
}

/// A refusal that is nobody's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `ResourceInUseException`: something else changes the table.
    InUse,
    /// `LimitExceededException`: too many operations on the control plane at once.
    Busy,
    /// `ThrottlingException`.
    Throttled,
    /// `AccessDeniedException`.
    Denied,
    /// `InternalServerError`.
    Internal,
    /// `UnknownOperationException`: the endpoint does not have it.
    Unknown,
}

impl Default for Quirks {
    /// Every state between is shown once.
    fn default() -> Self {
        Self {
            polls_creating: 1,
            polls_updating: 1,
            polls_deleting: 1,
            polls_index_creating: 1,
            polls_index_backfilling: 1,
            polls_index_deleting: 1,
            polls_ttl: 1,
            polls_insights: 1,
            polls_kinesis: 1,
            polls_backup: 1,
            tries_before_backups: 0,
            lag: BTreeMap::new(),
            tags_per_page: 10,
            shows_no_ceiling: false,
            counts_every: Duration::from_secs(6 * super::clock::HOUR),
            injections: Vec::new(),
        }
    }
}

impl Quirks {
    /// Everything is done when its call is answered.
    pub fn instant() -> Self {
        Self {
            polls_creating: 0,
            polls_updating: 0,
            polls_deleting: 0,
            polls_index_creating: 0,
            polls_index_backfilling: 0,
            polls_index_deleting: 0,
            polls_ttl: 0,
            polls_insights: 0,
            polls_kinesis: 0,
            polls_backup: 0,
            ..Self::default()
        }
    }
}
