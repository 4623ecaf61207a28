use migrate_core::{MigrationContext, migration};

use crate::tables::Event;

/// Removes what is not known: an attribute that is missing says the same as a NULL.
#[migration(3)]
async fn drop_nulls(cx: &MigrationContext) -> migrate_core::Result {
    cx.items::<Event>().update(|event| event.retain(|_, value| !value.is_null())).await?;
    Ok(())
}
