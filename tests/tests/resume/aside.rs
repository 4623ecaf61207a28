//! What was put aside is kept before the place behind it is, whatever fails.

use migrate_core::Failure;
use migrate_core::error::ErrorKind;
use migrate_core::registry::Sequence;
use migrate_tests::scenario::{Customers, migration};
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::shop;
use super::{Bench, Size};

#[derive(Serialize, Deserialize)]
struct Customer {
    id: String,
    email: String,
}

/// Lower-cases, and puts one in forty aside.
fn puts_aside() -> Sequence {
    shop([migration(2, "lower", |cx| {
        Box::pin(async move {
            let lower = cx.table::<Customers>().of::<Customer>().dead_letter().try_update(|item| {
                if item.id.ends_with("17") {
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
