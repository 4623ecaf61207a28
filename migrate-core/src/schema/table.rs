//! A table as the code declares it, and as it is found; knows neither the registry nor a client.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use jiff::Timestamp;

use super::{
    Aspect, Attribute, Billing, Encryption, GlobalIndex, Handling, IndexName, Insights, KeyElement, KinesisStream, LocalIndex,
    Management, Policy, PrimaryKey, Recovery, ScalarType, Setting, StreamView, TableClass, TableName, Throughput,
};

/// A table's shape and settings, declared or live.
///
/// What is `None` or [`Setting::Unmanaged`] in a declared schema is left alone; in a live one the engine could not tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableSchema {
    /// Logical where declared, physical where live or planned.
    pub name: TableName,
    /// The primary key.
    pub key: PrimaryKey,
    /// The attributes of the declared struct; empty for a live table, which does not know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Global secondary indexes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub global_indexes: BTreeMap<IndexName, GlobalIndex>,
    /// Local secondary indexes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub local_indexes: BTreeMap<IndexName, LocalIndex>,
    /// How it is paid for. A new table is on demand unless the code says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// Its stream.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub stream: Setting<StreamView>,
    /// The attribute that holds the time to live, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub ttl: Setting<String>,
    /// Whether DynamoDB refuses to delete it. A new table is protected unless the code says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_class: Option<TableClass>,
    /// Whose key encrypts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Point-in-time recovery.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub point_in_time_recovery: Setting<Recovery>,
    /// Tags by key. One that is not named is nobody's business; off must not be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, Setting<String>>,
    /// What it takes at once, at least. DynamoDB only ever raises it.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub warm_throughput: Setting<Throughput>,
    /// Which keys are used most.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub contributor_insights: Setting<Insights>,
    /// Who else may do what.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub resource_policy: Setting<Policy>,
    /// The Kinesis stream that gets every change.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub kinesis_stream: Setting<KinesisStream>,
    /// The other regions that hold a replica.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub replicas: Setting<BTreeSet<String>>,
    /// How it is to be handled; a live table has nothing of it.
    #[serde(default, skip_serializing_if = "Handling::is_default")]
    pub handling: Handling,
}

impl TableSchema {
    /// A table with this key that says nothing else.
    pub fn new(name: TableName, key: PrimaryKey) -> Self {
        Self {
            name,
            key,
            attributes: Vec::new(),
            global_indexes: BTreeMap::new(),
            local_indexes: BTreeMap::new(),
            billing: None,
            stream: Setting::Unmanaged,
            ttl: Setting::Unmanaged,
            deletion_protection: None,
            table_class: None,
            encryption: None,
            point_in_time_recovery: Setting::Unmanaged,
            tags: BTreeMap::new(),
            warm_throughput: Setting::Unmanaged,
            contributor_insights: Setting::Unmanaged,
            resource_policy: Setting::Unmanaged,
            kinesis_stream: Setting::Unmanaged,
            replicas: Setting::Unmanaged,
            handling: Handling::default(),
        }
    }

    /// This schema under another name: a logical one made physical.
    #[must_use]
    pub fn named(self, name: TableName) -> Self {
        Self { name, ..self }
    }

    /// What a new table gets where the code is silent: on-demand billing, deletion protection, and for the indexes of a provisioned table
    /// its own throughput. Warm throughput that a new table has by itself is left out, since DynamoDB takes none below it.
    #[must_use]
    pub fn with_creation_defaults(self) -> Self {
        let billing = self.billing.unwrap_or(Billing::ON_DEMAND);
        let mut global_indexes = self.global_indexes;
        for index in global_indexes.values_mut() {
            index.billing = match billing {
                Billing::Provisioned(_) => index.billing.or(Some(billing)),
                Billing::OnDemand(_) => index.billing,
            };
            index.warm_throughput = above(index.warm_throughput, index.billing.unwrap_or(billing).warm_when_new());
        }
        Self {
            billing: Some(billing),
            deletion_protection: Some(self.deletion_protection.unwrap_or(true)),
            warm_throughput: above(self.warm_throughput, billing.warm_when_new()),
            global_indexes,
            ..self
        }
    }

    /// Without the settings that not every engine takes when a table is made.
    #[must_use]
    pub fn bare(mut self) -> Self {
        let plain = |billing: Option<Billing>| match billing {
            Some(Billing::OnDemand(_)) => Some(Billing::ON_DEMAND),
            Some(Billing::Provisioned(_)) | None => billing,
        };
        self.billing = plain(self.billing);
        for index in self.global_indexes.values_mut() {
            index.billing = plain(index.billing);
            index.warm_throughput = Setting::Unmanaged;
        }
        self.tags.clear();
        (self.table_class, self.encryption) = (None, None);
        (self.warm_throughput, self.resource_policy) = (Setting::Unmanaged, Setting::Unmanaged);
        self
    }

    /// As it is right after it was made like this: settings with an API of their own are off.
    #[must_use]
    pub fn as_created(mut self) -> Self {
        for index in self.global_indexes.values_mut() {
            index.contributor_insights = Setting::Off;
        }
        self.ttl = Setting::Off;
        self.point_in_time_recovery = Setting::Off;
        self.contributor_insights = Setting::Off;
        self.kinesis_stream = Setting::Off;
        self.replicas = Setting::Off;
        self
    }

