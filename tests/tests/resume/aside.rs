//! What was put aside is kept before the place behind it is, whatever fails.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::Outcome;
use migrate_core::registry::Sequence;
use migrate_core::{Failure, Stop};
use migrate_tests::scenario::{Customers, migration};
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::shop;
use super::{Bench, Size};

#[derive(Serialize, Deserialize)]
struct Customer {
    email: String,
}

/// Lower-cases, and puts three aside until they are mended.
fn puts_aside() -> Sequence {
    shop([migration(2, "lower", |cx| {
        Box::pin(async move {
            let lower = cx.table::<Customers>().of::<Customer>().dead_letter().try_update(|item| {
                if item.email.ends_with("17@EXAMPLE.COM") {
                    return Err(Failure::msg("it is bad"));
                }
                item.email.make_ascii_lowercase();
                Ok(())
            });
            lower.await?;
            Ok(())
        })
    })])
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_could_not_be_kept_is_written_again() {
    let mut met = 0;
    for number in [17, 117, 217] {
        let bench = Bench::new(Size::SMALL).await;
        let id = format!("customer-{number:06}");
        // It is tried for a while, and then given up; everything else goes through.
        let recorder = bench.recorder(move |call| {
            let body = String::from_utf8_lossy(&call.body);
            match call.operation == "TransactWriteItems" && body.contains("/dead/") && body.contains(&id) {
                true => Verdict::Error { status: 500, error_type: "InternalServerError".to_owned(), message: "no".to_owned() },
                false => Verdict::Pass,
            }
        });
        let failed =
            bench.up_with(recorder.attach(&bench.simulated.client()), puts_aside()).await.expect_err("it cannot be kept");
        met += u32::from(failed.kind() != ErrorKind::DeadLetters);
        let error = bench.up(puts_aside()).await.expect_err("three are bad");
        assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
        assert!(format!("{error:?}").contains("3 items"), "{number}: one is forgotten: {error:?}");
    }
    assert_eq!(met, 3);
}

/// The run that goes on stands behind them: it looks at them again all the same.
#[tokio::test(start_paused = true)]
async fn what_was_mended_before_an_interrupted_run_went_on_fails_no_more() {
    let bench = Bench::new(Size::SMALL).await;
    let stop = Stop::default();
    let (first, _) = bench.watched(bench.simulated.client(), puts_aside(), stop.clone());
    let asks = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        stop.request();
    };
    let (stopped, ()) = tokio::join!(first.up(bench.options()), asks);
    assert_eq!(stopped.expect_err("it stops").kind(), ErrorKind::Interrupted);
    let aside = first.dead_letters(Version::new(2)).await.expect("a list").1;
    assert!(!aside.is_empty() && bench.read() < bench.size.items, "{aside:?}");
    for number in [17, 117, 217] {
        let key = AttributeValue::S(format!("customer-{number:06}"));
        let client = bench.simulated.client();
        let mend = client.update_item().table_name(&bench.table).key("id", key).update_expression("SET email = :mended");
        mend.expression_attribute_values(":mended", AttributeValue::S("MENDED".to_owned())).send().await.expect("a mended item");
    }
    assert_eq!(bench.up(puts_aside()).await.expect("all are mended").outcome, Outcome::Done);
    assert!(bench.simulated.items(&bench.table).iter().all(|item| !item.contains("MENDED") && !item.contains("EXAMPLE")));
}
