//! What becomes of a table by itself after some descriptions, or after some time; it never knows why it began.

use super::clock::HOUR;
use super::json::{drop_from, find_mut, list, text, unset};
use super::state::{State, Table};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Something that is under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// The operation whose answers are counted.
    watched: &'static str,
    left: usize,
    end: End,
}

/// What is so when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    TableActive,
    TableGone,
    IndexBackfills(String),
    IndexActive(String),
    IndexGone(String),
    Warm,
    EncryptionSettled,
    ReplicaActive(String),
    ReplicaGone(String),
    TtlSettled,
    InsightsSettled(String),
    KinesisSettled(String),
}

impl End {
    fn index(&self) -> Option<&str> {
        match self {
            Self::IndexBackfills(name) | Self::IndexActive(name) | Self::IndexGone(name) => Some(name),
            Self::TableActive
            | Self::TableGone
            | Self::Warm
            | Self::EncryptionSettled
            | Self::ReplicaActive(_)
            | Self::ReplicaGone(_)
            | Self::TtlSettled
            | Self::InsightsSettled(_)
            | Self::KinesisSettled(_) => None,
        }
    }
}

impl Table {
    /// Begins something that `polls` answers of an operation show as unfinished.
    pub(super) fn later(&mut self, watched: &'static str, polls: usize, end: End) {
        self.steps.push(Step { watched, left: polls, end });
    }

    /// The table itself is `UPDATING` for a while.
    pub(super) fn updating(&mut self, polls: usize) {
        self.set_status("UPDATING");
        self.later("DescribeTable", polls, End::TableActive);
    }

    /// What was under way with an index no longer is.
    pub(super) fn forget_index(&mut self, name: &str) {
        self.steps.retain(|step| step.end.index() != Some(name));
    }

    fn reach(&mut self, end: End) {
        match end {
            End::TableActive => self.set_status("ACTIVE"),
            // Its holder takes it away.
            End::TableGone => self.set_status("GONE"),
            End::IndexBackfills(name) => self.on_index(&name, |index| index["Backfilling"] = json!(true)),
            End::IndexActive(name) => self.on_index(&name, |index| {
                index["IndexStatus"] = json!("ACTIVE");
                unset(index, "Backfilling");
            }),
            End::IndexGone(name) => {
                drop_from(&mut self.description, "GlobalSecondaryIndexes", "IndexName", &name);
                self.insights.remove(&name);
                self.past.decreases.remove(&name);
                self.drop_unused_definitions();
            }
            End::Warm => self.warm(),
            End::EncryptionSettled => match self.description.pointer("/SSEDescription/Status").and_then(Value::as_str) {
                Some("DISABLING") => unset(&mut self.description, "SSEDescription"),
                _ => self.description["SSEDescription"]["Status"] = json!("ENABLED"),
            },
            End::ReplicaActive(region) => {
                if let Some(replica) = find_mut(&mut self.description, "Replicas", "RegionName", &region) {
                    replica["ReplicaStatus"] = json!("ACTIVE");
                }
            }
            End::ReplicaGone(region) => drop_from(&mut self.description, "Replicas", "RegionName", &region),
            End::TtlSettled => self.settle_ttl(),
            End::InsightsSettled(index) => {
                if let Some(insights) = self.insights.get_mut(&index) {
                    settle(insights, "ContributorInsightsStatus", "ENABLED");
                }
            }
            End::KinesisSettled(arn) => {
                let destination = self.kinesis.iter_mut().find(|destination| text(destination, "StreamArn") == Some(&arn));
                if let Some(destination) = destination {
                    settle(destination, "DestinationStatus", "ACTIVE");
                }
            }
        }
    }

    fn on_index(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        if let Some(index) = find_mut(&mut self.description, "GlobalSecondaryIndexes", "IndexName", name) {
            change(index);
        }
    }

    fn warm(&mut self) {
        let indexes = self.description.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut);
        for index in indexes.into_iter().flatten() {
            if let Some(warm) = index.get_mut("WarmThroughput") {
                warm["Status"] = json!("ACTIVE");
            }
        }
        if let Some(warm) = self.description.get_mut("WarmThroughput") {
            warm["Status"] = json!("ACTIVE");
        }
    }

    pub(super) fn settle_ttl(&mut self) {
        if text(&self.ttl, "TimeToLiveStatus") == Some("DISABLING") {
            unset(&mut self.ttl, "AttributeName");
        }
        settle(&mut self.ttl, "TimeToLiveStatus", "ENABLED");
    }

    fn drop_unused_definitions(&mut self) {
        let indexes = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"];
        let holders = indexes.into_iter().flat_map(|indexes| list(&self.description, indexes));
        let used: BTreeSet<String> = std::iter::once(&self.description)
            .chain(holders)
            .flat_map(|holder| list(holder, "KeySchema"))
            .filter_map(|element| text(element, "AttributeName"))
            .map(str::to_owned)
            .collect();
        if let Some(definitions) = self.description.get_mut("AttributeDefinitions").and_then(Value::as_array_mut) {
            definitions.retain(|definition| text(definition, "AttributeName").is_some_and(|name| used.contains(name)));
        }
    }
}

fn settle(value: &mut Value, member: &str, on: &str) {
    let status = match text(value, member) {
        Some("DISABLING") => "DISABLED",
        Some("ENABLING" | "UPDATING") => on,
        Some(_) | None => return,
    };
    value[member] = json!(status);
}

impl State {
    /// An answer has shown the table as it is: what was under way comes nearer to its end.
    pub(super) fn watched(&mut self, operation: &str, name: &str) {
        if let Some(table) = self.tables.get_mut(name) {
            for step in table.steps.iter_mut().filter(|step| step.watched == operation) {
                step.left = step.left.saturating_sub(1);
            }
        }
    }

    /// Ends what has nothing left to wait for.
    pub(super) fn settle(&mut self) {
        let now = self.now;
        for table in self.tables.values_mut() {
            let (over, under_way) = std::mem::take(&mut table.steps).into_iter().partition(|step: &Step| {
                step.left == 0 || (step.end == End::TtlSettled && table.past.ttl.is_some_and(|changed| now >= changed + HOUR))
            });
            table.steps = under_way;
            for step in Vec::from_iter::<Vec<Step>>(over) {
                table.reach(step.end);
            }
        }
        self.tables.retain(|_, table| table.status() != "GONE");
    }
}
