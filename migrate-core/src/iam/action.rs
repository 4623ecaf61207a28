//! Every action of IAM that this crate's requests need: the one list, from which refusals are told and policies are made; knows no request.

use std::fmt;

/// Declares the actions, each with its text.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// An action that IAM allows or not.
        ///
        /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Action {
            $($(#[$doc])* #[doc = $text] $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As IAM writes it, such as `dynamodb:PutItem`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    DescribeTable = "dynamodb:DescribeTable",
    /// Only of tests: which tables are there.
    ListTables = "dynamodb:ListTables",
    DescribeTimeToLive = "dynamodb:DescribeTimeToLive",
    DescribeContinuousBackups = "dynamodb:DescribeContinuousBackups",
    ListTagsOfResource = "dynamodb:ListTagsOfResource",
    DescribeContributorInsights = "dynamodb:DescribeContributorInsights",
    GetResourcePolicy = "dynamodb:GetResourcePolicy",
    DescribeKinesisStreamingDestination = "dynamodb:DescribeKinesisStreamingDestination",
    Query = "dynamodb:Query",
    Scan = "dynamodb:Scan",
    GetItem = "dynamodb:GetItem",
    PutItem = "dynamodb:PutItem",
    UpdateItem = "dynamodb:UpdateItem",
    DeleteItem = "dynamodb:DeleteItem",
    ConditionCheckItem = "dynamodb:ConditionCheckItem",
    PartiQLInsert = "dynamodb:PartiQLInsert",
    PartiQLUpdate = "dynamodb:PartiQLUpdate",
    PartiQLDelete = "dynamodb:PartiQLDelete",
    CreateTable = "dynamodb:CreateTable",
    UpdateTable = "dynamodb:UpdateTable",
    UpdateTimeToLive = "dynamodb:UpdateTimeToLive",
    UpdateContinuousBackups = "dynamodb:UpdateContinuousBackups",
    TagResource = "dynamodb:TagResource",
    UntagResource = "dynamodb:UntagResource",
    UpdateContributorInsights = "dynamodb:UpdateContributorInsights",
    PutResourcePolicy = "dynamodb:PutResourcePolicy",
    DeleteResourcePolicy = "dynamodb:DeleteResourcePolicy",
    EnableKinesisStreamingDestination = "dynamodb:EnableKinesisStreamingDestination",
    DisableKinesisStreamingDestination = "dynamodb:DisableKinesisStreamingDestination",
    UpdateKinesisStreamingDestination = "dynamodb:UpdateKinesisStreamingDestination",
    DeleteTable = "dynamodb:DeleteTable",
    ListBackups = "dynamodb:ListBackups",
    CreateBackup = "dynamodb:CreateBackup",
    DescribeBackup = "dynamodb:DescribeBackup",
    /// DynamoDB asks for it when UpdateTable adds a replica.
    CreateTableReplica = "dynamodb:CreateTableReplica",
    /// DynamoDB asks for it when UpdateTable removes a replica.
    DeleteTableReplica = "dynamodb:DeleteTableReplica",
    /// DynamoDB asks for it when UpdateTable adds a replica.
    BatchWriteItem = "dynamodb:BatchWriteItem",
    /// DynamoDB asks for it when a Kinesis stream is connected.
    DescribeStream = "kinesis:DescribeStream",
    /// DynamoDB asks for it when a Kinesis stream is described.
    DescribeStreamSummary = "kinesis:DescribeStreamSummary",
    /// DynamoDB asks for it when a Kinesis stream is connected.
    PutRecords = "kinesis:PutRecords",
    /// DynamoDB asks for it when a Kinesis stream is connected.
    ListStreams = "kinesis:ListStreams",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    CreateGrant = "kms:CreateGrant",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    DescribeKey = "kms:DescribeKey",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    Decrypt = "kms:Decrypt",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    Encrypt = "kms:Encrypt",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    ReEncrypt = "kms:ReEncrypt*",
    /// DynamoDB asks for it where a customer's key encrypts a table.
    GenerateDataKey = "kms:GenerateDataKey*",
    /// Once in an account, for its first replica and its first Kinesis stream.
    CreateServiceLinkedRole = "iam:CreateServiceLinkedRole",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
