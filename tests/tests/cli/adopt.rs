//! Tables that were here before: whose they are, and what that does not settle.

use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_tests::process::Folder;

use super::SHOP;

/// Makes the shop's table of customers as somebody else would.
async fn somebody_elses_customers(folder: &Folder) {
    let create = folder.client().create_table().table_name("customers").billing_mode(BillingMode::PayPerRequest);
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().expect("a key");
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build();
    create.key_schema(key).attribute_definitions(id.expect("an attribute")).send().await.expect("a table");
}

#[tokio::test]
async fn what_is_declared_and_not_ours_is_adopted_with_every_difference_shown() {
    let folder = Folder::default();
    somebody_elses_customers(&folder).await;
    let adopted = folder.run(SHOP, &["adopt"]).succeeds();
    adopted.prints(&["? table customers", "differs: global index by-email", "Recorded: 1 table."]).hides("orders");
    folder.run(SHOP, &["history"]).succeeds().prints(&["adopted table customers"]);
    folder.run(SHOP, &["adopt"]).succeeds().prints(&["Nothing to record"]);
    folder.run(SHOP, &["adopt", "customers"]).succeeds().prints(&["Nothing to record"]);
    // No table was changed by it: that is for `up`.
    folder.run(SHOP, &["plan"]).succeeds().prints(&["+ create index by-email", "+ create table orders"]);
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(SHOP, &["check"]).succeeds();
    let json = folder.run(SHOP, &["adopt", "--format", "json"]).succeeds().json();
    assert_eq!(json["sequences"][0]["tables"].as_array().map(Vec::len), Some(0), "{json}");
}

#[tokio::test]
async fn adopting_settles_no_migration() {
    let folder = Folder::default();
    somebody_elses_customers(&folder).await;
    let put = folder.client().put_item().table_name("customers").item("id", AttributeValue::S("ana".to_owned()));
    put.item("email", AttributeValue::S("ANA@example.org".to_owned())).send().await.expect("an item");
    folder.run(SHOP, &["adopt", "customers", "--yes"]).succeeds().prints(&["no migration settled", "Recorded: 1 table."]);
    folder.run(SHOP, &["status"]).succeeds().prints(&["0001    first_customers   pending"]).hides("baselined");
    // Which migrations that data has seen is still nobody's guess.
    folder.run(SHOP, &["up"]).exits(4).says(&["error[M0305]", "customers holds data", "migrate baseline 3"]).hides("M0303");
    folder.run(SHOP, &["baseline", "1"]).succeeds().prints(&["0001 first_customers"]).hides("? table");
    folder.run(SHOP, &["up"]).succeeds().prints(&["by-email", "2 migrations run"]);
    folder.run(SHOP, &["check"]).succeeds();
}

#[tokio::test]
async fn names_that_cannot_be_adopted() {
    let folder = Folder::default();
    folder.run(SHOP, &["adopt"]).succeeds().prints(&["Nothing to record"]);
    let refused = |arguments: &[&str], parts: &[&str]| {
        folder.run(SHOP, &[&["adopt"], arguments].concat()).exits(64).says(parts);
    };
    refused(&["orders"], &["error[M0202]", "no table `orders`", "`migrate up` makes it"]);
    refused(&["ordrs"], &["error[M0202]", "declares no table `ordrs`", "customers, orders", "migrate introspect ordrs"]);
    refused(&["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"], &["error[M0107]", "another account"]);
    refused(&["a"], &["error[M0107]", "`a`"]);
    // One name that is wrong, and nothing is recorded.
    somebody_elses_customers(&folder).await;
    refused(&["customers", "orders"], &["no table `orders`"]);
    refused(&["customers", "--prefix", "dev-"], &["no table `dev-customers`"]);
    let tables = folder.client().list_tables().send().await.expect("tables");
    assert_eq!(tables.table_names(), ["customers"], "not even the history was begun");
}

#[test]
fn a_name_means_one_sequence() {
    let folder = Folder::default();
    let both = env!("CARGO_BIN_EXE_fixture-both");
    folder.run(both, &["adopt", "customers"]).exits(64).says(&["error[M0202]", "one sequence", "--sequence NAME"]);
    folder.run(both, &["wait", "--for", "table", "customers"]).exits(64).says(&["`--for` means one sequence"]);
    folder.run(both, &["adopt"]).succeeds().prints(&["sequence billing", "sequence shop"]);
}
