//! Billing, throughput, maximums and warm throughput, of tables and of indexes.

use crate::case::{Case, by_email, case, maximum, plain, provisioned, provisioned_5, stage, warm};
use migrate_core::schema::{Billing, MaxThroughput, TableSchema};

const OFF: Billing = Billing::OnDemand(MaxThroughput::OFF);

fn on_demand() -> TableSchema {
    TableSchema { billing: Some(Billing::ON_DEMAND), ..plain() }
}

/// The index says what it is paid for by itself.
fn index_5() -> TableSchema {
    let mut table = provisioned_5();
    by_email(&mut table).billing = Some(provisioned(5, 5));
    table
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "billing",
            on_demand(),
            [
                stage(
                    "provisioned",
                    |table| table.billing = Some(provisioned(5, 6)),
                    &[("mode", "PROVISIONED"), ("units", "5/6"), ("units by-email", "5/6")],
                ),
                stage("on demand again", |table| table.billing = Some(Billing::ON_DEMAND), &[("mode", "PAY_PER_REQUEST")]),
                stage(
                    "provisioned, the index otherwise",
                    |table| {
                        table.billing = Some(provisioned(7, 8));
                        by_email(table).billing = Some(provisioned(2, 3));
                    },
                    &[("mode", "PROVISIONED"), ("units", "7/8"), ("units by-email", "2/3")],
                ),
            ],
        ),
        case(
            "throughput",
            index_5(),
            [
                stage("raised", |table| table.billing = Some(provisioned(9, 5)), &[("units", "9/5"), ("units by-email", "5/5")]),
                stage("lowered", |table| table.billing = Some(provisioned(4, 3)), &[("units", "4/3"), ("units by-email", "5/5")]),
                stage(
                    "no longer declared",
                    |table| (table.billing, by_email(table).billing) = (None, None),
                    &[("units", "4/3"), ("units by-email", "5/5"), ("mode", "PROVISIONED")],
                )
                .idle(),
            ],
        ),
        case(
            "throughput of an index",
            provisioned_5(),
            [
                stage(
                    "raised",
                    |table| by_email(table).billing = Some(provisioned(9, 5)),
                    &[("units", "5/5"), ("units by-email", "9/5")],
                ),
                stage(
                    "lowered, with the table's",
                    |table| {
                        table.billing = Some(provisioned(4, 4));
                        by_email(table).billing = Some(provisioned(2, 3));
                    },
                    &[("units", "4/4"), ("units by-email", "2/3")],
                ),
            ],
        ),
        case(
            "on-demand maximum",
            on_demand(),
            [
                stage(
                    "set",
                    |table| table.billing = Some(maximum(50, 60)),
                    &[("maximum", "50/60"), ("maximum by-email", "none")],
                ),
                stage("changed", |table| table.billing = Some(maximum(70, 60)), &[("maximum", "70/60")]),
                stage("off", |table| table.billing = Some(OFF), &[("maximum", "none"), ("mode", "PAY_PER_REQUEST")]),
            ],
        ),
        case(
            "on-demand maximum of an index",
            on_demand(),
            [
                stage(
                    "set",
                    |table| by_email(table).billing = Some(maximum(50, 60)),
                    &[("maximum", "none"), ("maximum by-email", "50/60")],
                ),
                stage("changed", |table| by_email(table).billing = Some(maximum(50, 70)), &[("maximum by-email", "50/70")]),
                stage("off", |table| by_email(table).billing = Some(OFF), &[("maximum by-email", "none")]),
            ],
        ),
        case(
            "warm throughput",
            plain(),
            [
                stage("set", |table| table.warm_throughput = warm(13_000, 5_000), &[("warm", "13000/5000")]),
                stage("raised", |table| table.warm_throughput = warm(13_000, 6_000), &[("warm", "13000/6000")]),
                stage("declared lower", |table| table.warm_throughput = warm(12_500, 6_000), &[("warm", "13000/6000")]).idle(),
            ],
        ),
        case(
            "warm throughput of an index",
            plain(),
            [
                stage("set", |table| by_email(table).warm_throughput = warm(13_000, 5_000), &[("warm by-email", "13000/5000")]),
                stage(
                    "raised",
                    |table| by_email(table).warm_throughput = warm(14_000, 5_000),
                    &[("warm by-email", "14000/5000")],
                ),
                stage(
                    "declared lower",
                    |table| by_email(table).warm_throughput = warm(13_000, 4_500),
                    &[("warm by-email", "14000/5000")],
                )
                .idle(),
            ],
        ),
    ]
}
