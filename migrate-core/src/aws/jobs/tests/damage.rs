//! Items that this framework did not write: named, and mended by deleting them.

use super::*;

async fn set(store: &Store, sort: &str, name: &str, value: AttributeValue) {
    let update = store.client().update_item().table_name(store.table().as_str()).set_key(Some(store.key(sort)));
    let update = update.update_expression("SET #n = :v").expression_attribute_names("#n", name);
    update.expression_attribute_values(":v", value).send().await.unwrap();
}

#[tokio::test]
async fn a_damaged_item_is_named_and_deleting_it_helps() {
    let map = |name: &str, value: &str| AttributeValue::M(std::iter::once((name.to_owned(), text(value))).collect());
    let number = |number: u32| AttributeValue::N(number.to_string());
    let (head, segment) = (format!("0001/{PLACE}"), format!("0001/{PLACE}/seg/0000001"));
    let cases = [
        (&head, "segments", text("four")),
        (&head, "segments", number(0)),
        (&head, "sweep", number(0)),
        (&head, "fingerprint", number(1)),
        (&segment, "sweep", AttributeValue::Null(true)),
        (&segment, "position", map("after", r#"{"id":"a"}"#)),
        (&segment, "position", map("after", r#"{"id":{"M":"a"}}"#)),
        (&segment, "position", map("after", "{}")),
        (&segment, "position", map("before", "")),
        (&format!("0001/{PLACE}/seg/0000004"), "position", text("end")),
        (&format!("0001/{PLACE}/seg/x"), "position", text("end")),
    ];
    for (sort, name, value) in cases {
        let store = store().await;
        let first = jobs(&store, 1);
        first.open(&job("f"), 4).await.unwrap();
        first.save(PLACE, &positions(0..2), changed(2)).await.unwrap();
        set(&store.data(), sort, "sweep", number(1)).await;
        set(&store.data(), sort, name, value.clone()).await;
        let error = jobs(&store, 1).open(&job("f"), 4).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CorruptHistory);
        let (text, help) = (error.to_string(), error.help().join("\n"));
        assert!(text.contains(&format!("`{}`", store.table())) && text.contains(&format!("sk `{sort}`")), "{text}");
        assert!(text.contains("pk `shop#data`") && help.contains("delete the item"), "{text} {help}");
        let lost = if *sort == head { "the migration then begins again" } else { "this part of the table" };
        assert!(help.contains(lost), "{sort}: {help}");
        delete(&store.data(), sort).await;
        let found = jobs(&store, 1).open(&job("f"), 4).await.unwrap();
        let left = match sort {
            _ if *sort == head => 0..0,
            _ if *sort == segment => 0..1,
            _ => 0..2,
        };
        assert_eq!(found.positions, positions(left), "{sort} {name} {value:?}");
    }
}

#[tokio::test]
async fn a_damaged_letter_is_named() {
    let store = store().await;
    let jobs = jobs(&store, 1);
    jobs.open(&job("f"), 4).await.unwrap();
    jobs.put_aside(PLACE, &[letter(r#"{"id":{"S":"a"}}"#, "no")]).await.unwrap();
    let sort = kept(&store).await.into_iter().find(|sort| sort.contains("/dead/")).unwrap();
    set(&store.data(), &sort, "key", text("no key")).await;
    for error in [jobs.aside(PLACE).await.map(|_| ()), jobs.all_aside().await.map(|_| ())] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CorruptHistory);
        assert!(error.to_string().contains(&sort), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_control_is_named() {
    let store = store().await;
    put(&store.data(), "control", Item::from([("paused".to_owned(), text("yes"))])).await;
    let error = jobs(&store, 1).control().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptHistory);
    assert!(error.to_string().contains("sk `control`") && error.help()[0].contains("delete the item"), "{error:?}");
    delete(&store.data(), "control").await;
    assert_eq!(jobs(&store, 1).control().await.unwrap(), Control::default());
}

/// Somebody deletes it while it runs.
#[tokio::test]
async fn a_head_that_is_gone_is_not_made_up() {
    let store = store().await;
    let error = jobs(&store, 1).finish(PLACE, changed(1)).await.unwrap_err();
    assert_eq!((error.kind(), kept(&store).await.len()), (ErrorKind::CorruptHistory, 0));
}
