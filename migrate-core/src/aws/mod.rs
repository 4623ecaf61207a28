//! DynamoDB through the AWS SDK: what is there, and one change at a time; it never knows decisions, the registry or printing.

mod apart;
pub(crate) mod app_name;
pub(crate) mod apply;
mod codes;
mod convert;
pub(crate) mod cut;
#[cfg(test)]
mod fake;
pub(crate) mod fault;
pub(crate) mod guard;
pub(crate) mod harmless;
pub(crate) mod inspect;
pub(crate) mod item_key;
pub(crate) mod jobs;
#[cfg(all(test, feature = "embedded"))]
mod layer;
pub(crate) mod lock;
mod memory;
pub(crate) mod probe;
#[cfg(test)]
mod records_fuzz;
mod share;
pub(crate) mod store;
pub(crate) mod unlock;
pub(crate) mod wire;
