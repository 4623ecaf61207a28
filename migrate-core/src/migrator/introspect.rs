//! Looks at tables whosever they are, each with every setting; declares and compares nothing.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;

use crate::aws::{guard, inspect};
use crate::error::{Error, ErrorKind};
use crate::schema::{Aspect, LiveTable, NameError, Naming, TableName};

/// All that has an API of its own.
const APART: [Aspect; 6] = [
    Aspect::Ttl,
    Aspect::PointInTimeRecovery,
    Aspect::Tags,
    Aspect::ContributorInsights,
    Aspect::ResourcePolicy,
    Aspect::KinesisStream,
];

#[derive(Debug, thiserror::Error)]
#[error("there is no table `{0}` here")]
struct NotThere(TableName);

/// Reads a table with all its settings, by the name that code would use; where there is none so, by the very name.
///
/// Only reads. What the caller may not read is in [`LiveTable::unknown`]; [`source::rust`](crate::source::rust) writes all of it down.
///
/// # Errors
/// [`ErrorKind::Usage`] if there is no such table; the engine's errors.
pub async fn introspect(client: &Client, naming: &Naming, name: &str) -> Result<LiveTable, Error> {
    let invalid = |error: NameError| Error::new(ErrorKind::InvalidName, error);
    let name = TableName::new(name.to_owned()).map_err(invalid)?;
    let physical = naming.physical(&name).map_err(invalid)?;
    let client = guard::read_only(client);
    let apart = BTreeSet::from(APART);
    let mut found = inspect::describe(&client, &physical, &apart).await?;
    if found.is_none() && physical != name {
        found = inspect::describe(&client, &name, &apart).await?;
    }
    found.ok_or_else(|| {
        let help = "is it another --prefix, region or account? the first line of the output says where you are";
        Error::new(ErrorKind::Usage, NotThere(physical)).with_help(help)
    })
}
