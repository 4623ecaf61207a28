//! A plan that must not be carried out, as one error; knows no client and no lock.

use crate::error::{Error, ErrorKind};
use crate::plan::{Plan, Refusal, Unknown};

#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(|refusal| refusal.what.as_str()).collect::<Vec<_>>().join("\n"))]
struct Refusals(Vec<Refusal>);

/// An error that names every refusal of a plan, if there is any: history conflicts first.
pub(super) fn refuse(plan: &Plan) -> Result<(), Error> {
    refuse_all(plan.refusals.clone())?;
    if plan.unknown.is_empty() || plan.ahead.is_some() {
        return Ok(());
    }
    let one = |unknown: &Unknown| format!("{} of table {} (needs {})", unknown.setting, unknown.table, unknown.needs);
    let unknown: Vec<String> = plan.unknown.iter().map(one).collect();
    let help = "give the role these actions, or leave the settings out of the code or under `ignore(..)`: what cannot be read is not known to be done";
    Err(Error::new(ErrorKind::AccessDenied, Unreadable(unknown.join("; "))).with_help(help))
}

/// Settings that the code states and the caller may not read.
#[derive(Debug, thiserror::Error)]
#[error("what the code states cannot be read: {0}")]
struct Unreadable(String);

/// The same of refusals that are no plan's.
pub(super) fn refuse_all(refusals: impl IntoIterator<Item = Refusal>) -> Result<(), Error> {
    let refusals: Vec<Refusal> = refusals.into_iter().collect();
    // Kinds are ordered by their codes: M04xx is the history.
    let history = |refusal: &&Refusal| refusal.kind.code().starts_with("M04");
    let Some(first) = refusals.iter().find(history).or(refusals.first()) else { return Ok(()) };
    Err(all(first.kind, refusals))
}

/// One refusal that is no plan's.
pub(super) fn refused(refusal: Refusal) -> Error {
    all(refusal.kind, vec![refusal])
}

fn all(kind: ErrorKind, refusals: Vec<Refusal>) -> Error {
    let recipes: Vec<String> = refusals.iter().flat_map(|refusal| refusal.recipe.clone()).collect();
    recipes.into_iter().fold(Error::new(kind, Refusals(refusals)), Error::with_help)
}
