//! The first release's tables, frozen: there was an index by network, and no table of regions.

use migrate_core::Table;

/// The last migration of that release.
pub const LAST: u32 = 4;

#[derive(Table)]
#[table(name = "events", frozen)]
#[table(global_index(name = "by-network", partition_key = net, sort_key = time, projection = include("title")))]
#[expect(dead_code, reason = "only its schema is of interest")]
pub struct Event {
    #[table(partition_key)]
    id: String,
    net: String,
    time: u64,
}
