//! What can be wrong with the file of environments, or with a run for one; knows no way to find it out.

use std::path::PathBuf;

use crate::error::{Error, ErrorKind};

/// The file, or what was said of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfigError {
    #[error("{} cannot be read", file.display())]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("{}, line {line}: {what}", file.display())]
    Line { file: PathBuf, line: usize, what: String },
    #[error("environment `{name}` is asked for, and there is no migrate.toml in {}", looked.display())]
    NoFile { name: String, looked: PathBuf },
    #[error("there is no environment `{name}` in {}; {}", file.display(), list(.known))]
    Unknown { name: String, file: PathBuf, known: Vec<String> },
    #[error("`--config {}` says nothing without `--env`; {}", file.display(), list(.known))]
    NoEnvironment { file: PathBuf, known: Vec<String> },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "it has none".to_owned(),
        [one] => format!("it has `{one}`"),
        all => format!("it has `{}`", all.join("`, `")),
    }
}

impl ConfigError {
    pub(super) fn into_error(self) -> Error {
        Error::new(ErrorKind::Config, self)
    }
}

/// A run that contradicts its environment.
#[derive(Debug, thiserror::Error)]
pub(super) enum WrongEnvironment {
    #[error("environment `{name}` is in region {wanted}, and `{from}` says {given}")]
    RegionTyped { name: String, wanted: String, given: String, from: &'static str },
    #[error("environment `{name}` is in region {wanted}, and this is {found}")]
    Region { name: String, wanted: String, found: String },
    #[error("environment `{name}` is on AWS, and the target is the embedded engine")]
    Embedded { name: String },
    #[error("environment `{name}` has its own `names`, and `{from}` gives another")]
    Prefix { name: String, from: &'static str },
    #[error("environment `{name}` is account {wanted}, and these credentials are of account {found}")]
    Account { name: String, wanted: String, found: String },
    #[error("environment `{name}` is account {wanted}, and whose account this is cannot be found out: {because}")]
    AccountUnknown { name: String, wanted: String, because: String },
}

impl WrongEnvironment {
    pub(super) fn into_error(self) -> Error {
        let help = match &self {
            Self::RegionTyped { .. } | Self::Region { .. } => "leave the region to the environment, or name another environment",
            Self::Prefix { .. } => "leave the prefix out: the environment names its tables",
            Self::Embedded { .. } => "leave `--target` and `--db` to the environment, or name another environment",
            Self::Account { .. } => "log in to that account, give its --profile, or name another environment",
            Self::AccountUnknown { .. } => {
                "it is asked of STS (`sts:GetCallerIdentity`), which every role may ask: is STS reachable, and are there credentials?"
            }
        };
        Error::new(ErrorKind::WrongEnvironment, self).with_help(help)
    }
}
