//! What a data migration is called and where it stands; knows no table, no history and no function to run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a migration: 1, 2, 3 … without gaps inside a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u32);

impl Version {
    /// The version with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The bare number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in the user's source, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Whether a migration runs on a fresh database, where no old data is there to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFresh {
    /// Recorded as skipped: the tables are made in today's shape. The default.
    Skip,
    /// Run all the same: for migrations that bring data of their own.
    Run,
}

/// What the next `up` does with a migration that was begun and did not end: its process was killed, or stopped at a safe point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInterrupt {
    /// It runs it again. The default.
    #[default]
    Run,
    /// It refuses, until a person has looked and says how it stands: for effects outside of DynamoDB that must not happen twice.
    Ask,
}

/// What to do when a migration was edited after it had been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// Say so, and go on. The default.
    Warn,
    /// Refuse to run.
    Deny,
}

/// Who changes a table, or all tables of a sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Management {
    /// The framework creates and changes it.
    #[default]
    Manage,
    /// Somebody else does, such as Terraform: nothing is changed, and what the code needs must be there.
    Verify,
}

/// A crate's one sequence of migrations, as `migrations!()` declares it: its own numbers, lock and history.
#[derive(Clone, Copy, Debug)]
pub struct SequenceInfo {
    /// Its name: the crate's, unless `migrations!(name = "..")` says otherwise.
    pub name: &'static str,
    /// The number of its first migration: 1, or higher after a squash.
    pub first: Version,
    /// What its migrations do on a fresh database unless they say otherwise.
    pub on_fresh: OnFresh,
    /// What an edited migration means.
    pub edited: Edited,
    /// Who changes its tables unless they say otherwise.
    pub management: Management,
    /// Where `migrations!()` stands.
    pub location: Location,
}
inventory::collect!(SequenceInfo);

/// A crate's sequence, by its type: `migrations!()` implements it for `crate::Migrations`, and nothing else should.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sequence of migrations",
    note = "write `migrate_core::migrations!();` in the crate root"
)]
pub trait Sequence {
    /// The number it begins with.
    const FIRST: u32;
    /// All that is known of it.
    const INFO: &'static SequenceInfo;
}

/// All that is known of a migration besides its function: static data that `#[migration(n)]` writes.
#[derive(Clone, Copy, Debug)]
pub struct MigrationMeta {
    /// Its number.
    pub version: Version,
    /// The function's name.
    pub name: &'static str,
    /// The first paragraph of its doc comment, or empty.
    pub description: &'static str,
    /// `sha256-tokens-1:<hex>` over the function's tokens; comments and formatting do not count.
    pub fingerprint: &'static str,
    /// Older fingerprints that are accepted as this migration (`was = ".."`).
    pub was: &'static [&'static str],
    /// What it does on a fresh database; `None` takes the sequence's default.
    pub on_fresh: Option<OnFresh>,
    /// Whether it waits until the new code is deployed.
    pub after_deploy: bool,
    /// Whether older binaries must not run against a database that has it.
    pub breaking: bool,
    /// What the next run does if it was begun and did not end.
    pub on_interrupt: OnInterrupt,
    /// Where `#[migration(n)]` stands.
    pub location: Location,
}

impl MigrationMeta {
    /// Number and name, as people speak of it.
    pub fn id(&self) -> MigrationId {
        MigrationId { version: self.version, name: self.name.to_owned() }
    }

    /// Whether `fingerprint` is this migration's text, or a text it is known to have had.
    pub fn accepts(&self, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint || self.was.contains(&fingerprint)
    }
}

/// Number and name of a migration, as records and plans hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MigrationId {
    /// Its number.
    pub version: Version,
    /// The function's name.
    pub name: String,
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04} {}", self.version.get(), self.name)
    }
}
