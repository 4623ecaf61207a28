//! `introspect NAME…`: prints the structs that declare tables as they are; needs nothing that the binary declares.

use serde_json::json;

use super::json;
use crate::cli::args::IntrospectArgs;
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Document};
use crate::cli::session::Session;
use crate::error::Error;
use crate::migrator;
use crate::source;

/// All of stdout is Rust: it can go into a file as it stands.
pub(in crate::cli) async fn introspect(
    args: &IntrospectArgs,
    session: &Session,
    connection: &Connection,
    document: &mut Document,
) -> Result<Exit, Error> {
    let mut tables = Vec::new();
    for name in &args.names {
        session.stop.safe_point()?;
        let live = migrator::introspect(&connection.client, &session.naming, name).await?;
        if !tables.contains(&live) {
            tables.push(live);
        }
    }
    let source = source::rust(&tables, &session.naming);
    let text = report::source(&source);
    session.console.show(&text);
    document.verbatim(&text);
    document.set("source", json!(source));
    document.set("tables", json(&tables));
    Ok(Exit::Done)
}
