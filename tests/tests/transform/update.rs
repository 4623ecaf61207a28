use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::ErrorKind;
use serde::{Deserialize, Serialize};

use super::bench::{App, Item, NULL, b, benches, item, m, n, ns, s, ss};

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

/// Reads much, and would write nearly all of it in another form.
#[derive(Serialize, Deserialize)]
struct Lossy {
    pk: String,
    sk: f64,
    huge: f64,
    texts: Vec<String>,
    numbers: Vec<f64>,
    small: f32,
    empty: String,
    null: Option<String>,
    absent: Option<String>,
    map: serde_json::Value,
    #[serde(rename = "a.b \"c\" #d :e size é")]
    odd: String,
}

fn odd_items() -> [Item; 2] {
    let mut nested = s("deepest");
    for _ in 0..31 {
        nested = AttributeValue::L(vec![nested]);
    }
    let odd = item([
        ("huge", n("12345678901234567890123456789012345678")),
        ("texts", ss(&["b", "a", "é"])),
        ("numbers", ns(&["1.5", "-7", "12345678901234567890123456789012345678"])),
        ("small", n("0.1")),
        ("empty", s("")),
        ("null", NULL),
        ("map", m([("huge", n("99999999999999999999999999999999999999")), ("e", s("")), ("set", ns(&["1"])), ("no", NULL)])),
        ("a.b \"c\" #d :e size é", s("x")),
        ("bytes", b(&[0, 255])),
        ("no bytes", b(&[])),
        ("byte sets", AttributeValue::Bs(vec![Blob::new([1]), Blob::new([0])])),
        ("flag", AttributeValue::Bool(false)),
        ("list", AttributeValue::L(vec![])),
        ("nested", nested),
        ("large", s(&"x".repeat(100_000))),
    ]);
    let mut tiny = odd.clone();
    tiny.insert("huge".to_owned(), n("0.00000000000000000000000000000000000001234"));
    [odd, tiny]
}

