//! The job as one would write it by hand over the SDK: a task for each segment of the scan, and nothing else; knows nothing of the library.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, PutRequest, WriteRequest};
use tokio::task::JoinSet;

use crate::Result;
use crate::job::{self, PAGE, SEGMENTS, TABLE};

type Item = HashMap<String, AttributeValue>;

/// Items in a call.
const TOGETHER: usize = 25;

/// What is done to each item.
#[derive(Clone, Copy, Debug)]
pub enum Job {
    /// `email` in small letters.
    Email,
    /// `total` becomes `total_cents`.
    Cents,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("an item lacks `{0}`")]
    Lacks(&'static str),
    #[error("a statement failed: {0}")]
    Statement(String),
}

/// Conditional PartiQL statements, 25 a call.
pub async fn batch(client: &Client, job: Job) -> Result<u64> {
    segments(client, move |client, items| async move {
        let mut done = 0;
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let statements = items.by_ref().take(TOGETHER).map(|item| statement(item, job)).collect::<Result<Vec<_>>>()?;
            done += statements.len() as u64;
            let answer = client.batch_execute_statement().set_statements(Some(statements)).send().await?;
            for response in answer.responses() {
                if let Some(error) = &response.error {
                    if error.code == Some(BatchStatementErrorCodeEnum::ConditionalCheckFailed) {
                        // Somebody else wrote it in between: left as it is.
                        done -= 1;
                    } else {
                        return Err(Problem::Statement(error.message.clone().unwrap_or_default()).into());
                    }
                }
            }
        }
        Ok(done)
    })
    .await
}

fn statement(mut item: Item, job: Job) -> Result<BatchStatementRequest> {
    let id = item.remove("id").ok_or(Problem::Lacks("id"))?;
    let request = match job {
        Job::Email => {
            let Some(AttributeValue::S(before)) = item.remove("email") else { return Err(Problem::Lacks("email").into()) };
            BatchStatementRequest::builder()
                .statement(r#"UPDATE "orders" SET "email"=? WHERE "id"=? AND "email"=?"#)
                .parameters(AttributeValue::S(job::email(&before)))
                .parameters(id)
                .parameters(AttributeValue::S(before))
        }
        Job::Cents => {
            let Some(AttributeValue::N(before)) = item.remove("total") else { return Err(Problem::Lacks("total").into()) };
            BatchStatementRequest::builder()
                .statement(r#"UPDATE "orders" SET "total_cents"=? REMOVE "total" WHERE "id"=? AND "total"=?"#)
                .parameters(AttributeValue::N(job::cents(before.parse()?).to_string()))
                .parameters(id)
                .parameters(AttributeValue::N(before))
        }
    };
    Ok(request.build()?)
}

/// A conditional call for each item.
pub async fn update(client: &Client) -> Result<u64> {
    segments(client, |client, items| async move {
        let mut done = 0;
        for mut item in items {
            let id = item.remove("id").ok_or(Problem::Lacks("id"))?;
            let Some(AttributeValue::S(before)) = item.remove("email") else { return Err(Problem::Lacks("email").into()) };
            let answer = client
                .update_item()
                .table_name(TABLE)
                .key("id", id)
                .update_expression("SET email = :new")
                .condition_expression("email = :old")
                .expression_attribute_values(":new", AttributeValue::S(job::email(&before)))
                .expression_attribute_values(":old", AttributeValue::S(before))
                .send()
                .await;
            match answer {
                Ok(_) => done += 1,
                Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(done)
    })
    .await
}

/// Whole items without a condition, 25 a call: what others do, and what loses writes of the application.
pub async fn batch_write(client: &Client) -> Result<u64> {
    segments(client, |client, items| async move {
        let mut done = 0;
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let mut puts = Vec::with_capacity(TOGETHER);
            for mut item in items.by_ref().take(TOGETHER) {
                let Some(AttributeValue::S(email)) = item.get_mut("email") else { return Err(Problem::Lacks("email").into()) };
                *email = job::email(email);
                let put = PutRequest::builder().set_item(Some(item)).build()?;
                puts.push(WriteRequest::builder().put_request(put).build());
            }
            done += puts.len() as u64;
            while !puts.is_empty() {
                let answer = client.batch_write_item().request_items(TABLE, std::mem::take(&mut puts)).send().await?;
                puts = answer.unprocessed_items.and_then(|mut tables| tables.remove(TABLE)).unwrap_or_default();
            }
        }
        Ok(done)
    })
    .await
}

/// Goes through all segments at once, a page at a time.
async fn segments<F, Done>(client: &Client, page: F) -> Result<u64>
where
    F: Fn(Client, Vec<Item>) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output = Result<u64>> + Send,
{
    let mut tasks = JoinSet::<Result<u64>>::new();
    for segment in 0..SEGMENTS {
        let (client, page) = (client.clone(), page.clone());
        tasks.spawn(async move {
            let mut done = 0;
            let mut start = None;
            loop {
                let answer = client
                    .scan()
                    .table_name(TABLE)
                    .segment(segment as i32)
                    .total_segments(SEGMENTS as i32)
                    .limit(PAGE)
                    .set_exclusive_start_key(start)
                    .send()
                    .await?;
                done += page(client.clone(), answer.items.unwrap_or_default()).await?;
                start = answer.last_evaluated_key;
                if start.is_none() {
                    return Ok(done);
                }
            }
        });
    }
    let mut done = 0;
    while let Some(segment) = tasks.join_next().await {
        done += segment??;
    }
    Ok(done)
}