    /// The stated settings that DescribeTable does not tell: each has an API of its own, and costs a call to read.
    pub fn read_apart(&self) -> BTreeSet<Aspect> {
        let of_indexes = |stated: fn(&GlobalIndex) -> bool| self.global_indexes.values().any(stated);
        let insights =
            !self.contributor_insights.is_unmanaged() || of_indexes(|index| !index.contributor_insights.is_unmanaged());
        let stated = [
            (Aspect::Ttl, !self.ttl.is_unmanaged()),
            (Aspect::PointInTimeRecovery, !self.point_in_time_recovery.is_unmanaged()),
            (Aspect::Tags, !self.tags.is_empty()),
            (Aspect::ContributorInsights, insights),
            (Aspect::ResourcePolicy, !self.resource_policy.is_unmanaged()),
            (Aspect::KinesisStream, !self.kinesis_stream.is_unmanaged()),
        ];
        stated.into_iter().filter_map(|(aspect, stated)| stated.then_some(aspect)).collect()
    }

    /// Whether somebody else makes and changes it, so that it is only looked at.
    pub fn is_verified(&self) -> bool {
        self.handling.management == Management::Verify
    }

    /// The attributes that keys are made of, each once, by name: what DynamoDB calls attribute definitions.
    ///
    /// One attribute that two keys give different types appears twice; DynamoDB refuses that, and so does `plan`.
    pub fn key_elements(&self) -> BTreeSet<&KeyElement> {
        let global = self.global_indexes.values().flat_map(|index| index.key.attributes());
        let local = self.local_indexes.values().map(|index| &index.sort);
        self.key.attributes().chain(global).chain(local).collect()
    }

    /// The type of a key attribute of this table or its indexes.
    pub fn scalar_of(&self, attribute: &str) -> Option<ScalarType> {
        self.key_elements().into_iter().find(|element| element.name == attribute).map(|element| element.scalar)
    }
}

/// Warm throughput as far as it goes beyond what is there by itself.
fn above(declared: Setting<Throughput>, by_itself: Throughput) -> Setting<Throughput> {
    let Setting::Set(wanted) = declared else { return declared };
    let raised = Throughput { read: wanted.read.max(by_itself.read), write: wanted.write.max(by_itself.write) };
    if raised == by_itself { Setting::Unmanaged } else { Setting::Set(raised) }
}

/// What a declared struct's table looks like; `#[derive(Table)]` implements it.
///
/// ```
/// use migrate_core::Table;
/// # migrate_core::migrations!();
/// #[derive(Table)]
/// #[table(name = "customers")]
/// struct Customer {
///     #[table(partition_key)]
///     id: String,
/// }
/// # fn main() {
/// assert_eq!(Customer::schema().key.partition.name, "id");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    note = "declare it: `#[derive(migrate_core::Table)]` with `#[table(name = \"..\")]`",
    note = "a table that is dropped but that an older migration still reads is kept beside that migration: `#[table(name = \"..\", frozen)]`"
)]
pub trait Table {
    /// The declared schema, under its logical name.
    fn schema() -> TableSchema;

    /// The attribute that the application raises by one with each write and demands unchanged, if it has one: `#[table(version)]`.
    /// A migration demands it unchanged, too, and raises it.
    const VERSION: Option<&'static str> = None;
}

/// The state that DynamoDB reports for a table or an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being made.
    Creating,
    /// Ready.
    Active,
    /// Being changed.
    Updating,
    /// Being deleted.
    Deleting,
    /// Any other word of DynamoDB's, such as `ARCHIVED`.
    Other(String),
}

/// A table as it is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveTable {
    /// Its shape and settings, under its physical name; an index that is being deleted may show only in `index_status`.
    pub schema: TableSchema,
    /// Its state.
    pub status: Status,
    /// The state of each global index.
    #[serde(default)]
    pub index_status: BTreeMap<IndexName, Status>,
    /// DynamoDB's id for this very table; a table made again under the same name has another. Some engines have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_id: Option<String>,
    /// Roughly how many items it holds: DynamoDB updates it about every six hours.
    #[serde(default)]
    pub item_count: u64,
    /// Roughly how many bytes they are; as old.
    #[serde(default)]
    pub size_bytes: u64,
    /// Its ARN, by which tags and policies are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The ARN of its stream, which consumers know it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_arn: Option<String>,
    /// The revision of its resource policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_revision: Option<String>,
    /// Global indexes that are being filled: only these can be deleted before they are ready.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub backfilling: BTreeSet<IndexName>,
    /// What was changed lately, where DynamoDB allows only so many changes.
    #[serde(default)]
    pub recent: Recent,
    /// Settings that could not be read, each with the action that is not allowed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<Aspect, String>,
}

/// Changes that DynamoDB counts, as far as it tells them.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Decreases of the table's capacity on this day (UTC), and the last of them.
    #[serde(default)]
    pub decreases: Decreases,
    /// The same of each index.
    #[serde(default)]
    pub index_decreases: BTreeMap<IndexName, Decreases>,
    /// When it became on demand last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand: Option<Timestamp>,
    /// When its class was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Timestamp>,
    /// Whether a change of its time to live is under way, which takes up to an hour.
    #[serde(default)]
    pub ttl_changing: bool,
}

/// Decreases of provisioned capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decreases {
    /// How many on this day (UTC).
    pub today: u64,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

impl LiveTable {
    /// A table at rest of which nothing but this is known.
    pub const fn new(schema: TableSchema) -> Self {
        Self {
            schema,
            status: Status::Active,
            index_status: BTreeMap::new(),
            table_id: None,
            item_count: 0,
            size_bytes: 0,
            arn: None,
            stream_arn: None,
            policy_revision: None,
            backfilling: BTreeSet::new(),
            recent: Recent {
                decreases: Decreases { today: 0, last: None },
                index_decreases: BTreeMap::new(),
                on_demand: None,
                class: None,
                ttl_changing: false,
            },
            unknown: BTreeMap::new(),
        }
    }

    /// Whether the table and each of its global indexes is ready.
    pub fn is_settled(&self) -> bool {
        self.status == Status::Active && self.index_status.values().all(|status| *status == Status::Active)
    }
}