#[derive(Serialize, Deserialize)]
struct Flattened {
    empty: String,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[tokio::test]
async fn identity_writes_nothing_on_any_data() {
    for bench in benches().await {
        bench.put(odd_items()).await;
        let before = bench.items().await;
        let counts = [
            bench.cx.table::<App>().of::<Lossy>().update(|_| ()).await.unwrap(),
            bench.cx.table::<App>().of::<Lossy>().transform::<Lossy>(|same| same).await.unwrap(),
            bench.cx.items::<App>().update(|_| ()).await.unwrap(),
        ];
        for counts in counts {
            assert_eq!((counts.scanned, counts.unchanged, counts.changed), (2, 2, 0));
        }
        assert_eq!(bench.writes(), 0);
        assert_eq!(bench.items().await, before);
    }
    for bench in benches().await {
        // What serde_json can hold: no bytes.
        bench.put([item([("empty", s("")), ("huge", n("1e37")), ("texts", ss(&["b", "a"])), ("null", NULL)])]).await;
        bench.cx.table::<App>().of::<Flattened>().update(|_| ()).await.unwrap();
        bench.cx.table::<App>().of::<serde_json::Value>().update(|_| ()).await.unwrap();
        assert_eq!(bench.writes(), 0);
    }
}

#[tokio::test]
async fn what_the_function_leaves_alone_keeps_its_stored_form() {
    for bench in benches().await {
        bench.put(odd_items()).await;
        let mut wanted = bench.items().await;
        for item in wanted.values_mut() {
            item.insert("empty".to_owned(), s("no more"));
        }
        let update = || bench.cx.table::<App>().of::<Lossy>().update(|item| item.empty = "no more".to_owned());
        assert_eq!(update().await.unwrap().changed, 2);
        assert_eq!(bench.items().await, wanted);
        assert_eq!(bench.writes(), 1, "both in one batch");
        let again = update().await.unwrap();
        assert_eq!((again.changed, again.unchanged), (0, 2));
        assert_eq!(bench.writes(), 1, "a rerun writes nothing");
    }
}

#[tokio::test]
async fn names_of_every_kind_are_written_and_removed() {
    let names = ["a.b", "\"q\"", "with space", "#x", ":y", "size", "é", "[0]", "a'b", "SET", "-"];
    for bench in benches().await {
        let mut stored = item([]);
        for name in names {
            stored.insert(name.to_owned(), s("old"));
        }
        bench.put([stored]).await;
        let counts = bench.cx.items::<App>().update(|item| {
            for (number, name) in names.into_iter().enumerate() {
                if number % 2 == 0 {
                    item.insert(name, NULL);
                } else {
                    item.remove(name);
                }
            }
            item.insert("new.one", ss(&["x"]));
        });
        assert_eq!(counts.await.unwrap().changed, 1);
        let mut wanted = item([("new.one", ss(&["x"]))]);
        wanted.extend(names.into_iter().step_by(2).map(|name| (name.to_owned(), NULL)));
        assert_eq!(bench.only_item().await, wanted);
    }
}

#[derive(Serialize, Deserialize)]
struct Optional {
    keep: Option<String>,
    gone: Option<String>,
    null: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    #[serde(default, with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    set: BTreeSet<String>,
}

#[tokio::test]
async fn none_is_removed_and_a_null_that_nobody_touched_stays() {
    for bench in benches().await {
        let full = item([("keep", s("k")), ("gone", s("g")), ("skipped", s("s")), ("null", NULL), ("set", ss(&["a"]))]);
        bench.put([full, item([("null", NULL)])]).await;
        let counts = bench.cx.table::<App>().of::<Optional>().update(|item| {
            item.gone = None;
            item.skipped = None;
            if !item.set.is_empty() {
                item.set.insert("b".to_owned());
            }
        });
        let counts = counts.await.unwrap();
        assert_eq!((counts.changed, counts.unchanged), (1, 1));
        let items = bench.items().await;
        assert_eq!(items[&1], item([("keep", s("k")), ("null", NULL), ("set", ss(&["a", "b"]))]));
        assert_eq!(items[&2], item([("null", NULL)]));
    }
}

#[tokio::test]
async fn a_flattened_rest_is_changed_by_attribute() {
    for bench in benches().await {
        bench.put([item([("empty", s("")), ("a", n("1")), ("b", ss(&["x"])), ("c", s("drop"))])]).await;
        let update = bench.cx.table::<App>().of::<Flattened>().update(|item| {
            item.rest.insert("a".to_owned(), 2.into());
            item.rest.remove("c");
        });
        update.await.unwrap();
        assert_eq!(bench.only_item().await, item([("empty", s("")), ("a", n("2")), ("b", ss(&["x"]))]));
    }
}

#[tokio::test]
async fn entities_of_one_table_are_told_apart_by_key() {
    for bench in benches().await {
        bench
            .put([
                item([("pk", s("USER#1")), ("email", s("A@X")), ("more", ns(&["1"]))]),
                item([("pk", s("USER#2")), ("email", s("b@x"))]),
                item([("pk", s("ORDER#1")), ("total", n("1"))]),
            ])
            .await;
        let update = || bench.cx.table::<App>().of::<Email>();
        let users = update().only(|key| key.partition_starts_with("USER#")).only(|key| key.sort().is_some());
        let counts = users.update(|user| user.email.make_ascii_lowercase()).await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.unchanged, counts.skipped), (3, 1, 1, 1));
        assert_eq!(bench.items().await[&1], item([("email", s("a@x")), ("more", ns(&["1"]))]));

        let error = update().update(|user| user.email.make_ascii_lowercase()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!("item (\"ORDER#1\", 3) of table `{}` does not fit `Email`: `email` is missing", bench.table)
        );
        assert!(error.help()[0].contains(".only("), "{error:?}");
    }
}

#[tokio::test]
async fn an_item_that_does_not_fit_is_told_without_its_values() {
    for bench in benches().await {
        bench.put([item([("email", m([("canary", s("canary"))]))])]).await;
        let error = bench.cx.table::<App>().of::<Email>().update(|_| ()).await.unwrap_err();
        assert_eq!(
            format!("{error:?}"),
            format!(
                "error[M0703]: item (\"item\", 1) of table `{}` does not fit `Email`: `email` is M, expected a string\n  \
                 help: let the type take what is stored (an `Option`, `#[serde(default)]`), or leave items of other entities \
                 out with `.only(|key| ..)`",
                bench.table
            )
        );
        assert_eq!(bench.writes(), 0);
    }
}

#[derive(Serialize, Deserialize)]
struct Keyed {
    pk: String,
    sk: u64,
    x: u64,
}

#[tokio::test]
async fn a_key_is_not_changed() {
    for bench in benches().await {
        bench.put([item([("x", n("1"))])]).await;
        let table = || bench.cx.table::<App>().of::<Keyed>();
        let errors = [
            table().update(|item| item.sk = 7).await.unwrap_err(),
            bench.cx.items::<App>().update(|item| drop(item.remove("sk"))).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Encode);
            let wanted =
                format!("item (\"item\", 1) of table `{}` would get another `sk`, which is part of its key", bench.table);
            assert_eq!(error.to_string(), wanted);
        }
        assert_eq!(bench.writes(), 0);
    }
}

