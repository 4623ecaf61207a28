//! A plan that must not be carried out, as one error; knows no client and no lock.

use crate::error::Error;
use crate::plan::{Plan, Refusal};

#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(|refusal| refusal.what.as_str()).collect::<Vec<_>>().join("\n"))]
struct Refusals(Vec<Refusal>);

/// An error that names every refusal of a plan, if there is any: history conflicts first.
pub(super) fn refuse(plan: &Plan) -> Result<(), Error> {
    // Kinds are ordered by their codes: M04xx is the history.
    let history = |refusal: &&Refusal| refusal.kind.code().starts_with("M04");
    let Some(first) = plan.refusals.iter().find(history).or(plan.refusals.first()) else { return Ok(()) };
    let error = Error::new(first.kind, Refusals(plan.refusals.clone()));
    Err(plan.refusals.iter().flat_map(|refusal| &refusal.recipe).fold(error, Error::with_help))
}
