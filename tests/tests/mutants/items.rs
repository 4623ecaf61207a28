//! Writes of items beside an application that writes at the same moment: as statements, and one by one where statements are forbidden.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::schema::{Prefix, TableSchema};
use migrate_core::{MigrationContext, Table};
use migrate_tests::blank::Blank;
use migrate_tests::scenario::{Customers, customers};
use migrate_tests::seam::{Recorder, Verdict};
use serde::{Deserialize, Serialize};

use super::bench::{Bench, shop};
use super::conditions::{ITEM_IS_NEW, ITEM_IS_THERE, STILL_ABSENT, STILL_AS_GIVEN};
use super::gate::Gate;
use super::is_needed;

type Item = BTreeMap<String, AttributeValue>;

#[derive(Serialize, Deserialize)]
struct Customer {
    email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(digits: &str) -> AttributeValue {
    AttributeValue::N(digits.to_owned())
}

/// A table with one item, and a migration of which the first write waits at a gate.
struct Raced {
    bench: Bench,
    gate: Gate,
    cx: MigrationContext,
    /// Past the gate.
    again: MigrationContext,
}

impl Raced {
    async fn new(blank: &Blank, by_item: bool, item: &[(&str, AttributeValue)]) -> Self {
        let bench = Bench::new(blank);
        bench.up(&bench.client, shop(1)).await.expect("tables");
        let recorder = Recorder::of(&bench.client).failing(move |call| match call.operation.as_str() {
            "BatchExecuteStatement" if by_item => {
                Verdict::Error { status: 400, error_type: "AccessDeniedException".to_owned(), message: String::new() }
            }
            _ => Verdict::Pass,
        });
        let gate = Gate::before(move |operation, body| {
            let writes: &[_] = if by_item { &["UpdateItem", "DeleteItem", "PutItem"] } else { &["BatchExecuteStatement"] };
            writes.contains(&operation) && body.contains("customers")
        });
        let context = |client: Client| MigrationContext::detached(client, Prefix::new(bench.engine.prefix()).expect("a prefix"));
        let cx = context(gate.attach(&recorder.attach(&bench.client)));
        let raced = Self { again: context(bench.engine.client()), bench, gate, cx };
        if !item.is_empty() {
            raced.put(item).await;
        }
        raced
    }

    fn client(&self) -> Client {
        self.bench.engine.client()
    }

    fn table(&self) -> String {
        self.bench.engine.table("customers")
    }

    async fn put(&self, item: &[(&str, AttributeValue)]) {
        let put = self.client().put_item().table_name(self.table()).item("id", s("1"));
        item.iter().fold(put, |put, (name, value)| put.item(*name, value.clone())).send().await.expect("a put");
    }

    async fn set(&self, name: &str, value: AttributeValue) {
        let set = self.client().update_item().table_name(self.table()).key("id", s("1")).update_expression("SET #n = :v");
        set.expression_attribute_names("#n", name).expression_attribute_values(":v", value).send().await.expect("an update");
    }

    async fn delete(&self) {
        self.client().delete_item().table_name(self.table()).key("id", s("1")).send().await.expect("a deletion");
    }

    async fn item(&self) -> Option<Item> {
        let get = self.client().get_item().table_name(self.table()).key("id", s("1")).send().await.expect("an answer");
        get.item.map(|item| item.into_iter().collect())
    }

