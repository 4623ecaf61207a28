//! Everything that the control plane knows; it never judges a call.

use super::json::{find, flag, list, text};
use super::quirks::Quirks;
use super::refusal::Refusal;
use super::step::Step;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const REGION: &str = "eu-central-1";
pub(super) const ACCOUNT: &str = "123456789012";

/// All tables of an account in a region. A test may change it by hand: see [`super::Model::edit`].
#[derive(Clone, Debug, Default)]
pub struct State {
    /// By name.
    pub tables: BTreeMap<String, Table>,
    /// By ARN.
    pub backups: BTreeMap<String, Backup>,
    pub(super) quirks: Quirks,
    pub(super) now: u64,
    /// What the engine below calls the streams that are known by other ARNs here.
    pub(super) streams: BTreeMap<String, String>,
    /// What the running call asks of the engine below.
    pub(super) inner: Vec<(&'static str, Value)>,
    /// What is to be said of the running call, though it is accepted.
    pub(super) idle: Vec<String>,
    serial: u64,
}

/// A table with all that belongs to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What `DescribeTable` shows; members that the model does not know are kept and shown.
    pub description: Value,
    /// What `DescribeTimeToLive` shows.
    pub ttl: Value,
    /// What `DescribeContinuousBackups` shows.
    pub backups: Value,
    /// By key.
    pub tags: BTreeMap<String, String>,
    /// The policy of the table itself.
    pub policy: Option<Policy>,
    /// What `DescribeContributorInsights` shows, by index; the table's own under the empty name.
    pub insights: BTreeMap<String, Value>,
    /// What `DescribeKinesisStreamingDestination` shows.
    pub kinesis: Vec<Value>,
    /// When things were changed, for the limits on how often they may.
    pub past: Past,
    pub(super) tries_before_backups: usize,
    pub(super) counted: u64,
    pub(super) steps: Vec<Step>,
}

/// A resource policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// As it was put.
    pub text: String,
    /// Of this text.
    pub revision: String,
}

/// The moments of changes whose frequency is limited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Changes to on-demand.
    pub on_demand: Vec<u64>,
    /// Changes of the class.
    pub class: Vec<u64>,
    /// Changes of the encryption.
    pub encryption: Vec<u64>,
    /// Decreases of provisioned throughput, by index; the table's own under the empty name.
    pub decreases: BTreeMap<String, Vec<u64>>,
    /// The last change of the time to live.
    pub ttl: Option<u64>,
}

/// A backup on demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Backup {
    /// What `DescribeBackup` shows.
    pub description: Value,
    pub(super) polls: usize,
}

impl State {
    pub(super) fn new(quirks: Quirks) -> Self {
        Self { quirks, ..Self::default() }
    }

    /// Different at each call.
    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// An identifier in the form of a UUID.
    pub(super) fn id(&mut self) -> String {
        let serial = self.serial();
        format!("{:08x}-0000-4000-8000-{serial:012x}", self.now & 0xffff_ffff)
    }

    pub(super) fn table(&self, name: &str) -> Result<&Table, Refusal> {
        self.tables.get(name).ok_or_else(|| Refusal::no_table(name))
    }

    /// Changes a table with the state at hand. An error leaves a state that its caller throws away.
    pub(super) fn change<T>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Self, &mut Table) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut table = self.table(name)?.clone();
        let answer = change(self, &mut table)?;
        self.tables.insert(name.to_owned(), table);
        Ok(answer)
    }

    /// Notes that an accepted call changes nothing.
    pub(super) fn idle(&mut self, what: impl Into<String>) {
        self.idle.push(what.into());
    }
}

impl Table {
    pub(super) fn name(&self) -> &str {
        text(&self.description, "TableName").unwrap_or_default()
    }

    pub(super) fn arn(&self) -> &str {
        text(&self.description, "TableArn").unwrap_or_default()
    }

    pub(super) fn status(&self) -> &str {
        text(&self.description, "TableStatus").unwrap_or_default()
    }

    pub(super) fn set_status(&mut self, status: &str) {
        self.description["TableStatus"] = json!(status);
    }

    pub(super) fn on_demand(&self) -> bool {
        let summary = self.description.get("BillingModeSummary");
        summary.and_then(|summary| text(summary, "BillingMode")) == Some("PAY_PER_REQUEST")
    }

    pub(super) fn has_stream(&self) -> bool {
        let stream = self.description.get("StreamSpecification");
        stream.and_then(|stream| flag(stream, "StreamEnabled")) == Some(true)
    }

    pub(super) fn indexes(&self) -> impl Iterator<Item = &Value> {
        list(&self.description, "GlobalSecondaryIndexes")
    }

    pub(super) fn index(&self, name: &str) -> Option<&Value> {
        find(&self.description, "GlobalSecondaryIndexes", "IndexName", name)
    }

    /// Refuses while something else is done with the table.
    pub(super) fn must_be_active(&self) -> Result<(), Refusal> {
        if self.status() == "ACTIVE" {
            return Ok(());
        }
        let (name, status) = (self.name(), self.status());
        Err(Refusal::in_use(format!("Attempt to change a resource which is still in use: Table is {status}: {name}")))
    }

    /// Everything, to be looked at.
    pub(super) fn dump(&self) -> Value {
        json!({
            "description": self.description,
            "ttl": self.ttl,
            "tags": self.tags,
            "pitr": self.backups,
            "policy": self.policy.as_ref().map(|policy| json!({ "Policy": policy.text, "RevisionId": policy.revision })),
            "insights": self.insights,
            "kinesis": self.kinesis,
            "replicas": self.description.get("Replicas"),
        })
    }
}
