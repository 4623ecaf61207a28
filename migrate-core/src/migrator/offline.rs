//! What can be judged of a sequence without a database; knows no client.

use super::builder::declared;
use super::refusal::refuse;
use crate::error::Error;
use crate::plan::{Observed, Phase, Request, plan};
use crate::registry::Sequence;
use crate::schema::Prefix;

/// Judges names with this prefix, and what the code says against itself, such as a drop of what it declares: all that would be refused
/// even on an empty database. [`Sequence::of`] has judged the rest.
///
/// # Errors
/// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName), or a refusal of the plan for an empty database.
pub fn check_offline(sequence: &Sequence, prefix: &Prefix) -> Result<(), Error> {
    let (_, declared) = declared(sequence, prefix)?;
    refuse(&plan(&declared, &Observed::default(), &Request::of(Phase::All)))
}
