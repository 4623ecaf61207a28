//! A shop yesterday and today: between them lies everything that a run can do.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::migrator::Options;
use migrate_core::plan::Droppable;
use migrate_core::registry::{MigrationEntry, RunFn, Sequence};
use migrate_core::schema::{Hazard, Setting, StreamView, TableSchema};
use migrate_core::testing::TestDb;
use migrate_core::{Failure, MigrationContext, Table};
use migrate_tests::scenario::{Customers, customers, index_name, migration, sequence, table_name, with_index};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a customer was called when it was deleted.
#[derive(Serialize, Deserialize)]
pub struct Archived {
    id: String,
    email: String,
}

impl Table for Archived {
    fn schema() -> TableSchema {
        let mut table = customers();
        table.name = table_name("archive");
        table
    }
}

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

fn nothing() -> &'static mut MigrationEntry {
    migration(1, "nothing", |_| Box::pin(async { Ok(()) }))
}

fn orders() -> TableSchema {
    let mut orders = customers();
    orders.name = table_name("orders");
    orders.deletion_protection = Some(false);
    orders
}

/// Two tables, one index, data.
pub fn yesterday() -> Sequence {
    sequence([with_index(customers(), "by-email", "email"), orders()], [nothing()])
}

async fn domains(cx: &MigrationContext) -> Result<(), Failure> {
    let add = |item: &mut migrate_core::transform::Item| {
        let domain = item.get("email").and_then(|email| email.as_s().ok()).and_then(|email| email.split('@').nth(1));
        if let Some(domain) = domain.map(ToOwned::to_owned) {
            item.insert("domain", AttributeValue::S(domain));
        }
    };
    cx.items::<Customers>().update(add).await?;
    Ok(())
}

async fn count(cx: &MigrationContext) -> Result<(), Failure> {
    cx.table::<Customers>().of::<Points>().exactly_once().update(|customer| customer.points += 1).await?;
    Ok(())
}

async fn move_away(cx: &MigrationContext) -> Result<(), Failure> {
    let gone = |customer: &Archived| customer.email.ends_with("gone.example.com");
    cx.table::<Customers>()
        .of::<Archived>()
        .copy_each_to::<Archived, _>(move |customer| Ok(gone(&customer).then_some(customer)))
        .await?;
    cx.table::<Customers>().of::<Archived>().delete_where(gone).await?;
    Ok(())
}

async fn add(cx: &MigrationContext) -> Result<(), Failure> {
    let ours = ["house", "till"].map(|id| Archived { id: id.to_owned(), email: "us@example.com".to_owned() });
    cx.table::<Archived>().put_all(ours).await?;
    Ok(())
}

/// A migration that may run beside a stream, which is on by then.
fn work(number: u32, name: &'static str, run: RunFn) -> &'static mut MigrationEntry {
    let entry = migration(number, name, run);
    entry.accept = &[Hazard::StreamRecords];
    entry
}

/// Another table, another index, a stream, a time to live, migrations of every kind; the old index and a table are dropped.
pub fn today() -> Sequence {
    let mut table = with_index(customers(), "by-domain", "domain");
    table.stream = Setting::Set(StreamView::KeysOnly);
    table.ttl = Setting::Set("expires".to_owned());
    table.handling.accept.insert(Hazard::TtlOn);
    let migrations = [
        nothing(),
        work(2, "domains", |cx| Box::pin(async move { domains(cx).await.map_err(Into::into) })),
        work(3, "count", |cx| Box::pin(async move { count(cx).await.map_err(Into::into) })),
        work(4, "move_away", |cx| Box::pin(async move { move_away(cx).await.map_err(Into::into) })),
        work(5, "add", |cx| Box::pin(async move { add(cx).await.map_err(Into::into) })),
    ];
    sequence([table, Archived::schema()], migrations)
}

/// The consents, for tables with this prefix.
pub fn options(prefix: &str) -> Options {
    let index = Droppable::Index(table_name(&format!("{prefix}customers")), index_name("by-email"));
    let orders = Droppable::Table(table_name(&format!("{prefix}orders")));
    Options { consent: [index, orders].into(), segments: Some(2), ..Options::default() }
}

/// A database as it was yesterday.
pub async fn given(db: &TestDb) -> migrate_core::Result {
    db.migrator_of(yesterday(), db.client())?.up(Options::default()).await?;
    for (id, email) in [("1", "a@example.com"), ("2", "b@gone.example.com"), ("3", "c@example.com"), ("4", "d@gone.example.com")]
    {
        db.put::<Customers>(json!({"id": id, "email": email, "points": 7, "expires": 4_000_000_000_u64})).await?;
    }
    Ok(())
}
