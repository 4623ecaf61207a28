use migrate_core::{MigrationContext, migration};
use serde::{Deserialize, Serialize};

use crate::tables::Event;

#[derive(Serialize, Deserialize)]
struct Located {
    geometry: Geometry,
    coordinates: Option<Coordinates>,
    depth: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Geometry {
    coordinates: (f64, f64, f64),
}

#[derive(Serialize, Deserialize)]
struct Coordinates {
    longitude: f64,
    latitude: f64,
}

/// Gives each event coordinates that say which is which, and its depth.
///
/// The code that serves while this runs still reads `geometry`, so that stays; migration 9 removes it.
#[migration(5)]
async fn geometry_to_coordinates(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Event>()
        .of::<Located>()
        .update(|event| {
            let (longitude, latitude, depth) = event.geometry.coordinates;
            event.coordinates = Some(Coordinates { longitude, latitude });
            event.depth = Some(depth);
        })
        .await?;
    Ok(())
}
