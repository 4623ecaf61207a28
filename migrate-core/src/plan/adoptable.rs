//! What `adopt` may take of a table that another sequence owns; says no more than `up` would.

use super::guests::usable;
use super::input::{Draft, Input};
use super::model::{Declared, Observed, Phase, Refusal, Request};
use super::unclaimed::{Unclaimed, unclaimed};
use crate::schema::TableName;

/// The declared indexes that are there and on no record of ours, and why nothing of the table may be taken, if so.
pub(crate) fn to_adopt<'a>(
    declared: &'a Declared,
    observed: &'a Observed,
    table: &TableName,
) -> (Vec<Unclaimed<'a>>, Vec<Refusal>) {
    let Some(schema) = declared.tables.get(table) else { return (Vec::new(), Vec::new()) };
    let Some(owner) = &schema.handling.owner else { return (Vec::new(), Vec::new()) };
    let live = observed.tables.get(table);
    let found = live.map(|live| unclaimed(&observed.history, live, schema)).unwrap_or_default();
    // Consents and phases play no part in it.
    let request = Request::of(Phase::All);
    let mut draft = Draft::default();
    usable(Input { declared, observed, request: &request }, schema, owner, &mut draft);
    (found, draft.refusals)
}
