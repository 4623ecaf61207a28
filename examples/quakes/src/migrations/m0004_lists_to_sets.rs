use std::collections::BTreeSet;

use migrate_core::{MigrationContext, migration};
use serde::{Deserialize, Serialize};

use crate::tables::Event;

#[derive(Serialize, Deserialize)]
struct Lists {
    ids: String,
    sources: String,
    types: String,
}

#[derive(Serialize, Deserialize)]
struct Sets {
    #[serde(with = "serde_dynamo::string_set")]
    ids: BTreeSet<String>,
    #[serde(with = "serde_dynamo::string_set")]
    sources: BTreeSet<String>,
    #[serde(with = "serde_dynamo::string_set")]
    types: BTreeSet<String>,
}

/// Turns lists such as `,ci,us,` into sets.
#[migration(4)]
async fn lists_to_sets(cx: &MigrationContext) -> migrate_core::Result {
    cx.table::<Event>()
        .of::<Sets>()
        .transform::<Lists>(|lists| Sets { ids: set(&lists.ids), sources: set(&lists.sources), types: set(&lists.types) })
        .await?;
    Ok(())
}

fn set(list: &str) -> BTreeSet<String> {
    list.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