    /// What is wrong if an attribute is not what it should be.
    async fn wants(&self, name: &str, wanted: AttributeValue, wrong: &str) -> Option<String> {
        let item = self.item().await;
        let found = item.as_ref().and_then(|item| item.get(name));
        (found != Some(&wanted)).then(|| format!("{wrong}: {item:?}"))
    }
}

#[tokio::test]
async fn what_the_function_was_given_was_changed() {
    for by_item in [false, true] {
        let scenario = async |blank: Blank| {
            let raced = Raced::new(&blank, by_item, &[("email", s("OLD@X"))]).await;
            let update = raced.cx.table::<Customers>().of::<Customer>().update(|item| item.email.make_ascii_lowercase());
            let (counts, ()) = tokio::join!(update, raced.gate.meanwhile(raced.set("email", s("NEW@X"))));
            counts.expect("an update");
            raced.wants("email", s("new@x"), "the application's address is undone").await
        };
        is_needed(STILL_AS_GIVEN, scenario).await;
    }
}

#[tokio::test]
async fn what_the_function_would_delete_came_to_life() {
    for by_item in [false, true] {
        let scenario = async |blank: Blank| {
            let raced = Raced::new(&blank, by_item, &[("email", s("dead"))]).await;
            let delete = raced.cx.table::<Customers>().of::<Customer>().delete_where(|item| item.email == "dead");
            let (counts, ()) = tokio::join!(delete, raced.gate.meanwhile(raced.set("email", s("alive"))));
            counts.expect("a deletion");
            raced.wants("email", s("alive"), "it is deleted").await
        };
        is_needed(STILL_AS_GIVEN, scenario).await;
    }
}

#[tokio::test]
async fn what_the_function_was_not_given_was_written() {
    for by_item in [false, true] {
        let scenario = async |blank: Blank| {
            let raced = Raced::new(&blank, by_item, &[("email", s("a@x"))]).await;
            let update = raced.cx.table::<Customers>().of::<Customer>();
            let update = update.update(|item| item.nick = item.nick.take().or_else(|| Some("nobody".to_owned())));
            let (counts, ()) = tokio::join!(update, raced.gate.meanwhile(raced.set("nick", s("ann"))));
            counts.expect("an update");
            raced.wants("nick", s("ann"), "the application's name is undone").await
        };
        is_needed(STILL_ABSENT, scenario).await;
    }
}

/// The mark is such an attribute too: another run did it, and the application set the value back.
#[tokio::test]
async fn what_is_done_exactly_once_was_done_by_another_run() {
    for by_item in [false, true] {
        let scenario = async |blank: Blank| {
            let raced = Raced::new(&blank, by_item, &[("points", n("1"))]).await;
            let add = async |cx: &MigrationContext| {
                cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.points += 100).await.expect("an update")
            };
            let other = raced.gate.meanwhile(async {
                add(&raced.again).await;
                raced.set("points", n("1")).await;
            });
            tokio::join!(add(&raced.cx), other);
            raced.wants("points", n("1"), "it is done twice").await
        };
        is_needed(STILL_ABSENT, scenario).await;
    }
}

#[derive(Serialize, Deserialize)]
struct Any {}

#[derive(Serialize, Deserialize)]
struct Flagged {
    flag: bool,
}

/// A statement makes no item; an update does.
#[tokio::test]
async fn an_item_was_deleted() {
    let scenario = async |blank: Blank| {
        let raced = Raced::new(&blank, true, &[("email", s("a@x"))]).await;
        let flag = raced.cx.table::<Customers>().of::<Flagged>().transform::<Any>(|_| Flagged { flag: true });
        let (counts, ()) = tokio::join!(flag, raced.gate.meanwhile(raced.delete()));
        counts.expect("a transform");
        raced.item().await.map(|item| format!("it is brought back: {item:?}"))
    };
    is_needed(ITEM_IS_THERE, scenario).await;
}

/// A customer whose writers raise its version.
#[derive(Serialize, Deserialize)]
struct Versioned {
    id: String,
    v: u64,
}

impl Table for Versioned {
    const VERSION: Option<&'static str> = Some("v");

    fn schema() -> TableSchema {
        customers()
    }
}

/// Statements insert only what is new; a put does not ask.
#[tokio::test]
async fn an_item_was_made() {
    let scenario = async |blank: Blank| {
        let raced = Raced::new(&blank, true, &[]).await;
        let copied: HashMap<_, _> = [("id".to_owned(), s("1")), ("email".to_owned(), s("copied"))].into();
        let copy = raced.cx.items::<Customers>().put_all([copied]);
        let theirs = [("email", s("theirs"))];
        let (counts, ()) = tokio::join!(copy, raced.gate.meanwhile(raced.put(&theirs)));
        counts.expect("a put");
        raced.wants("email", s("theirs"), "the application's item is overwritten").await
    };
    is_needed(ITEM_IS_NEW, scenario).await;
}

/// An older version is replaced whole, by a put; it may not be older any more.
#[tokio::test]
async fn an_item_got_a_newer_version() {
    let scenario = async |blank: Blank| {
        let raced = Raced::new(&blank, false, &[("v", n("1"))]).await;
        let gate = Gate::before(|operation, _| operation == "PutItem");
        let cx = MigrationContext::detached(gate.attach(&raced.bench.client), Prefix::new(raced.bench.engine.prefix()).unwrap());
        let copy = cx.table::<Customers>().of::<Any>().copy_to(|_| Versioned { id: "1".to_owned(), v: 5 });
        let newer = [("v", n("9"))];
        let (counts, ()) = tokio::join!(copy, gate.meanwhile(raced.put(&newer)));
        counts.expect("a copy");
        raced.wants("v", n("9"), "a newer version is replaced by an older one").await
    };
    is_needed(STILL_AS_GIVEN, scenario).await;
}
