//! What an environment says otherwise about a table's settings; never its key nor an index's shape. Knows no environment and no file.

mod written;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use self::written::{BillingWritten, EncryptionWritten, Keys, KinesisWritten, RecoveryWritten, Regions, Units};
use super::{
    Aspect, Billing, Encryption, GlobalIndex, IndexName, Insights, KinesisStream, Management, Policy, Recovery, Setting,
    StreamView, TableClass, TableSchema, Throughput,
};

/// Settings of one table that count instead of what the code says: `None` leaves the code's.
///
/// A setting is written as in `#[table(..)]`; `off` switches it off, `unmanaged` leaves it as it is found. A setting more is a field
/// here, and a line in [`apply`](Self::apply). Hazards are accepted by the code or the command line, never here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    /// How it is paid for: `on_demand`, or `provisioned` with `read` and `write`.
    #[serde(deserialize_with = "written::said::<_, BillingWritten, _>")]
    pub billing: Option<Billing>,
    /// Its stream.
    #[serde(deserialize_with = "written::stated::<_, StreamView, _>")]
    pub stream: Option<Setting<StreamView>>,
    /// The attribute that holds the time to live.
    #[serde(deserialize_with = "written::stated::<_, String, _>")]
    pub ttl: Option<Setting<String>>,
    /// Whether DynamoDB refuses to delete it.
    pub deletion_protection: Option<bool>,
    /// Its class.
    pub table_class: Option<TableClass>,
    /// Whose key encrypts it.
    #[serde(deserialize_with = "written::said::<_, EncryptionWritten, _>")]
    pub encryption: Option<Encryption>,
    /// Point-in-time recovery.
    #[serde(deserialize_with = "written::stated::<_, RecoveryWritten, _>")]
    pub point_in_time_recovery: Option<Setting<Recovery>>,
    /// Tags, each in place of the code's of the same key.
    #[serde(deserialize_with = "written::tags")]
    pub tags: BTreeMap<String, Setting<String>>,
    /// What it takes at once, at least.
    #[serde(deserialize_with = "written::stated::<_, Units, _>")]
    pub warm_throughput: Option<Setting<Throughput>>,
    /// Which keys are used most.
    #[serde(deserialize_with = "written::stated::<_, Keys, _>")]
    pub contributor_insights: Option<Setting<Insights>>,
    /// Who else may do what: a document, which whoever reads a file has to bring.
    #[serde(skip)]
    pub resource_policy: Option<Setting<Policy>>,
    /// The Kinesis stream that gets every change.
    #[serde(deserialize_with = "written::stated::<_, KinesisWritten, _>")]
    pub kinesis_stream: Option<Setting<KinesisStream>>,
    /// The other regions that hold a replica.
    #[serde(deserialize_with = "written::stated::<_, Regions, _>")]
    pub replicas: Option<Setting<BTreeSet<String>>>,
    /// Settings that count when the table is made and are left alone afterwards, in place of the code's.
    pub ignore: Option<BTreeSet<Aspect>>,
    /// Who changes it.
    pub schema: Option<Management>,
    /// Settings of its global indexes.
    pub indexes: BTreeMap<IndexName, IndexOverrides>,
}

/// Settings of one global index that count instead of what the code says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexOverrides {
    /// Its capacity, in its table's mode.
    #[serde(deserialize_with = "written::said::<_, BillingWritten, _>")]
    pub billing: Option<Billing>,
    /// What it takes at once, at least.
    #[serde(deserialize_with = "written::stated::<_, Units, _>")]
    pub warm_throughput: Option<Setting<Throughput>>,
    /// Which keys are used most.
    #[serde(deserialize_with = "written::stated::<_, Keys, _>")]
    pub contributor_insights: Option<Setting<Insights>>,
}

