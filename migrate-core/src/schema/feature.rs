//! Settings that DynamoDB keeps beside a table's shape: class, encryption, recovery, insights, policy, destinations; knows no table.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What storage costs against what requests cost.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.TableClasses.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableClass {
    /// Cheap requests.
    Standard,
    /// Cheap storage.
    StandardInfrequentAccess,
}

impl fmt::Display for TableClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "standard",
            Self::StandardInfrequentAccess => "standard_infrequent_access",
        })
    }
}

/// Whose key encrypts a table at rest; one of them always does.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// DynamoDB's own, at no charge.
    AwsOwned,
    /// The account's `aws/dynamodb` key in KMS.
    AwsManaged,
    /// A key of the account's own in KMS, by its ARN: an alias could come to mean another key.
    Customer(String),
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwsOwned => f.write_str("aws_owned"),
            Self::AwsManaged => f.write_str("aws_managed"),
            Self::Customer(key) => write!(f, "kms({key})"),
        }
    }
}

/// Point-in-time recovery that is on.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recovery {
    /// How far back, 1 to 35 days; `None` says nothing, and DynamoDB then takes 35.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u8>,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            Some(days) => write!(f, "on(days = {days})"),
            None => f.write_str("on"),
        }
    }
}

/// Which requests contributor insights look at.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Insights {
    /// All that access keys, and those that were throttled.
    AccessedAndThrottled,
    /// Those that were throttled.
    Throttled,
}

impl fmt::Display for Insights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessedAndThrottled => "on",
            Self::Throttled => "throttled_keys",
        })
    }
}

/// A policy document: JSON, compared by what it says and not by its spaces or the order of its members.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Policy(String);

impl Policy {
    /// Takes a document, and keeps it without spaces and with its members in order.
    ///
    /// # Errors
    /// The text is no JSON.
    pub fn new(document: &str) -> Result<Self, PolicyError> {
        let value: Value = serde_json::from_str(document).map_err(|error| PolicyError(error.to_string()))?;
        Ok(Self(in_order(value).to_string()))
    }

    /// The document as it was written, where it is no JSON: `check` says so.
    pub(crate) fn unchecked(document: &str) -> Self {
        Self::new(document).unwrap_or_else(|_| Self(document.to_owned()))
    }

    /// The document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A policy that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resource policy is no JSON: {0}")]
pub struct PolicyError(String);

/// Members by name, whatever a feature of `serde_json` makes of their order.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_order).collect(),
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members.into_iter().map(|(name, value)| (name, in_order(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// In a line of a plan there is room for the size alone.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a policy of {} bytes", self.0.len())
    }
}

/// How precise the time of a change is in a Kinesis stream's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Thousandths of a second.
    Millisecond,
    /// Millionths of a second.
    Microsecond,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Millisecond => "millisecond",
            Self::Microsecond => "microsecond",
        })
    }
}

/// A Kinesis data stream that gets every change.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KinesisStream {
    /// The stream's ARN.
    pub arn: String,
    /// How precise its times are; `None` says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
}

impl fmt::Display for KinesisStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)?;
        self.precision.map_or(Ok(()), |precision| write!(f, " (precision = {precision})"))
    }
}
