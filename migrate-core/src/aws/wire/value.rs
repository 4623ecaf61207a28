//! One attribute value: from DynamoDB's JSON, in place, and back.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::Attributes;
use super::body::Unreadable;

/// A stored value, borrowed from the text that it came in. Values in maps and lists are still text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    S(Cow<'a, str>),
    N(Cow<'a, str>),
    B(Vec<u8>),
    Bool(bool),
    Null,
    M(Attributes<'a>),
    L(Vec<Cow<'a, str>>),
    Ss(Vec<Cow<'a, str>>),
    Ns(Vec<Cow<'a, str>>),
    Bs(Vec<Vec<u8>>),
    /// A type that this version does not know.
    Unknown,
}

impl<'a> Value<'a> {
    /// Reads `{"S":"x"}`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        todo!()
    }
}

/// Writes an SDK value as DynamoDB's JSON behind what is there.
pub(crate) fn from_sdk(value: &AttributeValue, out: &mut String) {
    todo!()
}

/// Reads DynamoDB's JSON as the SDK's value.
pub(crate) fn to_sdk(text: &str) -> Result<AttributeValue, Unreadable> {
    todo!()
}

/// Writes text as a JSON string, in quotes and escaped, behind what is there.
pub(crate) fn push_string(text: &str, out: &mut String) {
    todo!()
}
