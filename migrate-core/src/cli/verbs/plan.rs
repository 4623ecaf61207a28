//! `plan`: what `up` would do, writing nothing.

use std::path::Path;

use serde_json::{Value, json};

use super::{Verdict, json};
use crate::cli::args::PlanArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Text};
use crate::cli::saved;
use crate::cli::session::{Session, quoted};
use crate::error::Error;
use crate::migrator::{Migrator, Prepared};

pub(super) async fn plan(
    args: &PlanArgs,
    session: &Session,
    migrator: &Migrator,
    connection: &Connection,
) -> Result<Verdict, Error> {
    args.out.as_deref().map_or(Ok(()), saved::free)?;
    let prepared = migrator.prepare(session.options(&args.select, &args.budget, connection)?).await?;
    let plan = prepared.plan().clone();
    let plan = if connection.is_local { plan.without_estimates() } else { plan };
    let mut document = json(&plan);
    document["summary"] = json(&plan.summary());
    document["estimate"] = json(&plan.estimate());
    // What stops `up` stops a pipeline here already.
    let refused = plan.refusals.iter().map(|refusal| Exit::of_refusal(refusal.kind)).max();
    // What waits until DynamoDB takes it is to be done too.
    let changes = args.detailed_exitcode
        && plan.ahead.is_none()
        && !(plan.is_empty() && plan.not_now.is_empty() && plan.unknown.is_empty());
    let exit = refused.unwrap_or(if changes { Exit::Pending } else { Exit::Done });
    let (mut text, mut markdown) = (report::plan(&plan), report::comment::plan(&plan));
    if let Some(path) = &args.out {
        let told = match refused {
            Some(_) => {
                document["saved"] = Value::Null;
                report::not_saved()
            }
            None => save(path, session, &prepared, connection, &mut document)?,
        };
        markdown = format!("{markdown}\n\n{}", report::saved_block(&told));
        text.append(&told);
    }
    Ok(Verdict::new(exit, text, document).with_markdown(markdown))
}

/// Keeps the plan, and tells what carries it out.
fn save(
    path: &Path,
    session: &Session,
    prepared: &Prepared<'_>,
    connection: &Connection,
    document: &mut Value,
) -> Result<Text, Error> {
    let sha256 = saved::write(path, &prepared.save(&saved::place(connection)?)?)?;
    let shown = path.display().to_string();
    let next = session.command(&format!("up --plan {} --sha256 {sha256}", quoted(&shown)));
    document["saved"] = json!({"path": shown, "sha256": sha256, "next": next});
    Ok(report::saved(&shown, &sha256, &next))
}
