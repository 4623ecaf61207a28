//! What the migrations under test do to customers, and how it is taken back.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Failure;
use migrate_core::registry::{MigrationEntry, RollbackEntry, Sequence};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, migration, rollback, sequence};
use serde::{Deserialize, Serialize};

use super::up;

#[derive(Serialize, Deserialize)]
pub struct Whole {
    email: String,
}

#[derive(Serialize, Deserialize)]
pub struct Split {
    user: String,
    domain: String,
}

#[derive(Serialize, Deserialize)]
pub struct Points {
    points: u64,
}

impl Points {
    pub fn points(&self) -> u64 {
        self.points
    }

    pub fn add(&mut self, more: i64) {
        self.points = self.points.strict_add_signed(more);
    }
}

impl Split {
    pub fn joined(&self) -> Result<Whole, Failure> {
        match self.user.as_str() {
            "bad" => Err(Failure::msg("it is bad")),
            user => Ok(Whole { email: format!("{user}@{}", self.domain) }),
        }
    }
}

/// The first migration: it does nothing, and so does its rollback.
pub fn nothing() -> &'static mut MigrationEntry {
    migration(1, "nothing", |_| Box::pin(async { Ok(()) }))
}

/// Splits an address.
pub fn split() -> &'static mut MigrationEntry {
    migration(2, "split", |cx| {
        Box::pin(async move {
            let table = cx.table::<Customers>().of::<Split>();
            table
                .transform(|old: Whole| {
                    let (user, domain) = old.email.split_once('@').unwrap_or((&old.email, ""));
                    Split { user: user.to_owned(), domain: domain.to_owned() }
                })
                .await?;
            Ok(())
        })
    })
}

pub fn joined() -> &'static mut RollbackEntry {
    rollback(2, |cx| {
        Box::pin(async move {
            let table = cx.table::<Customers>().of::<Whole>();
            table.transform(|new: Split| Whole { email: format!("{}@{}", new.user, new.domain) }).await?;
            Ok(())
        })
    })
}

/// Doubles points, in two passes that are each not safe to repeat.
pub fn counted() -> &'static mut MigrationEntry {
    migration(3, "counted", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points += 1).await?;
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points *= 2).await?;
            Ok(())
        })
    })
}

pub fn uncounted() -> &'static mut RollbackEntry {
    rollback(3, |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points /= 2).await?;
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points -= 1).await?;
            Ok(())
        })
    })
}

/// With these rollbacks.
pub fn shop(rollbacks: impl IntoIterator<Item = &'static mut RollbackEntry>) -> Sequence {
    let shop = sequence([customers()], [nothing(), split(), counted()]);
    shop.with_rollbacks(rollbacks.into_iter().map(|entry| &*entry))
}

/// With all of them.
pub fn whole() -> Sequence {
    shop([joined(), uncounted()])
}

/// Five customers as they were before migration 2, with attributes that nobody names.
pub async fn filled(engine: &TestEngine) {
    up(engine, whole().up_to(migrate_core::migration::Version::new(1))).await;
    for number in 0..5 {
        let put = engine.client().put_item().table_name(engine.table("customers"));
        let put = put.item("id", AttributeValue::S(number.to_string()));
        let put = put.item("email", AttributeValue::S(format!("user-{number}@example.com")));
        let put = put.item("points", AttributeValue::N(number.to_string()));
        let put = put.item("price", AttributeValue::N("1.5".to_owned()));
        let put = put.item("colours", AttributeValue::Ss(vec!["blue".to_owned(), "red".to_owned()]));
        put.item("gone", AttributeValue::Null(true)).send().await.expect("a put");
    }
}
