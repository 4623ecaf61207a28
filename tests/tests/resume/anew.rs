//! What must not be gone on with: another function, another table of the same name.

use std::time::Duration;

use migrate_core::Failure;
use migrate_core::error::ErrorKind;
use migrate_core::migrator::Outcome;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_tests::scenario::{Customers, migration, migrator};
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::shop;
use super::{Bench, Size, Work};

#[derive(Serialize, Deserialize)]
struct Customer {
    id: String,
    email: String,
}

/// Lower-cases, and does not bear one item, which comes late.
fn choosy() -> &'static mut MigrationEntry {
    migration(2, "lower", |cx| {
        Box::pin(async move {
            let bad = |item: &Customer| item.id == "customer-000077" && item.email.starts_with('C');
            let handle = cx.table::<Customers>().of::<Customer>();
            let lower = handle.try_update(|item| {
                if bad(item) {
                    return Err(Failure::msg("it is bad"));
                }
                item.email.make_ascii_lowercase();
                Ok(())
            });
            lower.await?;
            Ok(())
        })
    })
}

/// The same function with another text.
fn edited(work: Work) -> Sequence {
    let entry = work.entry();
    entry.meta.fingerprint = "text-2";
    shop([entry])
}

#[tokio::test(start_paused = true)]
async fn a_function_that_was_mended_begins_anew_and_the_same_one_goes_on() {
    for mended in [true, false] {
        let bench = Bench::new(Size::LARGE).await;
        let failed = bench.up(shop([choosy()])).await.expect_err("an item is bad");
        assert_eq!(failed.kind(), ErrorKind::MigrationFailed, "{failed:?}");
        let (read, done) = (bench.read(), bench.done(Work::Lower));
        assert!((1_000..3_000).contains(&done), "it failed somewhere in the middle: {done} of {read}");
        let next = if mended { edited(Work::Lower) } else { Work::Lower.sequence() };
        assert_eq!(bench.up(next).await.expect("a run").outcome, Outcome::Done);
        assert_eq!((bench.done(Work::Lower), bench.written()), (bench.size.items, bench.size.items));
        let again = bench.read() - read;
        match mended {
            true => assert_eq!(again, bench.size.items, "all of it is looked at anew"),
            false => assert!(again < bench.size.items - done + 8 * 150, "{again} were read, {done} were done"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_was_made_anew_is_gone_through_from_its_beginning() {
    for work in Work::BOTH {
        let bench = Bench::new(Size::LARGE).await;
        let recorder = bench.recorder(|_| Verdict::Pass);
        tokio::select! {
            outcome = bench.up_with(recorder.attach(&bench.simulated.client()), work.sequence()) => panic!("too fast: {outcome:?}"),
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        let done = bench.done(work);
        assert!(done > 1_000, "{done}");
        let client = bench.simulated.client();
        let old = client.describe_table().table_name(&bench.table).send().await.unwrap().table.unwrap();
        client.update_table().table_name(&bench.table).deletion_protection_enabled(false).send().await.unwrap();
        client.delete_table().table_name(&bench.table).send().await.unwrap();
        let create = client.create_table().table_name(&bench.table);
        let create = create.set_billing_mode(old.billing_mode_summary.and_then(|billing| billing.billing_mode));
        let create = create.set_key_schema(old.key_schema).set_attribute_definitions(old.attribute_definitions);
        let new = create.deletion_protection_enabled(true).send().await.unwrap().table_description.unwrap();
        assert_ne!(new.table_id, old.table_id);
        bench.fill().await;
        let (read, written) = (bench.read(), bench.written());
        let refused = bench.up(work.sequence()).await.expect_err("it is not ours");
        assert_eq!(refused.kind(), ErrorKind::NotOwned);
        migrator(&bench.engine, client, work.sequence()).adopt(&[], Duration::from_secs(60)).await.expect("an adoption");
        assert_eq!(bench.up(work.sequence()).await.expect("a run").outcome, Outcome::Done);
        assert_eq!((bench.read() - read, bench.written() - written), (bench.size.items, bench.size.items), "{work:?}");
        assert_eq!(bench.done(work), bench.size.items);
    }
}
