//! What people say to runs that go on: one item, of which only what is said changes. Knows no run and decides nothing.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::aws::fault::explain;
use crate::aws::store::{Item, Store, now};
use crate::budget::{Allowance, InForce, Said};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;
use crate::schema::TableName;

const CONTROL: &str = "control";

#[derive(Debug, thiserror::Error)]
#[error("table `{table}` holds an item that cannot be read: pk `{partition}`, sk `{CONTROL}`")]
struct Damaged {
    table: TableName,
    partition: String,
    source: serde_dynamo::Error,
}

/// What is said to the runs of one sequence.
#[derive(Clone, Debug)]
pub(crate) struct ControlStore {
    data: Store,
}

impl ControlStore {
    /// `store` is the sequence's own part.
    pub(crate) fn new(store: &Store) -> Self {
        Self { data: store.data() }
    }

    pub(crate) async fn read(&self) -> Result<InForce, Error> {
        let table = self.data.table().as_str();
        // A query, as whoever only looks may do nothing else.
        let query = self.data.client().query().table_name(table).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk AND sk = :sk")
            .expression_attribute_values(":pk", AttributeValue::S(self.data.partition().to_owned()))
            .expression_attribute_values(":sk", AttributeValue::S(CONTROL.to_owned()));
        let found = query.send().await.map_err(|error| explain(Action::Query, table, error))?;
        found.items.unwrap_or_default().pop().map_or_else(|| Ok(InForce::default()), |item| self.decode(item))
    }

    /// Nothing is read or written until [`resume`](Self::resume). Who said it first stays.
    pub(crate) async fn pause(&self, who: &str) -> Result<InForce, Error> {
        self.update("SET #paused = if_not_exists(#paused, :said)", &["paused"], vec![(":said", said(who)?)]).await
    }

    pub(crate) async fn resume(&self) -> Result<InForce, Error> {
        self.update("REMOVE #paused", &["paused"], Vec::new()).await
    }

    /// Other rates from now on: those that are named. None of them: the run's own again.
    pub(crate) async fn throttle(&self, write: Option<Allowance>, read: Option<Allowance>, who: &str) -> Result<InForce, Error> {
        let (mut names, mut values) = (vec!["throttled"], vec![(":said", said(who)?)]);
        let mut set = "SET #throttled = :said".to_owned();
        for (name, value, allowance) in [("write", ":write", write), ("read", ":read", read)] {
            if let Some(allowance) = allowance {
                names.push(name);
                values.push((value, encode(&allowance)?));
                set = format!("{set}, #{name} = {value}");
            }
        }
        if values.len() == 1 {
            return self.update("REMOVE #throttled, #write, #read", &["throttled", "write", "read"], Vec::new()).await;
        }
        self.update(&set, &names, values).await
    }

    async fn update(&self, expression: &str, names: &[&str], values: Vec<(&str, AttributeValue)>) -> Result<InForce, Error> {
        let table = self.data.table().as_str();
        let mut update = self
            .data
            .client()
            .update_item()
            .table_name(table)
            .set_key(Some(self.data.key(CONTROL)))
            .update_expression(expression)
            .return_values(ReturnValue::AllNew);
        for name in names {
            update = update.expression_attribute_names(format!("#{name}"), *name);
        }
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        let after = update.send().await.map_err(|error| explain(Action::UpdateItem, table, error))?;
        self.decode(after.attributes.unwrap_or_default())
    }

    fn decode(&self, item: Item) -> Result<InForce, Error> {
        serde_dynamo::from_item(item).map_err(|source| {
            let (table, partition) = (self.data.table().clone(), self.data.partition().to_owned());
            Error::new(ErrorKind::CorruptHistory, Damaged { table, partition, source })
                .with_help("it was not written by this framework: delete the item; then nothing is paused or throttled any more")
        })
    }
}

fn said(who: &str) -> Result<AttributeValue, Error> {
    encode(&Said { by: who.to_owned(), at: now() })
}

fn encode(value: &impl serde::Serialize) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value).map_err(|error| Error::new(ErrorKind::Encode, error))
}
