//! `introspect NAME…`: prints the structs that declare tables as they are; needs nothing that the binary declares.

use serde_json::json;

use super::json;
use crate::cli::args::{Global, IntrospectArgs};
use crate::cli::connect::Connection;
use crate::cli::exit::Exit;
use crate::cli::report::{self, Console, Document};
use crate::error::{Error, ErrorKind};
use crate::migrator;
use crate::schema::Prefix;
use crate::source;

/// All of stdout is Rust: it can go into a file as it stands.
pub(in crate::cli) async fn introspect(
    args: &IntrospectArgs,
    global: &Global,
    connection: &Connection,
    console: &Console,
    document: &mut Document,
) -> Result<Exit, Error> {
    let prefix = Prefix::new(global.prefix.clone().unwrap_or_default());
    let prefix = prefix.map_err(|error| Error::new(ErrorKind::InvalidName, error).with_help("give another --prefix"))?;
    let mut tables = Vec::new();
    for name in &args.names {
        let live = migrator::introspect(&connection.client, &prefix, name).await?;
        if !tables.contains(&live) {
            tables.push(live);
        }
    }
    let source = source::rust(&tables, &prefix);
    console.show(&report::source(&source));
    document.set("source", json!(source));
    document.set("tables", json(&tables));
    Ok(Exit::Done)
}
