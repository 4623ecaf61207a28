//! The management table's memory of the environment that it belongs to: an item in each sequence's part, which the one query brings, and one
//! for the whole table. Decides nothing.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

use super::fault::explain;
use super::store::{Item, Store, now};
use crate::error::{Error, ErrorKind};
use crate::history::{Environment, RunInfo};
use crate::iam::Action;

/// The sort key of the memory.
pub(crate) const ENVIRONMENT: &str = "environment";
/// The partition of what holds for the whole table: no sequence's name has a `#`.
const WHOLE_TABLE: &str = "#environment";
/// Who remembers first is heard.
const NOTHING_REMEMBERED: &str = "attribute_not_exists(pk)";

impl Store {
    /// What the whole table remembers: for a sequence that has no history of its own yet.
    pub(crate) async fn environment_of_table(&self) -> Result<Option<Environment>, Error> {
        let table = self.table().as_str();
        let query = self.client().query().table_name(table).consistent_read(true).key_condition_expression("pk = :whole");
        let query = query.expression_attribute_values(":whole", AttributeValue::S(WHOLE_TABLE.to_owned()));
        let found = query.send().await.map_err(|error| explain(Action::Query, table, error))?;
        found.items.unwrap_or_default().into_iter().next().map(|item| self.decode(item)).transpose()
    }

    /// Remembers the environment, and gives back what is remembered then: another one if somebody was here before.
    pub(crate) async fn remember(&self, environment: &Environment, run: &RunInfo) -> Result<Environment, Error> {
        let whole = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(WHOLE_TABLE.to_owned())),
            ("sk".to_owned(), AttributeValue::S(ENVIRONMENT.to_owned())),
        ]);
        for key in [whole, self.key(ENVIRONMENT)] {
            let there = self.remember_under(key, environment, run).await?;
            if !there.is_same(environment) {
                return Ok(there);
            }
        }
        Ok(environment.clone())
    }

    async fn remember_under(&self, key: Item, environment: &Environment, run: &RunInfo) -> Result<Environment, Error> {
        let mut item: Item = serde_dynamo::to_item(environment).map_err(|error| Error::new(ErrorKind::Encode, error))?;
        item.extend(key);
        // For people who look.
        item.insert("since".to_owned(), AttributeValue::S(now().to_string()));
        item.insert("by".to_owned(), AttributeValue::S(run.who()));
        let table = self.table().as_str();
        let put = self
            .client()
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression(NOTHING_REMEMBERED)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(environment.clone()),
            Err(error) => match error.as_service_error() {
                // Somebody else's, or our own after a lost reply.
                Some(PutItemError::ConditionalCheckFailedException(there)) => match there.item() {
                    Some(there) => self.decode(there.clone()),
                    None => Ok(environment.clone()),
                },
                _ => Err(explain(Action::PutItem, table, error)),
            },
        }
    }
}
