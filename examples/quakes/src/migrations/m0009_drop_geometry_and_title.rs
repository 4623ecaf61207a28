use migrate_core::{MigrationContext, migration};

use crate::tables::Event;

/// Removes what only the old code reads: `geometry`, and `title`, which repeats magnitude and place.
#[migration(9, after_deploy)]
async fn drop_geometry_and_title(cx: &MigrationContext) -> migrate_core::Result {
    cx.items::<Event>()
        .update(|event| {
            event.remove("geometry");
            event.remove("title");
        })
        .await?;
    Ok(())
}
