use migrate_core::{MigrationContext, migration};
use serde::{Deserialize, Serialize};

use crate::tables::Event;

#[derive(Serialize, Deserialize)]
struct Placed {
    place: String,
    region: Option<String>,
}

/// Takes the region out of the place, for the index `by-region`.
///
/// The index is there before this runs; an event appears in it as soon as it has a region.
#[migration(6)]
async fn region_of_place(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Event>().of::<Placed>().update(|event| event.region = Some(region_of(&event.place).to_owned())).await?;
    Ok(())
}

/// What follows the last comma, or all of it: `4km W of Castaic, CA`, `Line Islands, Kiribati region`, `Gulf of Alaska`.
fn region_of(place: &str) -> &str {
    let (_, last) = place.rsplit_once(", ").unwrap_or(("", place));
    last.strip_suffix(" region").unwrap_or(last)
}
