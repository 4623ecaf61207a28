//! What is known of a table, as figures.

use super::*;
use crate::schema::{GlobalIndex, IndexKey, IndexName, KeyElement, PrimaryKey, ScalarType, TableSchema};

fn facts(item_count: u64, size_bytes: u64, billing: Option<Billing>, table_class: Option<TableClass>) -> Facts {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    let mut schema = TableSchema::new(TableName::new("orders").unwrap(), key);
    (schema.billing, schema.table_class) = (billing, table_class);
    Facts { live: LiveTable { item_count, size_bytes, ..LiveTable::new(schema) } }
}

#[test]
fn an_item_is_as_large_as_the_others_on_average() {
    let bytes = |items, bytes| facts(items, bytes, None, None).bytes_of_an_item();
    assert_eq!(bytes(20, 50_000), 2_500.0);
    assert_eq!(bytes(20, 3), 1.0, "never less than a byte");
    // Counts are hours old: where one is nothing, nobody knows.
    assert_eq!((bytes(0, 50_000), bytes(20, 0), bytes(0, 0)), (400.0, 400.0, 400.0));
    assert_eq!((facts(0, 9, None, None).items(), facts(1, 9, None, None).items()), (None, Some(1)));
}

#[test]
fn each_index_may_be_written_too() {
    let mut facts = facts(1, 1, None, None);
    assert_eq!(facts.indexes(), 0);
    for name in ["by-email", "by-day", "by-name"] {
        let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
        facts.live.schema.global_indexes.insert(IndexName::new(name).unwrap(), GlobalIndex::new(key, Projection::KeysOnly));
    }
    assert_eq!(facts.indexes(), 3);
}

#[test]
fn only_what_is_paid_for_by_request_has_a_price() {
    let class = |billing, class| facts(1, 1, billing, class).paid_by_request();
    let provisioned = Billing::Provisioned(Throughput { read: 5, write: 5 });
    assert_eq!(class(Some(provisioned), None), None);
    assert_eq!(class(Some(Billing::ON_DEMAND), None), Some(TableClass::Standard));
    assert_eq!(class(None, Some(TableClass::StandardInfrequentAccess)), Some(TableClass::StandardInfrequentAccess));
}
