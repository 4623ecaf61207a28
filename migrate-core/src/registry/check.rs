//! What the compiler cannot see and must be known before anything else happens: each rule once, all offenders at once.

use super::sequence::Sequence;
use crate::error::{Error, ErrorKind};
use crate::migration::{Location, OnFresh, Version};
use crate::schema::{self, IndexName, TableName};

/// Why what is linked cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Nothing is linked for a sequence.
    #[error(
        "sequence `{name}` ({location}) has neither a table nor a migration; an empty set never means that tables are to be dropped"
    )]
    Empty {
        /// The sequence.
        name: &'static str,
        /// Its `migrations!()`.
        location: Location,
    },
    /// A sequence's name becomes part of keys, where `#` and `/` say what belongs to it.
    #[error("the sequence `{}` ({location}) has a name that is not 1 to 255 letters, digits, `_`, `.` or `-`", name.escape_debug())]
    SequenceName {
        /// The sequence.
        name: &'static str,
        /// Its `migrations!()`.
        location: Location,
    },
    /// Two crates bring a sequence of the same name.
    #[error("two crates bring a sequence named `{name}`: {first} and {second}")]
    SequenceTwice {
        /// The name.
        name: &'static str,
        /// One `migrations!()`.
        first: Location,
        /// The other.
        second: Location,
    },
    /// Two migrations have one number.
    #[error("migration {version} is there twice: {first} and {second}")]
    NumberTwice {
        /// The number.
        version: Version,
        /// One.
        first: Location,
        /// The other.
        second: Location,
    },
    /// A number is missing.
    #[error("migration {missing} of sequence `{sequence}` is missing, but {next} is there ({location})")]
    NumberMissing {
        /// The sequence.
        sequence: &'static str,
        /// The number.
        missing: Version,
        /// Its successor.
        next: Version,
        /// Where that stands.
        location: Location,
    },
    /// Two rollbacks have one number.
    #[error("the rollback of migration {version} is there twice: {first} and {second}")]
    RollbackTwice {
        /// The number.
        version: Version,
        /// One.
        first: Location,
        /// The other.
        second: Location,
    },
    /// A rollback's migration is not linked.
    #[error("a rollback of migration {version} of sequence `{sequence}` is there ({location}), but not that migration")]
    RollbackAlone {
        /// The sequence.
        sequence: &'static str,
        /// The number.
        version: Version,
        /// Where the rollback stands.
        location: Location,
    },
    /// Two structs declare one table.
    #[error("table `{table}` is declared twice: {first} and {second}")]
    TableTwice {
        /// The table.
        table: TableName,
        /// One.
        first: Location,
        /// The other.
        second: Location,
    },
    /// A table is another sequence's, and what says so names the wrong one.
    #[error("table `{table}` is declared with `owner = \"{named}\"` ({location}), but {owner}")]
    WrongOwner {
        /// The table.
        table: TableName,
        /// The owner that is named.
        named: String,
        /// Where that stands.
        location: Location,
        /// Whose it is instead.
        owner: String,
    },
    /// Two sequences declare one index of a table that they share.
    #[error("index `{table}/{index}` is declared twice: {first} and {second}")]
    IndexTwice {
        /// The table.
        table: TableName,
        /// The index.
        index: IndexName,
        /// One.
        first: Location,
        /// The other.
        second: Location,
    },
    /// A migration is skipped on a fresh database behind one that runs there.
    #[error(
        "migration {later} ({location}) is skipped on a fresh database although {earlier} before it runs there and brings data"
    )]
    SkippedBehindRun {
        /// The one that runs.
        earlier: Version,
        /// The one that does not.
        later: Version,
        /// Where that stands.
        location: Location,
    },
    /// A schema that DynamoDB does not take.
    #[error("table `{table}`: {problem}")]
    Schema {
        /// The table.
        table: TableName,
        /// What is wrong.
        problem: String,
    },
}

