//! DynamoDB through the AWS SDK: what is there, and one change at a time; it never knows decisions, the registry or printing.

#[cfg(test)]
mod fake;
#[cfg(all(test, feature = "embedded"))]
mod layer;

mod apply;
mod convert;
mod fault;
mod inspect;
