//! What is there: tables as they are now, read and never written; it never knows what they should be.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Select, TableDescription};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::apart::{self, Presence};
use super::convert::{self, Moving};
use super::fault::{AwsError, explain, has_code};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;
use crate::schema::{Aspect, LiveTable, TableName};

/// How many tables are described at once: far below what an account may do, and 20 tables still take two turns.
const AT_ONCE: usize = 16;

/// The table of this name, or `None` where there is none.
///
/// What has an API of its own costs a call, which is made for the settings in `apart` alone. An engine that does not know that call has the
/// setting [`Setting::Unmanaged`](crate::schema::Setting::Unmanaged), and one that may not be read is listed as unknown.
pub(crate) async fn describe(client: &Client, table: &TableName, apart: &BTreeSet<Aspect>) -> Result<Option<LiveTable>, Error> {
    Ok(look(client, table, apart).await?.map(|(live, _)| live))
}

/// The same, with the settings that are on their way.
pub(super) async fn look(
    client: &Client,
    table: &TableName,
    apart: &BTreeSet<Aspect>,
) -> Result<Option<(LiveTable, Moving)>, Error> {
    let Some(description) = description(client, table).await? else { return Ok(None) };
    let (mut live, mut moving) = match convert::live_table(&description) {
        Ok(found) => found,
        Err(reason) => {
            let resource = format!("table `{table}`");
            let reason = reason.to_string();
            let error = AwsError::Unreadable { action: Action::DescribeTable, resource, reason };
            return Err(Error::new(ErrorKind::Service, error));
        }
    };
    match apart::read(client, &mut live, &mut moving, apart).await? {
        Presence::There => Ok(Some((live, moving))),
        // Gone between the two calls, or so new that not every API knows it: what it said then is not known.
        Presence::Doubtful => Ok(self::description(client, table).await?.map(|_| (live, moving))),
    }
}

/// Those of these tables that are there, each with the settings that are asked for by themselves.
pub(crate) async fn describe_all(
    client: &Client,
    tables: impl IntoIterator<Item = (TableName, BTreeSet<Aspect>)>,
) -> Result<BTreeMap<TableName, LiveTable>, Error> {
    stream::iter(tables)
        .map(|(table, apart)| async move {
            let live = describe(client, &table, &apart).await?;
            Ok(live.map(|live| (table, live)))
        })
        .buffer_unordered(AT_ONCE)
        .try_filter_map(|found| async move { Ok(found) })
        .try_collect()
        .await
}

/// Whether a table holds no item at all, as of now: item counts are hours old.
///
/// Only a page without a key to go on from is the end; an empty page is not.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html>
pub(crate) async fn is_empty(client: &Client, table: &TableName) -> Result<bool, Error> {
    let mut from = None;
    loop {
        let page = client
            .scan()
            .table_name(table.as_str())
            .consistent_read(true)
            .limit(1)
            .select(Select::Count)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| explain(Action::Scan, &format!("table `{table}`"), error))?;
        if page.count() > 0 {
            return Ok(false);
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            return Ok(true);
        }
    }
}

/// The description as it comes. A table that is being deleted need not have all of it.
pub(super) async fn description(client: &Client, table: &TableName) -> Result<Option<TableDescription>, Error> {
    match client.describe_table().table_name(table.as_str()).send().await {
        Ok(output) => Ok(output.table),
        Err(error) if has_code(&error, &["ResourceNotFoundException"]) => Ok(None),
        Err(error) => Err(explain(Action::DescribeTable, &format!("table `{table}`"), error)),
    }
}
