//! Which items are meant: deletions, filters that DynamoDB applies, and global indexes.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use migrate_core::transform::Filter;
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::{App, Bench, Item, NULL, benches, benches_with, delete, item, meanwhile, n, s, set};

#[derive(Serialize, Deserialize)]
struct Kind {
    kind: String,
}

#[tokio::test]
async fn what_the_function_takes_is_deleted_and_nothing_else() {
    for bench in benches().await {
        bench.fill(60, |number| item([("kind", s(if number % 3 == 0 { "old" } else { "new" })), ("more", n("1"))])).await;
        let mut wanted = bench.items().await;
        wanted.retain(|number, _| number % 3 != 0);
        let counts = bench.cx.table::<App>().of::<Kind>().delete_where(|item| item.kind == "old").await.unwrap();
        assert_eq!((counts.scanned, counts.deleted, counts.unchanged), (60, 20, 40));
        assert_eq!(bench.items().await, wanted);
        let again = bench.cx.items::<App>().delete_where(|item| item["kind"] == s("old")).await.unwrap();
        assert_eq!((again.scanned, again.deleted, again.unchanged), (40, 0, 40));
        assert_eq!(bench.writes(), 1, "a rerun writes nothing");
        let counts = bench.cx.items::<App>().delete_where(|item| item["sk"] == n("1")).await.unwrap();
        assert_eq!((counts.deleted, counts.unchanged), (1, 39));
    }
}

#[tokio::test]
async fn items_that_do_not_fit_the_filter_are_not_even_sent() {
    for bench in benches().await {
        let odd = |number: u64| {
            item([("a.b", if number.is_multiple_of(2) { NULL } else { s("one") }), ("kind", s("OLD")), ("size", n("1"))])
        };
        bench.fill(10, odd).await;
        delete(&bench.client, &bench.table, 3).await;
        set(&bench.client, &bench.table, 3, "kind", s("OTHER")).await;
        let filter = Filter::equals("a.b", "one").or(Filter::missing("a.b")).and(Filter::begins_with("kind", "OL"));
        let table = bench.cx.table::<App>().of::<Kind>().filter(filter).filter(Filter::exists("size"));
        let counts = table.only(|key| key.sort().is_some_and(|sort| sort.to_string() != "1")).update(|item| {
            item.kind = "new".to_owned();
        });
        let counts = counts.await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.skipped), (4, 3, 1), "5, 7 and 9; 1 is left out here");
        let items = bench.items().await;
        let new: Vec<u64> = items.iter().filter(|(_, item)| item["kind"] == s("new")).map(|(number, _)| *number).collect();
        assert_eq!(new, [5, 7, 9]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_that_no_longer_fits_the_filter_is_left_alone() {
    let benches = benches_with(move |call, client, table| {
        if call.operation == "BatchExecuteStatement" {
            meanwhile(set(client, table, 1, "kind", s("mine")));
        }
        Verdict::Pass
    });
    for bench in benches.await {
        bench.put([item([("kind", s("old"))]), item([("kind", s("old"))])]).await;
        let table = bench.cx.table::<App>().of::<Kind>().filter(Filter::equals("kind", "old"));
        let counts = table.update(|item| item.kind.push('!')).await;
        // The function would change its own output.
        assert_eq!(counts.unwrap_err().kind(), migrate_core::ErrorKind::NotRepeatable);
        let table = bench.cx.table::<App>().of::<Kind>().filter(Filter::equals("kind", "old"));
        let counts = table.update(|item| item.kind = "new".to_owned()).await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (1, 1));
        let items = bench.items().await;
        assert_eq!((&items[&1]["kind"], &items[&2]["kind"]), (&s("mine"), &s("new")));
    }
}

