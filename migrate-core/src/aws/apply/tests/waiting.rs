//! How long a step waits, for what, and what it says when it does not show.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_table_is_done_when_it_is_active_and_may_be_unknown_at_first() {
    let (client, calls) = layered(&engine(), |operation, before| match (operation, before) {
        ("DescribeTable", 0..2) => Fate::Instead(refusal("ResourceNotFoundException", "not yet")),
        ("DescribeTable", 2..20) => Fate::Edit(|body| body.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"CREATING""#)),
        _ => Fate::Pass,
    });
    let mut heard = Vec::new();
    let (step, wait) = (create(), Wait::default());
    let mut hear = |elapsed: Duration, status: &str| heard.push((elapsed, status.to_owned()));
    let applied = apply(&client, &step, &wait, true, &mut hear);
    assert_eq!(applied.await.unwrap(), Applied::Done);
    assert_eq!((calls.count("CreateTable"), calls.count("DescribeTable")), (1, 21));
    assert_eq!(heard.len(), 20);
    assert_eq!((heard[0].1.as_str(), heard[19].1.as_str()), ("the table is not there", "the table is CREATING"));
    // 50 ms doubling to 3.2 s are seven pauses; twelve of 5 s follow.
    assert!((heard[19].0.as_millis()).abs_diff(66_350) < 500, "{:?}", heard[19].0);
}

#[tokio::test(start_paused = true)]
async fn a_new_table_that_is_unknown_for_long_is_no_missing_capability() {
    let unknown = |looks: usize| {
        move |operation: &str, before: usize| match operation {
            "DescribeTable" if before < looks => Fate::Instead(refusal("ResourceNotFoundException", "not yet")),
            _ => Fate::Pass,
        }
    };
    assert_eq!(take(&layered(&engine(), unknown(50)).0, &create()).await.unwrap(), Applied::Done);
    let error = take(&layered(&engine(), unknown(usize::MAX)).0, &create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotVerified);
}

#[tokio::test(start_paused = true)]
async fn an_index_is_waited_for_itself_and_for_hours() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("DescribeTable", 0) => Fate::Edit(|body| body.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"UPDATING""#)),
        // Seven hours: the table is ACTIVE all the time.
        ("DescribeTable", 1..5000) => {
            Fate::Edit(|body| body.replace(r#""IndexStatus":"ACTIVE""#, r#""IndexStatus":"CREATING","Backfilling":true"#))
        }
        _ => Fate::Pass,
    });
    assert_eq!(take_as(&client, &create_index(), true).await.unwrap(), Applied::Done);
    assert_eq!((calls.count("UpdateTable"), calls.count("DescribeTable")), (1, 5001));
}

#[tokio::test(start_paused = true)]
async fn what_is_busy_is_waited_for_and_asked_again() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("UpdateTable", 0..5) => {
            Fate::Instead(refusal("ResourceInUseException", "Attempt to change a resource which is still in use"))
        }
        ("UpdateTable", 5..9) => Fate::Instead(refusal("LimitExceededException", "Only 1 online index can be created")),
        ("UpdateTable", 9) | ("DescribeTable", 10) => Fate::Instead(refusal("ThrottlingException", "slower")),
        _ => Fate::Pass,
    });
    assert_eq!(take_as(&client, &create_index(), true).await.unwrap(), Applied::Done);
    assert_eq!(calls.count("UpdateTable"), 11);
}

#[tokio::test(start_paused = true)]
async fn time_runs_out_with_the_last_word_of_the_engine() {
    let engine = after(&[create()]).await;
    let (client, _) = layered(&engine, |operation, _| match operation {
        "UpdateTable" => Fate::Instead(refusal("ResourceInUseException", "still in use")),
        _ => Fate::Pass,
    });
    let wait = Wait { limit: Duration::from_secs(100), ..Wait::default() };
    let error = apply(&client, &protect(false), &wait, true, &mut |_, _| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotVerified);
    assert_eq!(error.to_string(), "after 100 s it does not show yet: set orders, deletion protection: on → off (still in use)");
}

#[tokio::test(start_paused = true)]
async fn a_missing_capability_is_unsupported_here_and_an_error_on_aws() {
    let engine = after(&[create()]).await;
    let unknown = |operation: &str, _| match operation {
        "UpdateTimeToLive" | "UpdateTable" => Fate::Instead(refusal("UnknownOperationException", "")),
        _ => Fate::Pass,
    };
    // Says yes and does nothing.
    let ignores = |operation: &str, _| match operation {
        "UpdateTimeToLive" | "UpdateTable" => Fate::Instead(json(200, "{}")),
        _ => Fate::Pass,
    };
    for step in [ttl(), stream(StreamView::KeysOnly), protect(false)] {
        for (client, calls, kind, sent) in [
            {
                let (client, calls) = layered(&engine, unknown);
                (client, calls, ErrorKind::NotSupported, 1)
            },
            {
                let (client, calls) = layered(&engine, ignores);
                (client, calls, ErrorKind::NotVerified, 1)
            },
        ] {
            let applied = take(&client, &step).await.unwrap();
            assert!(matches!(applied, Applied::Unsupported { .. }), "{step}: {applied:?}");
            assert_eq!(calls.count("UpdateTable") + calls.count("UpdateTimeToLive"), sent, "{step}: never asked twice");
            assert_eq!(take_as(&client, &step, true).await.unwrap_err().kind(), kind, "{step}");
        }
    }
}
