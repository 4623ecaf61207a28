//! Items that were put aside.

use super::*;
use crate::schema::{KeyElement, PrimaryKey, ScalarType};

#[tokio::test]
async fn an_item_is_put_aside_once_and_taken_off_when_it_is_done() {
    let store = store().await;
    let jobs = jobs(&store, 1);
    jobs.open(&job("f"), 4).await.unwrap();
    let (a, bytes) = (r#"{"id":{"S":"a"},"at":{"N":"1"}}"#, r#"{"id":{"B":"AP8="}}"#);
    jobs.put_aside(PLACE, &[letter(a, "first"), letter(a, "again")]).await.unwrap();
    // The same key as another reply may write it.
    let same = r#"{"at" : {"N":"1"}, "id":{"S":"\u0061"}}"#;
    jobs.put_aside(PLACE, &[letter(same, "at last"), letter(bytes, "no")]).await.unwrap();
    let mut found = jobs.aside(PLACE).await.unwrap();
    found.sort_by(|a, b| a.error.cmp(&b.error));
    assert_eq!(found, [letter(same, "at last"), letter(bytes, "no")]);
    jobs.settle(PLACE, a).await.unwrap();
    jobs.settle(PLACE, a).await.unwrap();
    assert_eq!(jobs.aside(PLACE).await.unwrap(), [letter(bytes, "no")]);
    let error = jobs.put_aside(PLACE, &[letter("no key", "no")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode);
}

#[tokio::test]
async fn they_outlive_the_job_and_are_all_found() {
    let store = store().await;
    let first = jobs(&store, 1);
    let (one, two) = ("update orders 1", "delete orders 1");
    for place in [one, two] {
        first.open(&Job { place: place.to_owned(), ..job("f") }, 4).await.unwrap();
        let many: Vec<DeadLetter> = (0..150).map(|n| letter(&format!(r#"{{"id":{{"N":"{n}"}}}}"#), place)).collect();
        first.put_aside(place, &many).await.unwrap();
    }
    first.forget().await.unwrap();
    let next = jobs(&store, 1);
    let found = next.all_aside().await.unwrap();
    assert_eq!(found.iter().filter(|aside| aside.job == job("f") && aside.letter.error == one).count(), 150);
    assert_eq!((found.len(), found.is_sorted_by_key(|aside| aside.at)), (300, true));
    // Whoever tries them again needs no head for that.
    let found = next.aside(two).await.unwrap();
    next.settle(two, &found[0].key).await.unwrap();
    next.put_aside(two, &[letter(&found[1].key, "still")]).await.unwrap();
    assert_eq!(next.aside(two).await.unwrap().iter().filter(|letter| letter.error == "still").count(), 1);
    // The same job that is begun again keeps them.
    next.open(&job("f"), 4).await.unwrap();
    assert_eq!((next.aside(one).await.unwrap().len(), next.aside(two).await.unwrap().len()), (150, 149));
    assert!(JobStore::reader(&store, Version::new(2), Turn::default()).all_aside().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_long_error_is_cut_and_a_long_key_is_not() {
    let store = store().await;
    let jobs = jobs(&store, 1);
    jobs.open(&job("f"), 4).await.unwrap();
    let key = format!(r#"{{"id":{{"S":"{}"}}}}"#, "k".repeat(2_048));
    jobs.put_aside(PLACE, &[letter(&key, &format!("x{}", "é".repeat(5_000)))]).await.unwrap();
    assert_eq!(jobs.aside(PLACE).await.unwrap(), [letter(&key, &format!("x{}", "é".repeat(999)))]);
}

#[tokio::test]
async fn nothing_is_put_aside_for_a_job_that_nobody_knows() {
    let store = store().await;
    let error = jobs(&store, 1).put_aside(PLACE, &[letter(r#"{"id":{"S":"a"}}"#, "no")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptHistory);
    assert!(error.to_string().ends_with("0001/update orders 1"), "{error}");
}

#[test]
fn a_key_is_shown_as_its_table_has_it() {
    let aside = |key: &str| Aside { job: job("f"), letter: letter(key, "no"), at: now() };
    let key = PrimaryKey { partition: KeyElement::new("z", ScalarType::S), sort: Some(KeyElement::new("a", ScalarType::B)) };
    let both = aside(r#"{"a":{"B":"AP8="},"z":{"S":"x\n"}}"#);
    assert_eq!((&*both.shown(Some(&key)), &*both.shown(None)), (r#"("x\n", 0x00ff)"#, r#"(0x00ff, "x\n")"#));
    // Of a table that has another key by now.
    assert_eq!(aside(r#"{"id":{"N":"-1.5"}}"#).shown(Some(&key)), "-1.5");
    assert_eq!(aside(r#"{"id":{"B":"?"}}"#).shown(None), "a key that cannot be read");
}