impl Overrides {
    /// The schema with these settings in place of its own.
    #[must_use]
    pub fn apply(&self, mut schema: TableSchema) -> TableSchema {
        let Self { billing, stream, ttl, deletion_protection, table_class, encryption, point_in_time_recovery, .. } =
            self.clone();
        let Self { tags, warm_throughput, contributor_insights, resource_policy, kinesis_stream, replicas, .. } = self.clone();
        let Self { ignore, schema: management, indexes, .. } = self;
        schema.tags.extend(tags);
        for (name, overrides) in indexes {
            if let Some(index) = schema.global_indexes.get_mut(name) {
                overrides.apply(index);
            }
        }
        schema.handling.ignore = ignore.clone().unwrap_or(schema.handling.ignore);
        schema.handling.management = management.unwrap_or(schema.handling.management);
        TableSchema {
            billing: billing.or(schema.billing),
            stream: stream.unwrap_or(schema.stream),
            ttl: ttl.unwrap_or(schema.ttl),
            deletion_protection: deletion_protection.or(schema.deletion_protection),
            table_class: table_class.or(schema.table_class),
            encryption: encryption.or(schema.encryption),
            point_in_time_recovery: point_in_time_recovery.unwrap_or(schema.point_in_time_recovery),
            warm_throughput: warm_throughput.unwrap_or(schema.warm_throughput),
            contributor_insights: contributor_insights.unwrap_or(schema.contributor_insights),
            resource_policy: resource_policy.unwrap_or(schema.resource_policy),
            kinesis_stream: kinesis_stream.unwrap_or(schema.kinesis_stream),
            replicas: replicas.unwrap_or(schema.replicas),
            ..schema
        }
    }

