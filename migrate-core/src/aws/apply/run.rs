//! Sends a step's call and looks until its effect shows; it never knows the order of steps.

use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::super::inspect;
use super::drop_table::drop_table;
use super::look::{Applied, Look, judge};
use super::pace::{DOUBTS, Pace, Wait, not_shown};
use super::send::{Sent, send};
use crate::error::{Error, ErrorKind};
use crate::schema::LiveTable;
use crate::step::Step;

/// How often a table at rest may lack what was accepted. DescribeTable lags behind on AWS; no local engine does.
const fn overlooked(must: bool) -> u32 {
    if must { 60 } else { 5 }
}

/// Takes one step, and returns when its effect shows on the table and on the index it is about.
///
/// `on_wait` hears how long that takes so far, and what DynamoDB says. An engine that lacks the capability is an error only
/// on AWS, which has them all.
pub(crate) async fn apply(
    client: &Client,
    step: &Step,
    wait: &Wait,
    is_aws: bool,
    on_wait: &mut (dyn FnMut(Duration, &str) + Send),
) -> Result<Applied, Error> {
    let mut pace = Pace::new(step, wait);
    if let Step::DropTable { table_id, .. } = step {
        return drop_table(client, step, table_id.as_deref(), is_aws, &mut pace, on_wait).await;
    }
    let mut accepted = false;
    let mut begun = false;
    let mut doubt = None;
    let mut lacking = 0;
    loop {
        let mut said = None;
        if !accepted && doubt.is_none() {
            match send(client, step).await? {
                Sent::Accepted => accepted = true,
                Sent::Busy(reason) => said = Some(reason),
                Sent::Doubtful(error) => doubt = Some(error),
                Sent::Unknown(error) if is_aws => return Err(error),
                Sent::Unknown(error) => return Ok(Applied::Unsupported { reason: error.to_string() }),
            }
        }
        let status = match observe(client, step).await? {
            Seen::Table(live) => {
                // That a table is missing is no capability.
                let must = is_aws || begun || live.is_none();
                match judge(step, live.as_deref()) {
                    Look::Shows => return Ok(Applied::Done),
                    Look::Contradicts(error) => return Err(error),
                    Look::OnTheWay(status) => {
                        (accepted, begun, lacking) = (true, true, 0);
                        status
                    }
                    Look::NotYet { status, at_rest: true } => {
                        lacking += 1;
                        if lacking > DOUBTS
                            && !accepted
                            && let Some(error) = doubt
                        {
                            return Err(error);
                        }
                        if lacking >= overlooked(must) && accepted {
                            return ignored(step, &pace, status, must);
                        }
                        said.unwrap_or(status)
                    }
                    Look::NotYet { status, at_rest: false } => {
                        // Something else went on, so that the refusal need not be about the step: it is sent again.
                        (doubt, lacking) = (None, 0);
                        said.unwrap_or(status)
                    }
                }
            }
            Seen::Throttled(status) => status,
        };
        on_wait(pace.elapsed(), &status);
        pace.pause(step, &status).await?;
    }
}

/// The call was accepted, and a table at rest does not show it.
fn ignored(step: &Step, pace: &Pace, status: String, must: bool) -> Result<Applied, Error> {
    if must {
        return Err(not_shown(step, pace.elapsed(), &status));
    }
    Ok(Applied::Unsupported { reason: format!("the engine accepted it and did nothing: {status}") })
}

enum Seen {
    Table(Option<Box<LiveTable>>),
    Throttled(String),
}

/// A look that is throttled is no failure of the step.
async fn observe(client: &Client, step: &Step) -> Result<Seen, Error> {
    let apart = step.aspect().into_iter().collect();
    match inspect::describe(client, step.table(), &apart).await {
        Ok(live) => Ok(Seen::Table(live.map(Box::new))),
        Err(error) if error.kind() == ErrorKind::Throttled => Ok(Seen::Throttled(error.to_string())),
        Err(error) => Err(error),
    }
}
