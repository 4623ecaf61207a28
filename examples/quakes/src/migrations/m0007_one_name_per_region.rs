use migrate_core::{MigrationContext, migration};
use serde::{Deserialize, Serialize};

use crate::tables::Event;

#[derive(Serialize, Deserialize)]
struct Placed {
    region: String,
}

/// Spells regions out: some networks write `CA`, others `California`.
#[migration(7)]
async fn one_name_per_region(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Event>()
        .of::<Placed>()
        .update(|event| {
            let name = match event.region.as_str() {
                "CA" => "California",
                "MX" => "Mexico",
                "NV" => "Nevada",
                _ => return,
            };
            event.region = name.to_owned();
        })
        .await?;
    Ok(())
}
