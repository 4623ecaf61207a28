//! The examples of `docs/data.md`, as they stand there, run one after the other; and that they stand there so.

use aws_sdk_dynamodb::types::ScalarAttributeType;
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::transform::{AttributeValue, Filter};
use migrate_core::{Failure, MigrationContext, Table, migration, rollback};
use serde::{Deserialize, Serialize};

use super::bench::{create, embedded_with, everything, item, n, s};

/// Only of interest for its name and key, as in an application the struct of its table.
macro_rules! tables {
    ($($name:ident $table:literal $key:literal,)*) => { $(
        impl Table for $name {
            fn schema() -> TableSchema {
                let key = PrimaryKey { partition: KeyElement::new($key, ScalarType::S), sort: None };
                TableSchema::new(TableName::new($table).unwrap(), key)
            }
        }
    )* };
}

struct Customer;
struct Log;

struct Parcel;

tables! { Customer "customers" "id", Log "log" "id", Address "addresses" "email", Line "lines" "id", Parcel "parcels" "id", }

#[derive(Serialize, Deserialize)]
struct InKilograms {
    kilograms: u64,
}

#[derive(Serialize, Deserialize)]
struct InGrams {
    grams: u64,
}

/// Weighs parcels in grams.
#[migration(7)]
async fn in_grams(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Parcel>().of::<InGrams>().transform(|old: InKilograms| InGrams { grams: old.kilograms * 1_000 }).await?;
    Ok(())
}

