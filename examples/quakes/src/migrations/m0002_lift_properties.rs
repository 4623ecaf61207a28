use migrate_core::transform::AttributeValue;
use migrate_core::{MigrationContext, migration};

use crate::tables::Event;

/// Lifts what an event is about out of the map `properties`.
///
/// Whatever is in there: so this takes the items raw. `type` becomes `earthquake`; before, each one said `Feature`.
#[migration(2)]
async fn lift_properties(cx: &MigrationContext) -> migrate_core::Result {
    cx.items::<Event>()
        .update(|event| {
            if let Some(AttributeValue::M(properties)) = event.remove("properties") {
                event.extend(properties);
            }
        })
        .await?;
    Ok(())
}
