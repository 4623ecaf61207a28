//! `throttle`, `pause`, `resume`: said to the run that goes on, and to all that come. Nobody is asked: it can be taken back, and may be urgent.

use serde_json::json;

use super::Verdict;
use crate::budget::InForce;
use crate::cli::args::{Rate, ThrottleArgs};
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

pub(super) async fn throttle(args: &ThrottleArgs, migrator: &Migrator) -> Result<Verdict, Error> {
    let (write, read) = match (args.write, args.read_units) {
        (Some(Rate::Off), Some(_)) => {
            let error = "`off` gives both budgets back, and --read-units gives one of them another rate";
            return Err(
                Error::new(ErrorKind::Usage, error).with_help("`migrate throttle off`, or `migrate throttle --read-units N`")
            );
        }
        (Some(Rate::Off), None) => (None, None),
        (Some(Rate::To(write)), read) => (Some(write), read),
        (None, read) => (None, read),
    };
    Ok(verdict(migrator, &migrator.throttle(write, read).await?))
}

pub(super) async fn pause(migrator: &Migrator) -> Result<Verdict, Error> {
    Ok(verdict(migrator, &migrator.pause().await?))
}

pub(super) async fn resume(migrator: &Migrator) -> Result<Verdict, Error> {
    Ok(verdict(migrator, &migrator.resume().await?))
}

fn verdict(migrator: &Migrator, in_force: &InForce) -> Verdict {
    let document = json!({"sequence": migrator.sequence().name(), "in_force": in_force});
    Verdict::new(Exit::Done, report::in_force(in_force), document)
}
