//! DynamoDB through the AWS SDK: what is there, and one change at a time; it never knows decisions, the registry or printing.

#[cfg(test)]
mod fake;
#[allow(dead_code, reason = "the migrator, which calls it, is being built")]
mod fault;
