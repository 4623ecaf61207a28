//! What the migrations under test do to items, and whether it was done to each of them exactly once.

use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_tests::scenario::{Customers, customers, migration, sequence};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

/// Two migrations: one that is safe to repeat, and one that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Lower,
    Count,
}

/// What the n-th item counts before.
fn points(number: u64) -> u64 {
    number % 90
}

impl Work {
    pub const BOTH: [Self; 2] = [Self::Lower, Self::Count];

    /// An item in its old shape.
    pub fn old(number: u64, filling: usize) -> String {
        format!(
            r#"{{"id":{{"S":"customer-{number:06}"}},"email":{{"S":"C{number:06}@EXAMPLE.COM"}},"points":{{"N":"{}"}},"filling":{{"S":"{}"}}}}"#,
            points(number),
            "x".repeat(filling)
        )
    }

    pub fn entry(self) -> &'static mut MigrationEntry {
        match self {
            Self::Lower => migration(2, "lower", |cx| {
                Box::pin(async move {
                    cx.table::<Customers>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await?;
                    Ok(())
                })
            }),
            Self::Count => migration(2, "count", |cx| {
                Box::pin(async move {
                    cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points += 1).await?;
                    Ok(())
                })
            }),
        }
    }

    pub fn sequence(self) -> Sequence {
        shop([self.entry()])
    }

    /// Whether an item is as it is to be in the end.
    pub fn is_done(self, item: &str) -> bool {
        let item: Value = serde_json::from_str(item).expect("an item as JSON");
        let number: u64 = item["id"]["S"].as_str().expect("a key")["customer-".len()..].parse().expect("a number");
        let email = item["email"]["S"].as_str().expect("an address");
        let counted: u64 = item["points"]["N"].as_str().expect("points").parse().expect("a number");
        match self {
            Self::Lower => email == format!("c{number:06}@example.com") && counted == points(number),
            Self::Count => email == format!("C{number:06}@EXAMPLE.COM") && counted == points(number) + 1,
        }
    }
}

/// The table, made by a first migration that does nothing, and what comes after it.
pub fn shop(entries: impl IntoIterator<Item = &'static mut MigrationEntry>) -> Sequence {
    let first = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
    sequence([customers()], std::iter::once(first).chain(entries))
}
