//! What can be typed behind the verbs that settle a doubt: `resolve`, `unlock`; knows no history.

use std::time::Duration;

use clap::{ArgGroup, Args};

use super::duration;
use crate::error::{Error, ErrorKind};
use crate::migration::Version;
use crate::plan::Resolution;
use crate::schema::TableName;

#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("resolution").required(true))]
pub(in crate::cli) struct ResolveArgs {
    /// All of this migration is in the database: it counts as applied, and is not run
    #[arg(long, value_name = "NUMBER", group = "resolution")]
    pub applied: Option<u32>,
    /// Nothing of this migration is left in the database: it is pending again
    #[arg(long, value_name = "NUMBER", group = "resolution")]
    pub rolled_back: Option<u32>,
    /// This migration's text was edited since it was recorded, and means the same
    #[arg(long, value_name = "NUMBER", group = "resolution")]
    pub rebless: Option<u32>,
    /// This table came back from a backup: migrations behind --at that touched it run again
    #[arg(long, value_name = "TABLE", group = "resolution", requires = "at")]
    pub restored: Option<String>,
    /// The last migration whose effect the restored data has; 0 if none
    #[arg(long, value_name = "NUMBER", requires = "restored", conflicts_with_all = ["applied", "rolled_back", "rebless"])]
    pub at: Option<u32>,
    /// Why: it is recorded
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
    /// How long to wait for somebody else's lock, such as `90s` or `5m`. Default: 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, env = "MIGRATE_LOCK_WAIT", hide_env_values = true)]
    pub lock_wait: Option<Duration>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

impl ResolveArgs {
    /// What is said.
    pub(in crate::cli) fn resolution(&self) -> Result<Resolution, Error> {
        let number = |of: Option<u32>| of.map(Version::new);
        let said = [
            number(self.applied).map(|version| Resolution::Applied { version }),
            number(self.rolled_back).map(|version| Resolution::RolledBack { version }),
            number(self.rebless).map(|version| Resolution::Reblessed { version }),
            self.restored.as_deref().zip(number(self.at)).map(|(table, at)| restored(table, at)).transpose()?,
        ];
        let said = said.into_iter().flatten().next();
        said.ok_or_else(|| Error::new(ErrorKind::Usage, "say one of --applied, --rolled-back, --rebless and --restored"))
    }
}

fn restored(table: &str, at: Version) -> Result<Resolution, Error> {
    let table = TableName::new(table.to_owned()).map_err(|error| {
        Error::new(ErrorKind::InvalidName, error).with_help("`--restored TABLE`, by the name that the code uses")
    })?;
    Ok(Resolution::Restored { table, at })
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say in a sentence why: it is recorded, for whoever asks later".to_owned()),
        reason => Ok(reason.to_owned()),
    }
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct UnlockArgs {
    /// The epoch that `lock` shows: only that holder is meant
    #[arg(long, value_name = "EPOCH")]
    pub epoch: u64,
    /// Why: it is recorded
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Verb, parse};
    use super::*;

    fn verb(words: &[&str]) -> Result<Verb, String> {
        let words = std::iter::once(&"migrate").chain(words).map(OsString::from);
        parse(words, "0").map(|parsed| parsed.verb).map_err(|error| error.to_string())
    }

    fn said(words: &[&str]) -> Resolution {
        let words = [&["resolve", "--reason", "so it is"], words].concat();
        let Ok(Verb::Resolve(args)) = verb(&words) else { panic!("{words:?}: {:?}", verb(&words)) };
        assert_eq!(args.reason, "so it is");
        args.resolution().unwrap()
    }

    #[test]
    fn one_thing_is_said_and_why() {
        let version = Version::new(3);
        assert_eq!(said(&["--applied", "3"]), Resolution::Applied { version });
        assert_eq!(said(&["--rolled-back", "3", "--yes"]), Resolution::RolledBack { version });
        assert_eq!(said(&["--rebless", "3", "--lock-wait", "5s"]), Resolution::Reblessed { version });
        let table = TableName::checked("orders");
        assert_eq!(said(&["--restored", "orders", "--at", "3"]), Resolution::Restored { table, at: version });
        let refused = |words: &[&str], why: &str| {
            let error = verb(&[&["resolve"], words].concat()).unwrap_err();
            assert!(error.contains(why), "{words:?}: {error}");
        };
        refused(&["--reason", "x"], "required");
        refused(&["--applied", "3"], "--reason <TEXT>");
        refused(&["--applied", "3", "--reason", " "], "say in a sentence why");
        refused(&["--applied", "3", "--rebless", "3", "--reason", "x"], "cannot be used with");
        refused(&["--restored", "orders", "--reason", "x"], "--at <NUMBER>");
        refused(&["--applied", "3", "--at", "3", "--reason", "x"], "cannot be used with");
    }

    #[test]
    fn a_lock_is_taken_by_its_epoch_and_a_reason() {
        let Ok(Verb::Unlock(args)) = verb(&["unlock", "--epoch", "7", "--reason", "it hangs", "--yes"]) else { panic!() };
        assert_eq!((args.epoch, args.reason.as_str(), args.yes), (7, "it hangs", true));
        assert!(verb(&["unlock", "--reason", "it hangs"]).unwrap_err().contains("--epoch <EPOCH>"));
        assert!(verb(&["unlock", "--epoch", "7"]).unwrap_err().contains("--reason <TEXT>"));
        assert!(verb(&["unlock", "--epoch", "7", "--reason", ""]).is_err());
    }
}
