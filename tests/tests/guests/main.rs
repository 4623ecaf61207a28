//! Guests on another sequence's table, beyond an ordinary run: indexes that were there before, and plans that were saved.

mod adopt;
mod saved;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Migrator;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::schema::TableSchema;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migrator, with_index};

fn owner(table: TableSchema) -> Sequence {
    Sequence::of_tables("shop", [table]).expect("a legal sequence")
}

/// A sequence that has indexes on the shop's table.
fn guest(name: &'static str, mut table: TableSchema) -> Sequence {
    table.handling.owner = Some("shop".to_owned());
    Sequence::of_tables(name, [table]).expect("a legal sequence")
}

fn by_email() -> TableSchema {
    with_index(customers(), "by-email", "email")
}

fn of(engine: &TestEngine, sequence: Sequence) -> Migrator {
    migrator(engine, engine.client(), sequence)
}

async fn up(engine: &TestEngine, sequence: Sequence) -> Outcome {
    of(engine, sequence).up(Options::default()).await.expect("a run").outcome
}

/// The guests that the owner was told of.
async fn marks(engine: &TestEngine) -> Vec<String> {
    let (of_shop, of_guests) = (AttributeValue::S("shop".to_owned()), AttributeValue::S("guest#".to_owned()));
    let query = engine.client().query().table_name(engine.table("migrations")).consistent_read(true);
    let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let found = query.expression_attribute_values(":pk", of_shop).expression_attribute_values(":sk", of_guests).send().await;
    let items = found.expect("a query").items.unwrap_or_default();
    items.iter().filter_map(|item| item.get("guest")?.as_s().ok().cloned()).collect()
}
