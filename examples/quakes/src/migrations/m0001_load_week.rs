use migrate_core::{MigrationContext, migration};
use serde::Deserialize;
use serde_json::Value;

use crate::tables::Event;

#[derive(Deserialize)]
struct Week {
    features: Vec<Value>,
}

/// Loads the week's events as USGS publishes them.
#[migration(1)]
async fn load_week(cx: &MigrationContext) -> migrate_core::Result {
    let week: Week = serde_json::from_str(include_str!("../../data/earthquakes.json"))?;
    cx.table::<Event>().of::<Value>().put_all(week.features).await?;
    Ok(())
}
