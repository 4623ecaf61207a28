//! Tables as the SDK says them and as we do, both ways; pure: it never knows a client, nor what a difference means.

mod error;
mod moving;
mod read;
mod read_apart;
mod read_settings;
#[cfg(test)]
mod tests;
mod write;
mod write_settings;

pub(crate) use self::moving::Moving;
pub(crate) use self::read::{live_table, table_status};
pub(crate) use self::read_apart::{Destination, destination, insights, policy, recovery, tags, ttl};
pub(crate) use self::write::{attribute_definitions, create_index, create_table};
pub(crate) use self::write_settings::{
    encryption, index_update, insights_mode, on_demand_change, precision, provisioned, sdk_tags, stream_specification,
    table_class, warm,
};