    /// The indexes that it names and the table does not have.
    pub fn unknown_indexes<'a>(&'a self, schema: &'a TableSchema) -> impl Iterator<Item = &'a IndexName> {
        self.indexes.keys().filter(|name| !schema.global_indexes.contains_key(*name))
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl IndexOverrides {
    fn apply(&self, index: &mut GlobalIndex) {
        index.billing = self.billing.or(index.billing);
        index.warm_throughput = self.warm_throughput.unwrap_or(index.warm_throughput);
        index.contributor_insights = self.contributor_insights.unwrap_or(index.contributor_insights);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IndexKey, KeyElement, MaxThroughput, Precision, PrimaryKey, Projection, ScalarType, TableName};
    use super::*;

    fn read(json: &str) -> Result<Overrides, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn declared() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema {
            stream: Setting::Set(StreamView::KeysOnly),
            deletion_protection: Some(false),
            ..TableSchema::new(TableName::checked("orders"), key)
        }
    }

    #[test]
    fn what_is_said_counts_and_what_is_not_said_stays() {
        assert_eq!(Overrides::default().apply(declared()), declared());
        assert!(Overrides::default().is_empty());
        let all = read(
            r#"{"billing": {"provisioned": {"read": 5, "write": 6}}, "stream": "off", "ttl": "gone_at", "deletion_protection": true}"#,
        );
        let schema = all.unwrap().apply(declared());
        assert_eq!(schema.billing, Some(Billing::Provisioned(Throughput { read: 5, write: 6 })));
        assert_eq!((schema.stream, schema.ttl), (Setting::Off, Setting::Set("gone_at".to_owned())));
        assert_eq!((schema.deletion_protection, schema.key), (Some(true), declared().key));
        let left = read(r#"{"stream": "unmanaged", "billing": "on_demand"}"#).unwrap().apply(declared());
        assert_eq!((left.stream, left.billing), (Setting::Unmanaged, Some(Billing::ON_DEMAND)));
        assert_eq!(left.deletion_protection, Some(false));
        assert_eq!(read(r#"{"stream": "new_image"}"#).unwrap().stream, Some(Setting::Set(StreamView::NewImage)));
    }

    #[test]
    fn every_setting_has_its_words() {
        let one = |json: &str, expected: &dyn Fn(&mut TableSchema)| {
            let mut schema = declared();
            schema.tags.insert("team".to_owned(), Setting::Set("a".to_owned()));
            let found = read(json).unwrap_or_else(|error| panic!("{json}: {error}")).apply(schema.clone());
            expected(&mut schema);
            assert_eq!(found, schema, "{json}");
        };
        let max = |read, write| Some(Billing::OnDemand(MaxThroughput { read, write }));
        one(r#"{"billing": {"on_demand": {"max_read": 5, "max_write": "off"}}}"#, &|t| {
            t.billing = max(Setting::Set(5), Setting::Off)
        });
        one(r#"{"table_class": "standard_infrequent_access"}"#, &|t| t.table_class = Some(TableClass::StandardInfrequentAccess));
        one(r#"{"encryption": "aws_managed"}"#, &|t| t.encryption = Some(Encryption::AwsManaged));
        one(r#"{"encryption": {"kms": "arn:x"}}"#, &|t| t.encryption = Some(Encryption::Customer("arn:x".to_owned())));
        let recovery = |days| Setting::Set(Recovery { days });
        one(r#"{"point_in_time_recovery": "on"}"#, &|t| t.point_in_time_recovery = recovery(None));
        one(r#"{"point_in_time_recovery": {"days": 7}}"#, &|t| t.point_in_time_recovery = recovery(Some(7)));
        one(r#"{"point_in_time_recovery": "off"}"#, &|t| t.point_in_time_recovery = Setting::Off);
        one(r#"{"tags": {"cost": "off", "old": false}}"#, &|t| {
            t.tags.insert("cost".to_owned(), Setting::Set("off".to_owned()));
            t.tags.insert("old".to_owned(), Setting::Off);
        });
        let units = Throughput { read: 12_000, write: 4_000 };
        one(r#"{"warm_throughput": {"read": 12000, "write": 4000}}"#, &|t| t.warm_throughput = Setting::Set(units));
        one(r#"{"contributor_insights": "on"}"#, &|t| t.contributor_insights = Setting::Set(Insights::AccessedAndThrottled));
        one(r#"{"contributor_insights": "throttled_keys"}"#, &|t| t.contributor_insights = Setting::Set(Insights::Throttled));
        let kinesis = |precision| Setting::Set(KinesisStream { arn: "arn:k".to_owned(), precision });
        one(r#"{"kinesis_stream": "arn:k"}"#, &|t| t.kinesis_stream = kinesis(None));
        one(r#"{"kinesis_stream": {"arn": "arn:k", "precision": "microsecond"}}"#, &|t| {
            t.kinesis_stream = kinesis(Some(Precision::Microsecond));
        });
        one(r#"{"replicas": ["us-1", "eu-1"]}"#, &|t| t.replicas = Setting::Set(["eu-1", "us-1"].map(str::to_owned).into()));
        one(r#"{"replicas": "off"}"#, &|t| t.replicas = Setting::Off);
        one(r#"{"ignore": ["throughput", "tags"]}"#, &|t| t.handling.ignore = [Aspect::Throughput, Aspect::Tags].into());
        one(r#"{"schema": "verify"}"#, &|t| t.handling.management = Management::Verify);
    }

    #[test]
    fn a_number_of_units_is_not_negative() {
        let billing = |units: &str| read(&format!(r#"{{"billing": {{"on_demand": {{"max_read": {units}}}}}}}"#));
        assert!(billing("1").is_ok());
        let error = billing("-1").unwrap_err();
        assert!(error.contains("`-1`") && error.contains("a number of units, `off` or `unmanaged`"), "{error}");
    }

    #[test]
    fn an_index_has_settings_of_its_own() {
        let mut schema = declared();
        let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
        let name = IndexName::checked("by-email");
        schema.global_indexes.insert(name.clone(), GlobalIndex::new(key, Projection::All));
        let overrides = read(
            r#"{"indexes": {"by-email": {"billing": {"provisioned": {"read": 1, "write": 2}}, "contributor_insights": "off"}, "by-emial": {}}}"#,
        );
        let overrides = overrides.unwrap();
        assert_eq!(overrides.unknown_indexes(&schema).map(IndexName::as_str).collect::<Vec<_>>(), ["by-emial"]);
        let index = overrides.apply(schema).global_indexes[&name].clone();
        assert_eq!(index.billing, Some(Billing::Provisioned(Throughput { read: 1, write: 2 })));
        assert_eq!((index.contributor_insights, index.warm_throughput), (Setting::Off, Setting::Unmanaged));
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        assert!(read(r#"{"key": "other"}"#).unwrap_err().contains("unknown field `key`, expected one of `billing`, `stream`"));
        assert!(read(r#"{"stream": "new_imag"}"#).unwrap_err().contains("unknown variant `new_imag`"));
        assert!(read(r#"{"stream": 5}"#).unwrap_err().contains("`off`, `unmanaged`, or the setting"));
        assert!(read(r#"{"tags": {"a": true}}"#).unwrap_err().contains("`false` for a tag that must not be there"));
        assert!(read(r#"{"warm_throughput": {"read": 1, "wriet": 1}}"#).unwrap_err().contains("unknown field `wriet`"));
        assert!(read(r#"{"indexes": {"by-email": {"projection": "all"}}}"#).unwrap_err().contains("unknown field `projection`"));
    }
}
