//! Tables as the SDK says them and as we do, both ways; pure: it never knows a client, nor what a difference means.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use self::read::{live_table, table_status, ttl};
pub(crate) use self::write::{attribute_definitions, create_index, create_table, stream_specification};
