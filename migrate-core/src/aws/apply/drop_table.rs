//! Drops a table in the only order there is: the right table, backed up, its protection off, deleted, gone; it never knows who consented.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TableDescription;

use super::super::convert;
use super::super::inspect::description;
use super::backup::{Backup, Making};
use super::look::{Applied, Word};
use super::pace::{DOUBTS, Pace};
use super::send::{Sent, delete, send};
use crate::error::{Error, ErrorKind};
use crate::schema::{Delta, SettingChange, Status};
use crate::step::Step;

/// What was done of a drop.
struct Drop<'a> {
    client: &'a Client,
    step: &'a Step,
    table_id: Option<&'a str>,
    is_aws: bool,
    /// `None` once there is nothing to wait for.
    backup: Option<Making<'a>>,
    unprotected: bool,
    deleted: bool,
    doubts: u32,
}

/// What one turn brought.
enum Turn {
    Over(Applied),
    Again(String),
}

/// Every look decides what is next, so that it goes on wherever an earlier run stopped. What fails after the protection was lifted
/// leaves the table protected again, if that can be.
pub(super) async fn drop_table(
    client: &Client,
    step: &Step,
    is_aws: bool,
    pace: &mut Pace,
    on_wait: &mut (dyn FnMut(Duration, &str) + Send),
) -> Result<Applied, Error> {
    let Step::DropTable { table, backup, table_id } = step else { return Ok(Applied::Done) };
    let making = backup.then(|| Making::new(client, table));
    let table_id = table_id.as_deref();
    let mut drop = Drop { client, step, table_id, is_aws, backup: making, unprotected: false, deleted: false, doubts: 0 };
    let dropped = drop.go(pace, on_wait).await;
    if dropped.is_err() && drop.unprotected && !drop.deleted {
        // What failed is told; that this failed too would say no more.
        let _ = send(client, &protection(step, true), None).await;
    }
    dropped
}

fn protection(step: &Step, on: bool) -> Step {
    Step::Set { table: step.table().clone(), change: SettingChange::DeletionProtection(Delta::new(!on, on)) }
}

impl Drop<'_> {
    async fn go(&mut self, pace: &mut Pace, on_wait: &mut (dyn FnMut(Duration, &str) + Send)) -> Result<Applied, Error> {
        if pace.is_over() {
            return Ok(Applied::NotBegun);
        }
        let mut status = String::new();
        loop {
            // Between lifting the protection and deleting nothing is left lying.
            if pace.is_over() && (self.deleted || !self.unprotected) {
                return Ok(Applied::StillGoing { status });
            }
            status = match description(self.client, self.step.table()).await {
                Ok(None) => return Ok(Applied::Done),
                Ok(Some(found)) => match self.turn(&found).await? {
                    Turn::Over(applied) => return Ok(applied),
                    Turn::Again(status) => status,
                },
                Err(error) if error.kind() == ErrorKind::Throttled => error.to_string(),
                Err(error) => return Err(error),
            };
            on_wait(pace.elapsed(), &status);
            pace.pause(self.step, &status).await?;
        }
    }

    async fn turn(&mut self, found: &TableDescription) -> Result<Turn, Error> {
        let table = self.step.table();
        // A table made again under the name is another one. An engine without ids cannot tell.
        if let (Some(wanted), Some(found)) = (self.table_id, found.table_id())
            && wanted != found
        {
            if self.deleted {
                return Ok(Turn::Over(Applied::Done));
            }
            let text = format!("table {table} was made again since it was planned to be dropped: its id is another");
            let help = "nothing was dropped; look at what it holds, run it again, and it plans anew";
            return Err(Error::new(ErrorKind::StalePlan, text).with_help(help));
        }
        let status = convert::table_status(found.table_status());
        let at_rest = Turn::Again(format!("the table is {}", Word(&status)));
        // Only a table at rest can be changed or deleted.
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
        if status != Status::Active || self.deleted {
            return Ok(at_rest);
        }
        if let Some(backup) = &mut self.backup {
            match backup.go_on(found).await? {
                Backup::OnTheWay(status) => return Ok(Turn::Again(status)),
                Backup::Unknown(error) if self.is_aws => return Err(error),
                Backup::There | Backup::Unknown(_) => self.backup = None,
            }
        }
        let protected = found.deletion_protection_enabled() == Some(true);
        if protected && self.unprotected {
            return Ok(at_rest);
        }
        let sent = match protected {
            true => send(self.client, &protection(self.step, false), None).await?,
            false => delete(self.client, table).await?,
        };
        match sent {
            Sent::Accepted if protected => self.unprotected = true,
            Sent::Accepted => self.deleted = true,
            Sent::Busy(reason) | Sent::NotNow(reason) => return Ok(Turn::Again(reason)),
            // Gone meanwhile, or still protected as far as DeleteTable knows: the next look tells.
            Sent::Doubtful(error) => {
                self.doubts += 1;
                if self.doubts > DOUBTS {
                    return Err(error);
                }
                return Ok(Turn::Again(error.to_string()));
            }
            Sent::Unknown(error) if self.is_aws => return Err(error),
            Sent::Unknown(error) => return Ok(Turn::Over(Applied::Unsupported { reason: error.to_string() })),
        }
        Ok(at_rest)
    }
}
