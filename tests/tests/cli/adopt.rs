//! Tables that were here before: whose they are, and what that does not settle.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate,
    KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use migrate_tests::process::Folder;

use super::SHOP;

const REPORTS: &str = env!("CARGO_BIN_EXE_fixture-reports");

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

/// Makes an index on the shop's orders as somebody else would: by day, keys only, and with a sort key if one is given.
async fn somebody_elses_index(folder: &Folder, sort: Option<&str>) {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a key");
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().expect("an attribute")
    };
    let described = folder.client().describe_table().table_name("orders").send().await.expect("a table");
    let known = described.table.expect("a table").attribute_definitions.unwrap_or_default();
    let create = CreateGlobalSecondaryIndexAction::builder().index_name("by-day").key_schema(element("day", KeyType::Hash));
    let create = sort.into_iter().fold(create, |create, name| create.key_schema(element(name, KeyType::Range)));
    let create = create.projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let update = GlobalSecondaryIndexUpdate::builder().create(create.build().expect("an index")).build();
    let call = folder.client().update_table().table_name("orders").set_attribute_definitions(Some(known));
    let call = [Some("day"), sort].into_iter().flatten().fold(call, |call, name| call.attribute_definitions(attribute(name)));
    call.global_secondary_index_updates(update).send().await.expect("an index");
}

#[tokio::test]
async fn a_guests_index_that_was_here_before_is_adopted_as_its_refusal_says() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    somebody_elses_index(&folder, None).await;
    let refused = folder.run(REPORTS, &["up"]).exits(4);
    refused.says(&["error[M0303]", "orders/by-day", "`migrate adopt orders` brings it under ownership"]);
    let adopted = folder.run(REPORTS, &["adopt", "orders"]).succeeds();
    adopted
        .prints(&["? index orders/by-day comes under ownership", "is as declared", "Recorded: 1 index."])
        .hides("table orders");
    folder.run(REPORTS, &["history"]).succeeds().prints(&["shares table orders", "adopted index orders/by-day"]);
    folder.run(REPORTS, &["adopt", "orders"]).succeeds().prints(&["Nothing to record"]);
    folder.run(REPORTS, &["up"]).succeeds();
    folder.run(REPORTS, &["check"]).succeeds();
    // The owner is told, and leaves it alone.
    folder.run(SHOP, &["check"]).succeeds().hides("by-day");
}

#[tokio::test]
async fn a_guests_index_of_another_shape_is_shown_and_left_alone() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    somebody_elses_index(&folder, Some("hour")).await;
    let shown = folder.run(REPORTS, &["adopt"]).succeeds();
    shown.prints(&["! index orders/by-day has another shape", "differs: global index by-day", "Nothing to record"]);
    folder.run(REPORTS, &["baseline", "0"]).succeeds().prints(&["! index orders/by-day has another shape"]);
    let json = folder.run(REPORTS, &["adopt", "--format", "json"]).succeeds().json();
    let found = &json["sequences"][0]["tables"][0];
    assert_eq!((&found["index"], &found["adopted"]), (&"by-day".into(), &false.into()), "{json}");
}
