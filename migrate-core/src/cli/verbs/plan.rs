//! `plan`: what `up` would do, writing nothing.

use super::{Verdict, json};
use crate::cli::args::PlanArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator::Migrator;

pub(super) async fn plan(
    args: &PlanArgs,
    session: &Session,
    migrator: &Migrator,
    connection: &Connection,
) -> Result<Verdict, Error> {
    let plan = migrator.plan(session.options(&args.select, connection)?).await?;
    let plan = if connection.is_local { plan.without_estimates() } else { plan };
    let mut document = json(&plan);
    document["summary"] = json(&plan.summary());
    document["estimate"] = json(&plan.estimate());
    // What stops `up` stops a pipeline here already.
    let refused = plan.refusals.iter().map(|refusal| Exit::of_refusal(refusal.kind)).max();
    let changes = args.detailed_exitcode && plan.ahead.is_none() && !(plan.is_empty() && plan.not_now.is_empty());
    let exit = refused.unwrap_or(if changes { Exit::Pending } else { Exit::Done });
    Ok(Verdict::new(exit, report::plan(&plan), document).with_markdown(report::comment::plan(&plan)))
}
