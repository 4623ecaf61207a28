use std::collections::BTreeMap;

use migrate_core::{MigrationContext, migration};
use serde::{Deserialize, Serialize};

use crate::tables::{Event, Region};

#[derive(Deserialize)]
struct Quake {
    region: String,
    mag: f64,
    time: u64,
}

#[derive(Serialize)]
struct Summary {
    region: String,
    events: u32,
    strongest: f64,
    latest: u64,
}

/// Sums up what happened in each region.
///
/// What is in `regions` already is not overwritten: code that counts new events may be at work there.
#[migration(8)]
async fn sum_up_regions(cx: &MigrationContext) -> migrate_core::Result {
    let mut regions: BTreeMap<String, Summary> = BTreeMap::new();
    cx.table::<Event>()
        .of::<Quake>()
        .for_each(|Quake { region, mag, time }| {
            regions
                .entry(region.clone())
                .and_modify(|summary| {
                    summary.events += 1;
                    summary.strongest = summary.strongest.max(mag);
                    summary.latest = summary.latest.max(time);
                })
                .or_insert(Summary { region, events: 1, strongest: mag, latest: time });
            Ok(())
        })
        .await?;
    cx.table::<Region>().of::<Summary>().put_all(regions.into_values()).await?;
    Ok(())
}
