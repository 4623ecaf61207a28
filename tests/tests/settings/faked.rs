//! The same rows while DynamoDB is slow, busy, or tells the state of before: all pass, by calls that are legal all the same.

use crate::on_model::all_rows;
use migrate_tests::model::{Fault, Injection, Quirks};

const WRITES: [&str; 13] = [
    "CreateTable",
    "UpdateTable",
    "DeleteTable",
    "UpdateTimeToLive",
    "UpdateContinuousBackups",
    "TagResource",
    "UntagResource",
    "UpdateContributorInsights",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "EnableKinesisStreamingDestination",
    "DisableKinesisStreamingDestination",
    "UpdateKinesisStreamingDestination",
];

const READS: [&str; 7] = [
    "DescribeTable",
    "DescribeTimeToLive",
    "DescribeContinuousBackups",
    "ListTagsOfResource",
    "DescribeContributorInsights",
    "GetResourcePolicy",
    "DescribeKinesisStreamingDestination",
];

/// Refuses the first tries of every writing call of a run.
fn refusing(fault: Fault, times: usize) -> Quirks {
    let injections = WRITES.map(|operation| Injection { operation: operation.to_owned(), times, fault });
    Quirks { injections: injections.to_vec(), ..Quirks::default() }
}

fn slow() -> Quirks {
    Quirks {
        polls_creating: 4,
        polls_updating: 4,
        polls_deleting: 4,
        polls_index_creating: 4,
        polls_index_backfilling: 6,
        polls_index_deleting: 4,
        polls_ttl: 4,
        polls_insights: 4,
        polls_kinesis: 4,
        polls_backup: 4,
        tries_before_backups: 3,
        ..Quirks::default()
    }
}

fn lagging(answers: usize) -> Quirks {
    Quirks { lag: READS.map(|operation| (operation.to_owned(), answers)).into(), ..Quirks::default() }
}

/// Each with the table's making apart from the first setting, or with it (`true`).
macro_rules! faked {
    ($($name:ident, $at_creation:literal => $quirks:expr;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let wrong = all_rows(&$quirks, $at_creation).await;
                assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            }
        )*
    };
}

faked! {
    at_once, true => Quirks::instant();
    creating_updating_and_deleting_for_long, false => slow();
    a_table_that_is_active_long_before_its_index, true => Quirks { polls_index_creating: 9, polls_index_backfilling: 9, ..Quirks::instant() };
    something_else_is_under_way, false => refusing(Fault::InUse, 2);
    too_much_at_once_in_the_account, true => refusing(Fault::Busy, 2);
    throttled, false => refusing(Fault::Throttled, 2);
    errors_within, true => refusing(Fault::Internal, 1);
    descriptions_that_lag, false => lagging(3);
    slow_and_lagging, true => Quirks { lag: lagging(2).lag, ..slow() };
    slow_lagging_and_busy, false => Quirks { lag: lagging(2).lag, injections: refusing(Fault::InUse, 2).injections, ..slow() };
    a_ceiling_that_is_gone_shows_as_minus_one_and_tags_come_one_a_page, false =>
        Quirks { shows_no_ceiling: true, tags_per_page: 1, ..Quirks::default() };
}