#[rollback(7)]
async fn in_kilograms(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Parcel>().of::<InKilograms>().transform(|new: InGrams| InKilograms { kilograms: new.grams / 1_000 }).await?;
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

#[derive(Serialize, Deserialize)]
struct Euros {
    price: f64,
}

#[derive(Serialize, Deserialize)]
struct Cents {
    price_cents: u64,
}

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

#[derive(Serialize, Deserialize)]
struct Address {
    email: String,
    customer: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Contact {
    id: String,
    email: String,
}

#[derive(Deserialize)]
struct Remarks {
    id: String,
    remarks: Vec<String>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

async fn all(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Customer>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;

    cx.table::<Customer>()
        .of::<Cents>()
        .transform::<Euros>(|old| Cents { price_cents: (old.price * 100.0).round() as u64 })
        .await?;

    cx.items::<Customer>()
        .update(|item| {
            if let Some(AttributeValue::M(address)) = item.remove("address") {
                item.extend(address);
            }
        })
        .await?;

    cx.table::<Log>().of::<Kind>().delete_where(|entry| entry.kind == "debug").await?;

    cx.table::<Customer>().of::<Contact>().copy_to(|customer| Address { email: customer.email, customer: customer.id }).await?;

    cx.table::<Customer>()
        .of::<Remarks>()
        .copy_each_to(|Remarks { id, remarks }| {
            Ok(remarks.into_iter().enumerate().map(move |(at, text)| Line { id: format!("{id}#{at}"), text }))
        })
        .await?;

    cx.table::<Address>().put_all([Address { email: "info@example.com".to_owned(), customer: "none".to_owned() }]).await?;

    let mut total = 0;
    cx.table::<Customer>()
        .of::<Cents>()
        .for_each(|customer| {
            total += customer.price_cents;
            Ok(())
        })
        .await?;

    cx.table::<Customer>().of::<Email>().verify(|customer| customer.email == customer.email.to_lowercase()).await?;

    let open = Filter::equals("status", "open").and(Filter::missing("archived_at"));
    cx.items::<Customer>().filter(open).update(|item| drop(item.insert("status", AttributeValue::S("OPEN".to_owned())))).await?;

    cx.items::<Customer>()
        .depends_on(["email"])
        .update(|item| {
            if let Some(AttributeValue::S(email)) = item.get("email") {
                let length = AttributeValue::N(email.len().to_string());
                item.insert("email_length", length);
            }
        })
        .await?;

    cx.table::<Customer>().of::<Points>().exactly_once().update(|customer| customer.points += 100).await?;

    cx.table::<Customer>()
        .of::<Email>()
        .dead_letter()
        .allow_failures(10)
        .try_update(|customer| match customer.email.split_once('@') {
            Some(_) => Ok(()),
            None => Err(Failure::msg("there is no @ in it")),
        })
        .await?;
    assert_eq!(total, 250);
    Ok(())
}

async fn without_marks(cx: &MigrationContext) -> migrate_core::Result {
    const MARK: &str = "_migration_detached";
    cx.items::<Customer>().filter(Filter::exists(MARK)).depends_on([MARK]).update(|item| drop(item.remove(MARK))).await?;
    Ok(())
}

#[tokio::test]
async fn they_do_what_the_page_says() {
    let bench = embedded_with(|_, _, _| migrate_tests::seam::Verdict::Pass).await;
    for (table, key) in [("customers", "id"), ("log", "id"), ("addresses", "email"), ("lines", "id"), ("parcels", "id")] {
        create(&bench.client, &bench.engine.table(table), (key, ScalarAttributeType::S), None).await;
    }
    let put = async |table: &str, attributes| {
        let put = bench.client.put_item().table_name(bench.engine.table(table));
        put.set_item(Some(attributes)).send().await.unwrap();
    };
    let address = AttributeValue::M(item([("city", s("Bonn"))]));
    let remarks = AttributeValue::L(vec![s("a"), s("b")]);
    let given = [("id", s("1")), ("email", s("A@B")), ("price", n("2.5")), ("address", address), ("remarks", remarks)];
    let mut customer = item(given);
    customer.extend(item([("status", s("open")), ("points", n("1"))]));
    put("customers", customer).await;
    put("log", item([("id", s("1")), ("kind", s("debug"))])).await;
    put("log", item([("id", s("2")), ("kind", s("info"))])).await;

    all(&bench.cx).await.unwrap();
    let look = async |table: &str| everything(&bench.client, &bench.engine.table(table)).await;
    let one = look("customers").await.remove(0);
    let wanted =
        [("email", s("a@b")), ("price_cents", n("250")), ("city", s("Bonn")), ("status", s("OPEN")), ("points", n("101"))];
    for (name, value) in wanted.into_iter().chain([("email_length", n("3"))]) {
        assert_eq!(one[name], value, "{name}");
    }
    assert!(!one.contains_key("price") && !one.contains_key("address"));
    assert_eq!(one["_migration_detached"], s(&format!("0000/update {} 5", bench.engine.table("customers"))));
    assert_eq!((look("log").await.len(), look("addresses").await.len(), look("lines").await.len()), (1, 2, 2));

    let parcel = item([("id", s("1")), ("kilograms", n("2"))]);
    put("parcels", parcel.clone()).await;
    in_grams(&bench.cx).await.unwrap();
    assert_eq!(look("parcels").await[0]["grams"], n("2000"));
    in_kilograms(&bench.cx).await.unwrap();
    assert_eq!(look("parcels").await, [parcel.into_iter().collect()]);

    without_marks(&bench.cx).await.unwrap();
    assert!(!look("customers").await[0].contains_key("_migration_detached"));
}

/// The code of a page or of this file: its lines without what they are indented by, and without empty ones.
fn lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("\n{}\n", lines.join("\n"))
}

#[test]
fn the_page_shows_what_is_run() {
    let (page, source) = (include_str!("../../../docs/data.md"), lines(include_str!("page.rs")));
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(blocks.len() > 10, "{} examples", blocks.len());
    for block in blocks {
        for part in block.split("\n\n") {
            // A crate's sequence gives the mark its name.
            let part = lines(&part.replace("_migration_shop", "_migration_detached"));
            assert!(source.contains(&part), "this stands in docs/data.md alone:{part}");
        }
    }
}
