//! The source of one table with everything, and of one that cannot be declared as it is.

use migrate_core::schema::{
    Aspect, Billing, Encryption, GlobalIndex, IndexKey, IndexName, Insights, KeyElement, KinesisStream, LiveTable, LocalIndex,
    MaxThroughput, Policy, Precision, Prefix, PrimaryKey, Projection, Recovery, ScalarType, Setting, Status, StreamView,
    TableClass, TableName, TableSchema, Throughput,
};
use migrate_core::source::rust;

fn element(name: &str, scalar: ScalarType) -> KeyElement {
    KeyElement::new(name, scalar)
}

fn index(name: &'static str) -> IndexName {
    IndexName::new(name).unwrap()
}

fn orders() -> TableSchema {
    let key = PrimaryKey { partition: element("customerId", ScalarType::S), sort: Some(element("number", ScalarType::N)) };
    TableSchema::new(TableName::new("prod-orders").unwrap(), key)
}

#[test]
fn every_setting_is_stated() {
    let by_day = GlobalIndex {
        billing: Some(Billing::OnDemand(MaxThroughput { read: Setting::Off, write: Setting::Set(9) })),
        warm_throughput: Setting::Set(Throughput { read: 12_000, write: 4_000 }),
        contributor_insights: Setting::Set(Insights::Throttled),
        ..GlobalIndex::new(
            IndexKey {
                partition: vec![element("tenant", ScalarType::S), element("type", ScalarType::B)],
                sort: vec![element("number", ScalarType::N)],
            },
            Projection::Include(["total \"net\"".to_owned(), "tenant".to_owned()].into()),
        )
    };
    let schema = TableSchema {
        global_indexes: [(index("by-day"), by_day)].into(),
        local_indexes: [(
            index("by-total"),
            LocalIndex { sort: element("total", ScalarType::N), projection: Projection::KeysOnly },
        )]
        .into(),
        billing: Some(Billing::OnDemand(MaxThroughput { read: Setting::Set(5), write: Setting::Off })),
        stream: Setting::Set(StreamView::NewAndOldImages),
        ttl: Setting::Set("expiresAt".to_owned()),
        deletion_protection: Some(false),
        table_class: Some(TableClass::StandardInfrequentAccess),
        encryption: Some(Encryption::Customer("arn:aws:kms:eu-west-1:1:key/2".to_owned())),
        point_in_time_recovery: Setting::Set(Recovery { days: Some(14) }),
        tags: [("cost-center".to_owned(), Setting::Set("4\"2".to_owned())), ("aws:x".to_owned(), Setting::Set("y".to_owned()))]
            .into(),
        warm_throughput: Setting::Set(Throughput { read: 12_000, write: 4_000 }),
        contributor_insights: Setting::Off,
        resource_policy: Setting::Set(Policy::new("{\"b\": 1, \"a\": \"\\n\"}").unwrap()),
        kinesis_stream: Setting::Set(KinesisStream {
            arn: "arn:aws:kinesis:eu-west-1:1:stream/s".to_owned(),
            precision: Some(Precision::Microsecond),
        }),
        replicas: Setting::Set(["eu-west-1".to_owned(), "us-east-1".to_owned()].into()),
        ..orders()
    };
    let source = rust([&LiveTable::new(schema)], &Prefix::new("prod-").unwrap().into());
    let found = source.split_once("Serialize};\n").unwrap().1.split_once("\n/// Bytes").unwrap().0;
    assert_eq!(
        found,
        r#"
/// Table `prod-orders`.
// tag "aws:x" is AWS's own, and left out
// `policies/orders.json`, beside Cargo.toml, is to hold: {"a":"\n","b":1}
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "orders", billing = on_demand(max_read = 5, max_write = off), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = false, table_class = standard_infrequent_access)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:1:key/2"), point_in_time_recovery = on(days = 14))]
#[table(warm_throughput(read = 12000, write = 4000), contributor_insights = off)]
#[table(resource_policy = "policies/orders.json")]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:1:stream/s", precision = microsecond))]
#[table(replicas("eu-west-1", "us-east-1"), tags("cost-center" = "4\"2"))]
#[table(global_index(
    name = "by-day",
    partition_key = [tenant, r#type],
    sort_key = number,
    projection = include(tenant, "total \"net\""),
    billing = on_demand(max_read = off, max_write = 9),
    warm_throughput(read = 12000, write = 4000),
    contributor_insights = throttled_keys,
))]
#[table(local_index(name = "by-total", sort_key = total, projection = keys_only))]
pub struct Orders {
    #[table(partition_key)]
    #[serde(rename = "customerId")]
    pub customer_id: String,
    #[table(sort_key)]
    pub number: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}
"#
    );
}

#[test]
fn what_cannot_be_declared_is_a_comment() {
    let by_day = GlobalIndex::new(IndexKey { partition: vec![element("day", ScalarType::S)], sort: Vec::new() }, Projection::All);
    let schema = TableSchema {
        ttl: Setting::Set("customerId".to_owned()),
        stream: Setting::Off,
        replicas: Setting::Set(["eu-west-1".to_owned()].into()),
        global_indexes: [(index("by-day"), by_day)].into(),
        ..orders()
    };
    let live = LiveTable {
        status: Status::Updating,
        index_status: [(index("by-day"), Status::Deleting)].into(),
        unknown: [(Aspect::Tags, "dynamodb:ListTagsOfResource".to_owned())].into(),
        ..LiveTable::new(schema)
    };
    let source = rust([&live], &Prefix::default().into());
    for part in [
        "\n// it was UPDATING when it was read",
        "\n// index `by-day` is being deleted",
        "\n// time to live is on for \"customerId\", which is no number",
        "\n// its stream is off although it has replicas",
        "\n// tags: unknown (needs dynamodb:ListTagsOfResource)\n",
        "#[table(name = \"prod-orders\", replicas(\"eu-west-1\"))]\npub struct ProdOrders {\n",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(!source.contains("by_day") && !source.contains("will be refused"), "{source}");
}

#[test]
fn a_prefix_that_leaves_no_name_stays() {
    let live = LiveTable::new(orders());
    assert!(rust([&live], &Prefix::new("prod-orde").unwrap().into()).contains("name = \"prod-orders\""));
    assert!(rust([&live], &Prefix::new("dev-").unwrap().into()).contains("name = \"prod-orders\""));
}
