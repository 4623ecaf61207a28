//! The job as a user of the library writes it; the only file that knows the library's verbs.

use aws_sdk_dynamodb::Client;
use migrate_core::migration::OnFresh;
use migrate_core::migrator::Builder;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::transform::AttributeValue;
use migrate_core::{MigrationContext, Migrator, Table};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::job::{self, TABLE};

/// The table of orders; declared by hand, since a crate with tables of its own would need `migrations!()`.
#[derive(Debug)]
pub struct Orders;

impl Table for Orders {
    fn schema() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        // What is not said is not managed: a row may change the table's capacity behind it.
        TableSchema::new(TableName::new(TABLE).expect("a name that DynamoDB takes"), key)
    }
}

fn context(client: Client) -> MigrationContext {
    MigrationContext::detached(client, migrate_core::schema::Prefix::default())
}

/// Raw items; the function reads nothing but `email`.
pub async fn raw(client: Client) -> Result<u64> {
    lowercase_emails(&context(client)).await
}

async fn lowercase_emails(cx: &MigrationContext) -> Result<u64> {
    let counts = cx
        .items::<Orders>()
        .depends_on(["email"])
        .update(|item| {
            if let Some(AttributeValue::S(email)) = item.get_mut("email") {
                *email = job::email(email);
            }
        })
        .await?;
    Ok(counts.changed)
}

#[derive(Serialize, Deserialize)]
struct Euros {
    total: f64,
}

#[derive(Serialize, Deserialize)]
struct Cents {
    total_cents: u64,
}

/// From a type that is frozen to another.
pub async fn typed(client: Client) -> Result<u64> {
    let cx = context(client);
    let counts =
        cx.table::<Orders>().of::<Cents>().transform::<Euros>(|old| Cents { total_cents: job::cents(old.total) }).await?;
    Ok(counts.changed)
}

/// The application before its migration: it has the table.
pub fn before(client: Client) -> Result<Builder> {
    Ok(Migrator::builder(Sequence::of_tables("bench", [Orders::schema()])?, client).beat_on_callers_runtime())
}

/// The application with its migration, over an engine that serves others too: the safe default of what may be used holds.
pub fn after(client: Client) -> Result<Builder> {
    static MIGRATION: MigrationEntry = MigrationEntry::new(
        "bench",
        1,
        ["lowercase_emails", "Lower-cases every e-mail address.", "0"],
        (file!(), line!()),
        |cx| Box::pin(async move { Ok(lowercase_emails(cx).await.map(drop)?) }),
    )
    .on_fresh(OnFresh::Run);
    let sequence = Sequence::of_tables("bench", [Orders::schema()])?.with_migrations([&MIGRATION]);
    Ok(Migrator::builder(sequence, client).beat_on_callers_runtime())
}
