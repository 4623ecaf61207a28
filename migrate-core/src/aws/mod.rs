//! DynamoDB through the AWS SDK: what is there, and one change at a time; it never knows decisions, the registry or printing.

#[cfg(test)]
mod fake;
pub(crate) mod fault;
pub(crate) mod guard;
pub(crate) mod lock;
pub(crate) mod store;