impl RegistryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty { .. } => ErrorKind::EmptyRegistry,
            Self::SequenceTwice { .. } | Self::NumberTwice { .. } | Self::RollbackTwice { .. } => ErrorKind::DuplicateMigration,
            Self::NumberMissing { .. } | Self::RollbackAlone { .. } => ErrorKind::MissingNumber,
            Self::TableTwice { .. } | Self::WrongOwner { .. } | Self::IndexTwice { .. } => ErrorKind::DuplicateTable,
            Self::SkippedBehindRun { .. } => ErrorKind::OnFreshOrder,
            Self::Schema { .. } | Self::SequenceName { .. } => ErrorKind::InvalidName,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Empty { .. } => {
                "is a module missing (`mod tables;`), or behind a `cfg`? a crate that the binary does not name in `main!(…)` is not linked"
            }
            Self::SequenceTwice { .. } => "give one another name: `migrations!(name = \"..\")`",
            Self::SequenceName { .. } => "name it: `migrate_core::migrations!(name = \"shop\")`",
            Self::NumberTwice { .. } => "give the later one the next free number",
            Self::NumberMissing { .. } => "bring it back, or renumber those behind it if none was ever applied anywhere",
            Self::RollbackTwice { .. } => "leave one of them: a migration is taken back in one way",
            Self::RollbackAlone { .. } => "bring the migration back, or take its rollback away too",
            Self::TableTwice { .. } => {
                "declare it in one place; other code can use that struct, or `.of::<Shape>()`; another sequence that brings indexes of its own says `owner = \"..\"`"
            }
            Self::WrongOwner { .. } => "one sequence declares it without `owner`, and all others name that one",
            Self::IndexTwice { .. } => "leave it to one of them: an index has one owner",
            Self::SkippedBehindRun { .. } => "mark it `on_fresh = run`: it must meet the data that the earlier one brought",
            Self::Schema { .. } => "mend the `#[table(...)]` attribute",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
struct Problems(Vec<RegistryError>);

/// An error that names every problem, if there is any.
pub(super) fn refuse(problems: Vec<RegistryError>) -> Result<(), Error> {
    let Some(kind) = problems.first().map(RegistryError::kind) else { return Ok(()) };
    let mut help: Vec<&str> = problems.iter().map(RegistryError::help).collect();
    help.dedup();
    let error = Error::new(kind, Problems(problems));
    Err(help.into_iter().fold(error, Error::with_help))
}

/// Checks one sequence.
pub(super) fn sequence(sequence: &Sequence, problems: &mut Vec<RegistryError>) {
    let info = &sequence.info;
    // A package may be called what the macro would refuse.
    if !schema::is_sequence_name(info.name) {
        problems.push(RegistryError::SequenceName { name: info.name, location: info.location });
    }
    if sequence.tables.is_empty() && sequence.migrations.is_empty() {
        problems.push(RegistryError::Empty { name: info.name, location: info.location });
    }
    for table in sequence.tables.values() {
        if let Some(named) = table.handling.owner.clone().filter(|owner| owner == info.name) {
            let owner = "that is this sequence itself".to_owned();
            problems.push(RegistryError::WrongOwner { table: table.name.clone(), named, location: info.location, owner });
        }
        let problems_of = schema::check(table).into_iter().map(|problem| problem.to_string());
        problems.extend(problems_of.map(|problem| RegistryError::Schema { table: table.name.clone(), problem }));
    }
    let mut expected = info.first;
    let mut runs: Option<Version> = None;
    for (&version, entry) in &sequence.migrations {
        let location = entry.meta.location;
        if version > expected {
            problems.push(RegistryError::NumberMissing { sequence: info.name, missing: expected, next: version, location });
        }
        expected = version.next();
        match (entry.meta.on_fresh.unwrap_or(info.on_fresh), runs) {
            (OnFresh::Run, _) => runs = Some(version),
            (OnFresh::Skip, Some(earlier)) => {
                problems.push(RegistryError::SkippedBehindRun { earlier, later: version, location });
            }
            (OnFresh::Skip, None) => {}
        }
    }
    let alone = sequence.rollbacks.iter().filter(|(version, _)| !sequence.migrations.contains_key(version));
    problems.extend(alone.map(|(&version, entry)| {
        let (sequence, location) = (info.name, entry.location);
        RegistryError::RollbackAlone { sequence, version, location }
    }));
}
