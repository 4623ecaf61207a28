//! The one call that makes a step, and what its answer means; it never knows what the table looks like.

use std::fmt::Debug;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, TimeToLiveSpecification};

use super::super::convert;
use super::super::fault::{AwsError, explain, harmless, has_code, is_throttled, is_unknown_operation};
use crate::error::{Error, ErrorKind};
use crate::schema::{Setting, SettingChange, TableName};
use crate::step::Step;

/// What an answer means.
#[derive(Debug)]
pub(super) enum Sent {
    /// Taken on. It need not show yet.
    Accepted,
    /// Not now: something else is going on there. For CreateTable also: a table of this name is there.
    Busy(String),
    /// Refused, maybe because it is so already: the SDK repeats a call whose reply was lost.
    Doubtful(Error),
    /// The engine lacks the capability.
    Unknown(Error),
}

/// Sends a step's call. [`Step::AwaitTable`] has none; a table is dropped by [`delete`] once its protection is off.
pub(super) async fn send(client: &Client, step: &Step) -> Result<Sent, Error> {
    let table = step.table();
    let update = || client.update_table().table_name(table.as_str());
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html: one kind of change in a call.
    let update = match step {
        Step::AwaitTable { .. } => return Ok(Sent::Accepted),
        Step::DropTable { .. } => return delete(client, table).await,
        Step::CreateTable { schema } => {
            let input = convert::create_table(schema).map_err(|error| not_built("dynamodb:CreateTable", table, &error))?;
            return meaning("dynamodb:CreateTable", table, input.send_with(client).await);
        }
        Step::Set { change: SettingChange::Ttl(delta), .. } => {
            return match (&delta.from, &delta.to) {
                (_, Setting::Set(attribute)) => time_to_live(client, table, attribute, true).await,
                (Setting::Set(attribute), _) => time_to_live(client, table, attribute, false).await,
                _ => Ok(Sent::Accepted),
            };
        }
        Step::CreateGlobalIndex { index, definition, elements, .. } => {
            let definitions = convert::attribute_definitions(elements).map_err(|error| not_built(UPDATE, table, &error))?;
            let create = convert::create_index(index, definition).map_err(|error| not_built(UPDATE, table, &error))?;
            update().set_attribute_definitions(Some(definitions)).global_secondary_index_updates(create)
        }
        Step::DropGlobalIndex { index, .. } => {
            let delete = DeleteGlobalSecondaryIndexAction::builder().index_name(index.as_str()).build();
            let delete = delete.map_err(|error| not_built(UPDATE, table, &error))?;
            update().global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().delete(delete).build())
        }
        Step::Set { change: SettingChange::Stream(delta), .. } => {
            let stream =
                convert::stream_specification(delta.to.value().copied()).map_err(|error| not_built(UPDATE, table, &error))?;
            update().stream_specification(stream)
        }
        // DynamoDB Local (1.25.1) keeps it, but takes it away with every UpdateTable that does not state it; AWS wants it alone in
        // its call. So it is not stated elsewhere: the next plan sees that it is gone.
        Step::Set { change: SettingChange::DeletionProtection(delta), .. } => update().deletion_protection_enabled(delta.to),
        Step::Set { .. } => todo!(),
    };
    meaning(UPDATE, table, update.send().await)
}

const UPDATE: &str = "dynamodb:UpdateTable";

/// Deletes a table. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html>
pub(super) async fn delete(client: &Client, table: &TableName) -> Result<Sent, Error> {
    meaning("dynamodb:DeleteTable", table, client.delete_table().table_name(table.as_str()).send().await)
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
async fn time_to_live(client: &Client, table: &TableName, attribute: &str, enabled: bool) -> Result<Sent, Error> {
    const ACTION: &str = "dynamodb:UpdateTimeToLive";
    let specification = TimeToLiveSpecification::builder().attribute_name(attribute).enabled(enabled).build();
    let specification = specification.map_err(|error| not_built(ACTION, table, &error))?;
    let call = client.update_time_to_live().table_name(table.as_str()).time_to_live_specification(specification);
    meaning(ACTION, table, call.send().await)
}

fn meaning<T, E, R>(action: &'static str, table: &TableName, answer: Result<T, SdkError<E, R>>) -> Result<Sent, Error>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let Err(error) = answer else { return Ok(Sent::Accepted) };
    let resource = format!("table `{table}`");
    if is_unknown_operation(&error) {
        return Ok(Sent::Unknown(explain(action, &resource, error)));
    }
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: LimitExceeded is about how
    // much goes on at once, in the account or on the table.
    if is_throttled(&error) || has_code(&error, &["ResourceInUseException", "TableInUseException", "LimitExceededException"]) {
        return Ok(Sent::Busy(harmless(error.message().or(error.code()).unwrap_or_default())));
    }
    let too_often = error.message().is_some_and(|text| text.contains("modified multiple times within a fixed interval"));
    let doubtful = has_code(&error, &["ValidationException", "ResourceNotFoundException", "TableNotFoundException"]);
    let error = explain(action, &resource, error);
    if too_often {
        return Ok(Sent::Doubtful(error.with_help("time to live can be changed once an hour: run it again after that")));
    }
    if doubtful { Ok(Sent::Doubtful(error)) } else { Err(error) }
}

fn not_built(action: &'static str, table: &TableName, error: &BuildError) -> Error {
    let error = AwsError::NotSent { action, resource: format!("table `{table}`"), reason: error.to_string() };
    Error::new(ErrorKind::Service, error)
}
