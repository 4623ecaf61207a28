//! The SDK's operations with bodies of our own: its endpoint, signature, interceptors and errors, and our text in and out. It never knows
//! what an answer says.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::batch_execute_statement::{
    BatchExecuteStatement, BatchExecuteStatementError, BatchExecuteStatementOutput,
};
use aws_sdk_dynamodb::operation::get_item::{GetItem, GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::scan::{self, ScanError, ScanOutput};
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{FrozenLayer, Layer};

use super::body::Body;
use super::write::Object;
use crate::error::BoxError;

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
    let mut body = Object::new();
    body.text("TableName", scan.table);
    if let Some(index) = scan.index {
        body.text("IndexName", index);
    }
    if let Some((segment, of)) = scan.segment {
        body.json("Segment", &segment.to_string()).json("TotalSegments", &of.to_string());
    }
    if let Some(limit) = scan.limit {
        body.json("Limit", &limit.to_string());
    }
    if let Some(key) = scan.after {
        body.json("ExclusiveStartKey", key);
    }
    if scan.consistent {
        body.json("ConsistentRead", "true");
    }
    if let Some(Filter { expression, names, values }) = scan.filter {
        body.text("FilterExpression", expression);
        // DynamoDB refuses empty ones.
        if !names.is_empty() {
            let mut object = Object::new();
            for (placeholder, name) in names {
                object.text(placeholder, name);
            }
            body.json("ExpressionAttributeNames", &object.finish());
        }
        if !values.is_empty() {
            let mut object = Object::new();
            for (placeholder, value) in values {
                object.json(placeholder, value);
            }
            body.json("ExpressionAttributeValues", &object.finish());
        }
    }
    let (own, answer) = own(&scan::Scan::new(), body, || Output::erase(ScanOutput::builder().build()));
    client.scan().table_name(scan.table).customize().interceptor(own).send().await?;
    Ok(answer.take())
}

/// Sends statements, each `{"Statement":"..","Parameters":[..],"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`, at most 25.
pub(crate) async fn batch(client: &Client, statements: &[String]) -> Result<Body, SdkError<BatchExecuteStatementError>> {
    let mut body = Object::new();
    body.list("Statements", statements);
    let empty = || Output::erase(BatchExecuteStatementOutput::builder().build());
    let (own, answer) = own(&BatchExecuteStatement::new(), body, empty);
    client.batch_execute_statement().customize().interceptor(own).send().await?;
    Ok(answer.take())
}

/// Reads one item, consistently. `key` is DynamoDB's JSON.
pub(crate) async fn get(client: &Client, table: &str, key: &str) -> Result<Body, SdkError<GetItemError>> {
    let mut body = Object::new();
    body.text("TableName", table).json("Key", key).json("ConsistentRead", "true");
    let (own, answer) = own(&GetItem::new(), body, || Output::erase(GetItemOutput::builder().build()));
    client.get_item().table_name(table).customize().interceptor(own).send().await?;
    Ok(answer.take())
}

/// Where the body of the answer is put.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<SdkBody>>>);

impl Slot {
    fn put(&self, body: SdkBody) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }

    fn take(&self) -> Body {
        // Only where another interceptor made an output up is there none; an empty body is then found unreadable.
        Body(self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_else(SdkBody::empty))
    }
}

/// One call of an operation with our own text.
#[derive(Clone)]
struct Own {
    /// What the SDK does for the operation: its headers and its errors stay as they are.
    sdk: FrozenLayer,
    /// In memory, so that it can be sent again without a copy.
    body: Arc<SdkBody>,
    length: usize,
    /// An output of the operation's type, which nobody looks at.
    empty: fn() -> Output,
    slot: Slot,
}

fn own(operation: &impl RuntimePlugin, mut body: Object, empty: fn() -> Output) -> (Own, Slot) {
    body.text("ReturnConsumedCapacity", "TOTAL");
    let slot = Slot::default();
    let sdk = operation.config().unwrap_or_else(|| Layer::new("none").freeze());
    let body = body.finish();
    let length = body.len();
    (Own { sdk, body: Arc::new(SdkBody::from(body)), length, empty, slot: slot.clone() }, slot)
}

/// Never the body: that is somebody's data.
impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own")
    }
}

impl Intercept for Own {
    fn name(&self) -> &'static str {
        "migrate-core: text on the wire"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The orchestrator takes both from the bag after this hook, and what interceptors put in stands before the operation's own.
        config.interceptor_state().store_put(SharedRequestSerializer::new(self.clone()));
        config.interceptor_state().store_put(SharedResponseDeserializer::new(self.clone()));
        Ok(())
    }
}

impl SerializeRequest for Own {
    fn serialize_input(&self, input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let sdk = self.sdk.load::<SharedRequestSerializer>().ok_or("the SDK's operation has no serializer")?;
        let mut request = sdk.serialize_input(input, config)?;
        request.headers_mut().insert("content-length", self.length.to_string());
        *request.body_mut() = self.body.try_clone().ok_or("a body in memory can be copied")?;
        Ok(request)
    }
}

impl DeserializeResponse for Own {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        config: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        if !response.status().is_success() {
            let sdk = self.sdk.load::<SharedResponseDeserializer>();
            let sdk = sdk.ok_or_else(|| OrchestratorError::other("the SDK's operation has no deserializer"))?;
            return sdk.deserialize_nonstreaming_with_config(response, config);
        }
        let body = response.body().try_clone().ok_or_else(|| OrchestratorError::other("the body was not read"))?;
        self.slot.put(body);
        Ok((self.empty)())
    }
}