#[derive(Serialize, Deserialize)]
struct Count {
    #[serde(default)]
    count: u64,
    name: Option<String>,
}

#[tokio::test]
async fn a_function_that_is_not_safe_to_repeat_is_found_before_it_writes() {
    for bench in benches().await {
        bench.put([item([("count", n("1"))])]).await;
        let table = || bench.cx.table::<App>().of::<Count>();
        let error = table().update(|item| item.count += 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotRepeatable);
        assert_eq!(
            error.to_string(),
            format!(
                "item (\"item\", 1) of table `{}` would change once more if the function ran on its own output: `count`",
                bench.table
            )
        );
        let fails_on_its_own = |item: &mut Count| {
            if item.name.is_some() {
                return Err(migrate_core::Failure::msg("done already"));
            }
            item.name = Some("x".to_owned());
            Ok(())
        };
        let error = table().try_update(fails_on_its_own).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotRepeatable);
        assert!(format!("{error:?}").contains("because: done already"), "{error:?}");
        assert_eq!(bench.writes(), 0);
    }
}

#[tokio::test]
async fn a_function_may_fail_and_its_error_is_kept() {
    for bench in benches().await {
        bench.put([item([("email", s("1"))]), item([("email", s("x"))]), item([("email", s("3"))])]).await;
        let update = bench.cx.table::<App>().of::<Email>().try_update(|item| {
            let number: u64 = item.email.parse()?;
            item.email = format!("0{}", number);
            item.email = item.email.trim_start_matches('0').to_owned() + "0";
            if item.email.ends_with("00") {
                item.email.pop();
            }
            Ok(())
        });
        let error = update.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MigrationFailed);
        assert_eq!(
            format!("{error:?}"),
            format!(
                "error[M0701]: item (\"item\", 2) of table `{}` was refused by the migration's function\n  because: invalid digit \
                 found in string",
                bench.table
            )
        );
        let items = bench.items().await;
        // What was decided before it on its page may be written or not; what comes after it is not looked at.
        assert!([s("1"), s("10")].contains(&items[&1]["email"]), "{:?}", items[&1]);
        assert_eq!((&items[&2]["email"], &items[&3]["email"]), (&s("x"), &s("3")));
    }
}

#[tokio::test]
async fn every_page_is_read() {
    for bench in benches().await {
        let large = || item([("email", s("A")), ("large", s(&"x".repeat(300_000)))]);
        bench.put([large(), large(), large(), large(), large(), large(), large(), large()]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await.unwrap();
        assert_eq!((counts.scanned, counts.changed), (8, 8));
        let scans = bench.recorder.operations().iter().filter(|name| *name == "Scan").count();
        assert!(scans >= 2, "{scans} pages");
        assert!(bench.items().await.values().all(|item| item["email"] == s("a")));
    }
}

#[tokio::test]
async fn a_panic_leaves_the_context_whole() {
    for bench in benches().await {
        bench.put([item([("email", s("A"))])]).await;
        let cx = std::sync::Arc::new(bench.cx);
        let task = tokio::spawn({
            let cx = cx.clone();
            async move { cx.table::<App>().of::<Email>().update(|_| panic!("of the user's")).await.map(drop) }
        });
        assert!(task.await.unwrap_err().is_panic());
        let counts = cx.table::<App>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await.unwrap();
        assert_eq!(counts.changed, 1);
        assert_eq!(cx.table_name::<App>(), bench.table);
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    for bench in benches().await {
        bench.client.delete_table().table_name(&bench.table).send().await.unwrap();
        let error = bench.cx.items::<App>().update(|_| ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains(&bench.table), "{error}");
    }
}

#[tokio::test]
async fn an_item_that_the_engine_refuses_is_named() {
    for bench in benches().await {
        bench.put([item([("set", ss(&["a"]))])]).await;
        let emptied = bench.cx.items::<App>().update(|item| drop(item.insert("set", ss(&[]))));
        let error = emptied.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        let start = format!("item (\"item\", 1) of table `{}` could not be written: dynamodb:UpdateItem", bench.table);
        assert!(error.to_string().starts_with(&start), "{error}");
        assert_eq!(bench.only_item().await, item([("set", ss(&["a"]))]));
    }
}
