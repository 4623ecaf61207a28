//! Plans that were saved: made into one, and carried out only as they were approved. Knows neither file nor hash.

use super::builder::Migrator;
use super::up::{Options, Prepared};
use crate::error::{Error, ErrorKind};
use crate::plan::{Basis, Observed, Place, Plan, PlannedMigration, PlannedStep, Request, SavedPlan};

#[derive(Debug, thiserror::Error)]
enum Stale {
    #[error("the saved plan no longer fits:\n{}", .0.join("\n"))]
    Differs(Vec<String>),
    #[error("meanwhile something is needed that the saved plan does not have: {0}; what was done so far stands")]
    NotInPlan(String),
}

const ANEW: &str = "look at a new one: `migrate plan --out FILE`";

impl Prepared<'_> {
    /// This plan with all that it depends on, to be carried out later by [`Migrator::prepare_saved`].
    ///
    /// # Errors
    /// The plan is refused.
    pub fn save(&self, place: &Place) -> Result<SavedPlan, Error> {
        super::refusal::refuse(self.plan())?;
        Ok(self.migrator.saved(place, &self.request, &self.look.observed, self.plan()))
    }
}

impl Migrator {
    /// Looks and plans as a saved plan was asked for, writing nothing. Of `options` only what says how long to wait counts.
    ///
    /// # Errors
    /// [`ErrorKind::StalePlan`] if anything that the plan depends on is not what it was, each by name; the engine's errors.
    pub async fn prepare_saved(&self, saved: SavedPlan, place: &Place, options: Options) -> Result<Prepared<'_>, Error> {
        let elsewhere = saved.elsewhere(self.sequence.name(), place);
        if !elsewhere.is_empty() {
            return Err(stale(elsewhere));
        }
        let Request { phase, to, consent, accept, backup, verify_keys, budget: _, local: _ } = saved.request().clone();
        let options = Options { phase, to, consent, accept, backup, verify_keys, ..options };
        let mut prepared = self.prepare(options).await?;
        self.demand(&saved, place, &prepared.look.observed, prepared.plan())?;
        prepared.saved = Some(Box::new(Approved { plan: saved, place: place.clone() }));
        Ok(prepared)
    }

    fn saved(&self, place: &Place, request: &Request, observed: &Observed, plan: &Plan) -> SavedPlan {
        let (environment, management) = (self.environment.as_ref(), &self.management.name);
        SavedPlan::of(Basis { place, environment, management, declared: &self.declared, observed, request }, plan)
    }

    /// Everything is as it was. What is refused now was not then.
    fn demand(&self, saved: &SavedPlan, place: &Place, observed: &Observed, plan: &Plan) -> Result<(), Error> {
        let mut differences = saved.differences(&self.saved(place, saved.request(), observed, plan));
        if differences.is_empty() {
            differences.extend(plan.refusals.iter().map(|refusal| refusal.what.clone()));
        }
        if differences.is_empty() { Ok(()) } else { Err(stale(differences)) }
    }
}

fn stale(differences: Vec<String>) -> Error {
    let error = Error::new(ErrorKind::StalePlan, Stale::Differs(differences));
    error
        .with_help("a plan is used once, and by nobody after another run: `migrate history` shows what came between")
        .with_help(ANEW)
}

/// A saved plan that a run is bound to.
#[derive(Debug)]
pub(super) struct Approved {
    plan: SavedPlan,
    place: Place,
}

impl Approved {
    /// Under the lock, before the first write.
    pub(super) fn still_holds(&self, migrator: &Migrator, observed: &Observed, plan: &Plan) -> Result<(), Error> {
        migrator.demand(&self.plan, &self.place, observed, plan)
    }

    /// Whether all of these steps are in it.
    pub(super) fn allows(&self, steps: &[PlannedStep]) -> Result<(), Error> {
        match steps.iter().find(|planned| !self.plan.covers(&planned.step)) {
            Some(planned) => Err(not_in_plan(planned.step.to_string())),
            None => Ok(()),
        }
    }

    /// Whether this migration is in it.
    pub(super) fn allows_migration(&self, planned: &PlannedMigration) -> Result<(), Error> {
        if self.plan.covers_migration(planned) { Ok(()) } else { Err(not_in_plan(format!("migration {}", planned.migration))) }
    }
}

fn not_in_plan(what: String) -> Error {
    Error::new(ErrorKind::StalePlan, Stale::NotInPlan(what)).with_help(ANEW)
}

/// What failed on the way has moved the history on.
pub(super) fn used_up(error: Error) -> Error {
    if error.kind() == ErrorKind::StalePlan {
        return error;
    }
    error.with_help("the saved plan is used up, whatever was left: make a new one, `migrate plan --out FILE`")
}
