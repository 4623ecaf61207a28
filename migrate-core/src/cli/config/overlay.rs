//! An environment beneath what was typed: it counts where no flag does, before any variable, and what contradicts it is refused. Never
//! knows how a target is chosen or reached.

use super::environment::Environment;
use super::error::WrongEnvironment;
use crate::cli::args::{Kind, Parsed};
use crate::error::Error;

/// Who and where a caller turned out to be.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Found<'a> {
    pub account: Result<&'a str, &'a str>,
    pub region: Option<&'a str>,
}

impl Environment {
    /// Puts what it says beneath what was typed.
    ///
    /// # Errors
    /// A region or a prefix was given that contradicts it.
    pub(in crate::cli) fn beneath(&self, parsed: &mut Parsed) -> Result<(), Error> {
        let from = |id, flag, variable| if parsed.is_typed(id) { flag } else { variable };
        if let (Some(wanted), Some(given)) = (&self.region, &parsed.global.region)
            && wanted != given
        {
            let from = from("region", "--region", "MIGRATE_REGION");
            let (name, wanted, given) = (self.name.clone(), wanted.clone(), given.clone());
            return Err(WrongEnvironment::RegionTyped { name, wanted, given, from }.into_error());
        }
        if self.names.is_some() && parsed.global.prefix.is_some() {
            let from = from("prefix", "--prefix", "MIGRATE_PREFIX");
            return Err(WrongEnvironment::Prefix { name: self.name.clone(), from }.into_error());
        }
        let typed = match parsed.global.target.filter(|_| parsed.is_typed("target")) {
            Some(kind) => Some(kind),
            None if parsed.is_typed("db") => Some(Kind::Embedded),
            None if parsed.is_typed("endpoint_url") => Some(Kind::Aws),
            None => None,
        };
        if self.target.is_some() && (typed.is_none() || typed == self.target) {
            if !parsed.is_typed("target") {
                parsed.global.target = self.target;
                parsed.state("target");
            }
            if !parsed.is_typed("db") {
                parsed.global.db.clone_from(&self.db);
                parsed.state("db");
            }
            if !parsed.is_typed("endpoint_url") {
                parsed.global.endpoint_url.clone_from(&self.endpoint_url);
                parsed.state("endpoint_url");
            }
        }
        if self.region.is_some() {
            parsed.global.region.clone_from(&self.region);
        }
        if self.profile.is_some() && !parsed.is_typed("profile") {
            parsed.global.profile.clone_from(&self.profile);
        }
        let mut verb = parsed.verb.clone();
        if let Some(budget) = verb.budget_mut() {
            budget.beneath(&self.budget, |id| parsed.is_typed_for_verb(id));
            parsed.verb = verb;
        }
        Ok(())
    }

    /// Whether it can be on the embedded engine: not if it says whose or where it is.
    ///
    /// # Errors
    /// It cannot.
    pub(in crate::cli) fn verify_embedded(&self) -> Result<(), Error> {
        if self.account.is_none() && self.region.is_none() {
            return Ok(());
        }
        Err(WrongEnvironment::Embedded { name: self.name.clone() }.into_error())
    }

    /// Whether this is the account and the region that it is about; asked before the database is.
    ///
    /// # Errors
    /// They are others, or the account cannot be found out.
    pub(in crate::cli) fn verify(&self, found: Found<'_>) -> Result<(), Error> {
        let name = self.name.clone();
        if let Some(wanted) = self.account.clone() {
            match found.account {
                Ok(account) if account == wanted => {}
                Ok(account) => {
                    return Err(WrongEnvironment::Account { name, wanted, found: account.to_owned() }.into_error());
                }
                Err(because) => {
                    return Err(WrongEnvironment::AccountUnknown { name, wanted, because: because.to_owned() }.into_error());
                }
            }
        }
        if let Some(wanted) = &self.region
            && found.region != Some(wanted.as_str())
        {
            let found = found.region.unwrap_or("an engine without regions").to_owned();
            let wanted = wanted.clone();
            return Err(WrongEnvironment::Region { name, wanted, found }.into_error());
        }
        Ok(())
    }
}