/// An index by `kind`.
async fn index(bench: &Bench, projection: ProjectionType) {
    let element = KeySchemaElement::builder().attribute_name("kind").key_type(KeyType::Hash).build().unwrap();
    let definition =
        AttributeDefinition::builder().attribute_name("kind").attribute_type(ScalarAttributeType::S).build().unwrap();
    let projection = Projection::builder().projection_type(projection).build();
    let create = CreateGlobalSecondaryIndexAction::builder().index_name("by-kind").key_schema(element).projection(projection);
    let update = GlobalSecondaryIndexUpdate::builder().create(create.build().unwrap()).build();
    let request = bench.client.update_table().table_name(&bench.table).attribute_definitions(definition);
    request.global_secondary_index_updates(update).send().await.unwrap();
    loop {
        let table = bench.client.describe_table().table_name(&bench.table).send().await.unwrap().table.unwrap();
        let index = table.global_secondary_indexes().first().and_then(|index| index.index_status().cloned());
        if index == Some(aws_sdk_dynamodb::types::IndexStatus::Active) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[derive(Serialize, Deserialize)]
struct Whole {
    kind: String,
    text: String,
}

fn row(number: u64) -> Item {
    let mut row = item([("text", s("A")), ("more", s("m")), ("note", NULL)]);
    // Those without the key of the index are not in it.
    row.extend((!number.is_multiple_of(4)).then(|| ("kind".to_owned(), s(&format!("k{}", number % 3)))));
    row
}

#[tokio::test]
async fn an_index_names_the_items_and_each_is_seen_whole() {
    for projection in [ProjectionType::All, ProjectionType::KeysOnly] {
        for bench in benches().await {
            bench.fill(40, row).await;
            index(&bench, projection.clone()).await;
            let mut wanted = bench.items().await;
            wanted
                .values_mut()
                .filter(|item| item.contains_key("kind"))
                .for_each(|item| drop(item.insert("text".to_owned(), s("a"))));
            let typed = || bench.cx.table::<App>().of::<Whole>().index("by-kind").update(|item| item.text.make_ascii_lowercase());
            let counts = typed().await.unwrap();
            assert_eq!((counts.scanned, counts.changed, counts.conflicts), (30, 30, 0), "{projection:?}");
            assert_eq!(bench.items().await, wanted);
            assert_eq!(typed().await.unwrap().unchanged, 30);

            // Raw: all of an item is given, and all of it stays.
            wanted.values_mut().filter(|item| item.contains_key("kind")).for_each(|item| drop(item.remove("more")));
            let raw = bench.cx.items::<App>().index("by-kind").update(|item| {
                assert_eq!(item["text"], s("a"));
                item.remove("more");
            });
            assert_eq!(raw.await.unwrap().changed, 30);
            assert_eq!(bench.items().await, wanted);

            let verified = bench.cx.items::<App>().index("by-kind").verify(|item| !item.contains_key("more") && item.len() == 5);
            assert_eq!(verified.await.unwrap().scanned, 30);
            let gone = bench.cx.table::<App>().of::<Whole>().index("by-kind").delete_where(|item| item.text == "a");
            assert_eq!(gone.await.unwrap().deleted, 30);
            wanted.retain(|_, item| !item.contains_key("kind"));
            assert_eq!(bench.items().await, wanted);
        }
    }
}

/// The key is in the index: who is not meant is left out before anything is read.
#[tokio::test]
async fn of_an_index_of_keys_only_those_are_read_that_are_meant() {
    for bench in benches().await {
        bench.fill(8, row).await;
        index(&bench, ProjectionType::KeysOnly).await;
        let table = bench.cx.table::<App>().of::<Whole>().index("by-kind");
        let low = table.only(|key| key.sort().is_some_and(|sort| ["1", "2"].contains(&sort.to_string().as_str())));
        let counts = low.update(|item| item.text = "done".to_owned()).await.unwrap();
        assert_eq!((counts.scanned, counts.skipped, counts.changed), (6, 4, 2));
        let gets = bench.recorder.calls().into_iter().filter(|call| call.operation == "GetItem").count();
        assert_eq!(gets, 2, "{}", bench.engine.name());
    }
}

#[tokio::test]
async fn a_filter_on_an_index_of_keys_is_asked_of_the_whole_item() {
    for bench in benches().await {
        bench.fill(8, row).await;
        index(&bench, ProjectionType::KeysOnly).await;
        set(&bench.client, &bench.table, 1, "text", s("other")).await;
        let table = bench.cx.table::<App>().of::<Whole>().index("by-kind").filter(Filter::equals("text", "A"));
        let counts = table.update(|item| item.text = "done".to_owned()).await.unwrap();
        assert_eq!((counts.changed, counts.unchanged), (5, 1), "2, 3, 5, 6 and 7");
        assert_eq!(bench.items().await[&1]["text"], s("other"));
    }
}
