//! Drops a table in the only order there is: the right table, its protection off, deleted, gone; it never knows who consented.

use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::super::convert;
use super::super::inspect::description;
use super::look::{Applied, Word};
use super::pace::{DOUBTS, Pace};
use super::send::{Sent, delete, send};
use crate::error::{Error, ErrorKind};
use crate::schema::{Delta, SettingChange, Status};
use crate::step::Step;

/// Every look decides what is next, so that it goes on wherever an earlier run stopped.
pub(super) async fn drop_table(
    client: &Client,
    step: &Step,
    table_id: Option<&str>,
    is_aws: bool,
    pace: &mut Pace,
    on_wait: &mut (dyn FnMut(Duration, &str) + Send),
) -> Result<Applied, Error> {
    let table = step.table();
    let change = SettingChange::DeletionProtection(Delta::new(true, false));
    let unprotect = Step::Set { table: table.clone(), change };
    let (mut unprotected, mut deleted) = (false, false);
    let mut doubts = 0;
    loop {
        let mut said = None;
        let mut sent = None;
        let found = match description(client, table).await {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::Throttled => {
                on_wait(pace.elapsed(), &error.to_string());
                pace.pause(step, "DescribeTable is throttled").await?;
                continue;
            }
            Err(error) => return Err(error),
        };
        let Some(found) = found else { return Ok(Applied::Done) };
        // A table made again under the name is another one. An engine without ids cannot tell.
        if let (Some(wanted), Some(found)) = (table_id, found.table_id())
            && wanted != found
        {
            if deleted {
                return Ok(Applied::Done);
            }
            let text = format!("table {table} was made again since it was planned to be dropped: its id is another");
            let help = "nothing was dropped; look at what it holds, run it again, and it plans anew";
            return Err(Error::new(ErrorKind::StalePlan, text).with_help(help));
        }
        let status = convert::table_status(found.table_status());
        // Only a table at rest can be changed or deleted.
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
        if status == Status::Active && !deleted {
            sent = if found.deletion_protection_enabled() == Some(true) {
                if unprotected { None } else { Some((false, send(client, &unprotect).await?)) }
            } else {
                Some((true, delete(client, table).await?))
            };
        }
        match sent {
            None => {}
            Some((true, Sent::Accepted)) => deleted = true,
            Some((false, Sent::Accepted)) => unprotected = true,
            Some((_, Sent::Busy(reason))) => said = Some(reason),
            // Gone meanwhile, or still protected as far as DeleteTable knows: the next look tells.
            Some((_, Sent::Doubtful(error))) => {
                doubts += 1;
                if doubts > DOUBTS {
                    return Err(error);
                }
                said = Some(error.to_string());
            }
            Some((_, Sent::Unknown(error))) if is_aws => return Err(error),
            Some((_, Sent::Unknown(error))) => return Ok(Applied::Unsupported { reason: error.to_string() }),
        }
        let status = said.unwrap_or_else(|| format!("the table is {}", Word(&status)));
        on_wait(pace.elapsed(), &status);
        pace.pause(step, &status).await?;
    }
}
