//! The SDK's operations with bodies of our own: its endpoint, signature, interceptors and errors, and our text in and out.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::batch_execute_statement::BatchExecuteStatementError;
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::scan::ScanError;

use super::body::Body;

/// What of a table is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) table: &'a str,
    pub(crate) index: Option<&'a str>,
    /// Which segment of how many.
    pub(crate) segment: Option<(u32, u32)>,
    /// Items of a page at most.
    pub(crate) limit: Option<u32>,
    /// The key after which it goes on, as DynamoDB's JSON.
    pub(crate) after: Option<&'a str>,
    /// Not on a global index.
    pub(crate) consistent: bool,
    pub(crate) filter: Option<&'a Filter>,
}

/// A condition on items that DynamoDB applies before it sends them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    pub(crate) expression: String,
    /// Placeholder and name.
    pub(crate) names: Vec<(String, String)>,
    /// Placeholder and value, as DynamoDB's JSON.
    pub(crate) values: Vec<(String, String)>,
}

/// Reads a page.
pub(crate) async fn scan(client: &Client, scan: &Scan<'_>) -> Result<Body, SdkError<ScanError>> {
    todo!()
}

/// Sends statements, each `{"Statement":"..","Parameters":[..],"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`, at most 25.
pub(crate) async fn batch(client: &Client, statements: &[String]) -> Result<Body, SdkError<BatchExecuteStatementError>> {
    todo!()
}

/// Reads one item, consistently. `key` is DynamoDB's JSON.
pub(crate) async fn get(client: &Client, table: &str, key: &str) -> Result<Body, SdkError<GetItemError>> {
    todo!()
}
