//! Items as DynamoDB's JSON text, read in place and never turned into the SDK's maps: the SDK signs, sends and retries, and only bodies pass
//! through here. Knows no table, no function and no decision.

mod attributes;
mod body;
mod call;
mod read;
mod sdk;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub(crate) use self::attributes::Attributes;
pub(crate) use self::body::{Batch, Body, Unreadable};
pub(crate) use self::call::{Filter, Scan, batch, get, scan};
pub(crate) use self::sdk::{from_sdk, to_sdk};
pub(crate) use self::value::Value;
pub(crate) use self::write::push_string;
