//! Sends a step's call and looks until its effect shows; it never knows the order of steps.

use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::super::convert::Moving;
use super::super::inspect;
use super::drop_table::drop_table;
use super::look::{Applied, Look, judge};
use super::often::until;
use super::pace::{DOUBTS, Pace, Wait, not_shown};
use super::send::{Sent, needs_arn, parts, send};
use crate::error::{Error, ErrorKind};
use crate::schema::{LiveTable, Status};
use crate::step::Step;

/// How often a table at rest may lack what was accepted. DescribeTable lags behind on AWS; no local engine does.
const fn overlooked(must: bool) -> u32 {
    if must { 60 } else { 5 }
}

/// How often an engine other than AWS may be busy with a table at rest.
const BUSY_AT_REST: u32 = 8;

/// A refusal that is looked into before it is believed: the SDK repeats a call whose reply was lost.
enum Refusal {
    Doubtful(Error),
    TooOften(String),
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
    if let Step::DropTable { .. } = step {
        return drop_table(client, step, is_aws, &mut pace, on_wait).await;
    }
    let arn = if needs_arn(step) && !pace.is_over() { arn(client, step, &mut pace, on_wait).await? } else { None };
    for part in parts(step) {
        let applied = take(client, &part, arn.as_deref(), wait, is_aws, &mut pace, on_wait).await?;
        if applied != Applied::Done {
            return Ok(applied);
        }
    }
    Ok(Applied::Done)
}

/// One call, until its effect shows.
async fn take(
    client: &Client,
    step: &Step,
    arn: Option<&str>,
    wait: &Wait,
    is_aws: bool,
    pace: &mut Pace,
    on_wait: &mut (dyn FnMut(Duration, &str) + Send),
) -> Result<Applied, Error> {
    if pace.is_over() {
        return Ok(Applied::NotBegun);
    }
    let mut sent = false;
    let mut begun = false;
    let mut refusal = None;
    let (mut lacking, mut contradicted) = (0, 0);
    loop {
        let mut said = None;
        if !sent && !begun {
            match send(client, step, arn).await? {
                Sent::Accepted => {
                    sent = true;
                    pace.follow().await;
                }
                Sent::Busy(reason) => said = Some(reason),
                Sent::Doubtful(error) => (sent, refusal) = (true, Some(Refusal::Doubtful(error))),
                Sent::NotNow(reason) => (sent, refusal) = (true, Some(Refusal::TooOften(reason))),
                Sent::Unknown(error) if is_aws => return Err(error),
                Sent::Unknown(error) => return Ok(Applied::Unsupported { reason: error.to_string() }),
            }
        }
        let accepted = begun || (sent && refusal.is_none());
        let status = match observe(client, step).await? {
            Seen::Table(found) => {
                let live = found.as_deref().map(|(live, _)| live);
                // That a table is missing is no capability.
                let must = is_aws || begun || live.is_none();
                match judge(step, found.as_deref()) {
                    Look::Shows => {
                        pace.done();
                        return Ok(Applied::Done);
                    }
                    // A look may lag behind the one that this was planned by.
                    Look::Contradicts(error) if accepted && error.kind() == ErrorKind::StalePlan && contradicted < DOUBTS => {
                        contradicted += 1;
                        error.to_string()
                    }
                    Look::Contradicts(error) if accepted && error.kind() == ErrorKind::StalePlan && !is_aws => {
                        return Ok(Applied::Unsupported { reason: format!("the engine made something else of it: {error}") });
                    }
                    Look::Contradicts(error) => return Err(error),
                    Look::OnTheWay(status) => {
                        (begun, lacking) = (true, 0);
                        if wait.leave_builds && live.is_some_and(|live| builds(step, live)) {
                            return Ok(Applied::StillGoing { status });
                        }
                        status
                    }
                    Look::NotYet { status, at_rest: true } => {
                        lacking += 1;
                        if lacking > DOUBTS
                            && !accepted
                            && let Some(refusal) = refusal
                        {
                            return match refusal {
                                Refusal::Doubtful(error) => Err(error),
                                Refusal::TooOften(reason) => Ok(Applied::NotNow { until: until(step, live, &reason), reason }),
                            };
                        }
                        // Nothing goes on there, and still it is busy: so some local engines refuse for good.
                        if let Some(reason) = said.as_ref().filter(|_| lacking > BUSY_AT_REST && !must && step.aspect().is_some())
                        {
                            return Ok(Applied::Unsupported { reason: reason.clone() });
                        }
                        if lacking >= overlooked(must) && accepted {
                            return ignored(step, pace, status, must);
                        }
                        said.unwrap_or(status)
                    }
                    Look::NotYet { status, at_rest: false } => {
                        // Something else went on, so that the refusal need not be about the step: it is sent again.
                        if let Some(Refusal::Doubtful(_)) = refusal {
                            (refusal, sent) = (None, false);
                        }
                        if let Some(Refusal::TooOften(reason)) = refusal {
                            return Ok(Applied::NotNow { until: until(step, live, &reason), reason });
                        }
                        lacking = 0;
                        said.unwrap_or(status)
                    }
                }
            }
            Seen::Throttled(status) => status,
        };
        // A refusal that is not settled yet is looked into first.
        if pace.is_over() && refusal.is_none() {
            return Ok(Applied::StillGoing { status });
        }
        on_wait(pace.elapsed(), &status);
        pace.pause(step, &status).await?;
    }
}

/// Whether all that is left of a step is the building of an index, which goes on by itself.
fn builds(step: &Step, live: &LiveTable) -> bool {
    let building = |status: Option<&Status>| status == Some(&Status::Creating);
    match step {
        Step::CreateGlobalIndex { index, .. } => building(live.index_status.get(index)),
        Step::AwaitTable { .. } => {
            let at_work = live.index_status.values().filter(|status| **status != Status::Active);
            live.status == Status::Active && at_work.into_iter().all(|status| building(Some(status)))
        }
        Step::CreateTable { .. } | Step::DropGlobalIndex { .. } | Step::Set { .. } | Step::DropTable { .. } => false,
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
    Table(Option<Box<(LiveTable, Moving)>>),
    Throttled(String),
}

/// A look that is throttled is no failure of the step.
async fn observe(client: &Client, step: &Step) -> Result<Seen, Error> {
    let apart = step.aspect().into_iter().collect();
    match inspect::look(client, step.table(), &apart).await {
        Ok(found) => Ok(Seen::Table(found.map(Box::new))),
        Err(error) if error.kind() == ErrorKind::Throttled => Ok(Seen::Throttled(error.to_string())),
        Err(error) => Err(error),
    }
}

/// The table's ARN; `None` on an engine without any, or where there is no table.
async fn arn(
    client: &Client,
    step: &Step,
    pace: &mut Pace,
    on_wait: &mut (dyn FnMut(Duration, &str) + Send),
) -> Result<Option<String>, Error> {
    loop {
        match inspect::description(client, step.table()).await {
            Ok(Some(found)) => return Ok(found.table_arn),
            Ok(None) => {
                let text = format!("table `{}` is not there: {step}", step.table());
                return Err(Error::new(ErrorKind::NotFound, text));
            }
            Err(error) if error.kind() == ErrorKind::Throttled => {
                on_wait(pace.elapsed(), &error.to_string());
                pace.pause(step, "DescribeTable is throttled").await?;
            }
            Err(error) => return Err(error),
        }
    }
}
