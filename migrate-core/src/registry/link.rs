//! From what is linked to sequences, sorted and checked; the only room that walks `inventory`.

use std::collections::BTreeMap;

use super::check::{self, RegistryError};
use super::entry::MigrationEntry;
use super::rollback::RollbackEntry;
use super::sequence::Sequence;
use super::shared;
use crate::error::Error;
#[cfg(feature = "cli")]
use crate::migration::MigrationMeta;
use crate::migration::{self, Edited, Location, Management, OnFresh, SequenceInfo, Version};
use crate::schema::{DropEntry, IndexName, TableEntry, TableName, TableSchema};

impl Sequence {
    /// The sequence of a crate that has `migrations!()`: `Sequence::of(shop::Migrations)`, with all that is linked for it.
    ///
    /// # Errors
    /// What is linked cannot be run: a number is missing or there twice, a table is declared twice, nothing is there at all.
    pub fn of<S: migration::Sequence>(_: S) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let sequence = collect(S::INFO, &mut problems);
        check::sequence(&sequence, &mut problems);
        check::refuse(problems).map(|()| sequence)
    }

    /// A sequence that is put together by hand instead of by `inventory`, without migrations.
    ///
    /// Tests use it to bring a database to an earlier state of the application.
    pub fn of_tables(name: &'static str, tables: impl IntoIterator<Item = TableSchema>) -> Result<Self, Error> {
        let location = Location { file: "a sequence made by hand", line: 0 };
        let first = Version::new(1);
        let info =
            SequenceInfo { name, first, on_fresh: OnFresh::Skip, edited: Edited::Warn, management: Management::Manage, location };
        let mut problems = Vec::new();
        let mut sequence = Self::empty(info);
        for table in tables {
            if let Some(twice) = sequence.tables.insert(table.name.clone(), table) {
                problems.push(RegistryError::TableTwice { table: twice.name, first: location, second: location });
            }
        }
        check::sequence(&sequence, &mut problems);
        check::refuse(problems).map(|()| sequence)
    }
}

/// The sequences that a binary names, in that order, and those that are linked besides.
#[derive(Debug)]
pub struct Linked {
    /// Those that run.
    pub sequences: Vec<Sequence>,
    /// Linked, but not named: not run.
    pub not_run: Vec<&'static SequenceInfo>,
}

/// Collects what is linked for the named sequences, sorts it and checks it: all problems at once.
pub fn linked(named: &[&SequenceInfo]) -> Result<Linked, Error> {
    let mut problems = Vec::new();
    let mut infos: BTreeMap<&str, &'static SequenceInfo> = BTreeMap::new();
    for info in inventory::iter::<SequenceInfo> {
        if let Some(first) = infos.insert(info.name, info) {
            problems.push(RegistryError::SequenceTwice { name: info.name, first: first.location, second: info.location });
        }
    }
    let mut sequences: Vec<Sequence> = Vec::new();
    for info in named {
        // What is registered goes by the name: of two that share it, it would all seem to be there twice.
        if sequences.iter().any(|known| known.name() == info.name) {
            continue;
        }
        let sequence = collect(info, &mut problems);
        check::sequence(&sequence, &mut problems);
        sequences.push(sequence);
    }
    let linked = |sequence: &str| sequences.iter().any(|known| known.name() == sequence);
    let declared = inventory::iter::<TableEntry>.into_iter().filter(|entry| linked(entry.sequence));
    let declared = declared.map(|entry| (entry.sequence, entry.location, (entry.schema)())).collect();
    shared::check(declared, &mut problems);
    let not_run = infos.into_values().filter(|info| named.iter().all(|named| named.name != info.name)).collect();
    check::refuse(problems).map(|()| Linked { sequences, not_run })
}

/// What is linked for a sequence, as it stands: in no order and unchecked.
#[cfg(feature = "cli")]
pub(crate) fn of(sequence: &str) -> impl Iterator<Item = &'static MigrationMeta> {
    inventory::iter::<MigrationEntry>.into_iter().filter(move |entry| entry.sequence == sequence).map(|entry| &entry.meta)
}

fn collect(info: &SequenceInfo, problems: &mut Vec<RegistryError>) -> Sequence {
    let mut sequence = Sequence::empty(*info);
    let mut places: BTreeMap<TableName, Location> = BTreeMap::new();
    for entry in inventory::iter::<TableEntry> {
        if entry.sequence == info.name {
            let schema = (entry.schema)();
            if let Some(first) = places.insert(schema.name.clone(), entry.location) {
                problems.push(RegistryError::TableTwice { table: schema.name.clone(), first, second: entry.location });
            }
            sequence.tables.insert(schema.name.clone(), schema);
        }
    }
    for entry in inventory::iter::<DropEntry> {
        if entry.sequence == info.name {
            sequence.drops.insert((TableName::checked(entry.table), entry.index.map(IndexName::checked)));
        }
    }
    for entry in inventory::iter::<MigrationEntry> {
        if entry.sequence == info.name
            && let Some(first) = sequence.migrations.insert(entry.meta.version, entry)
        {
            problems.push(RegistryError::NumberTwice {
                version: entry.meta.version,
                first: first.meta.location,
                second: entry.meta.location,
            });
        }
    }
    for entry in inventory::iter::<RollbackEntry> {
        if entry.sequence == info.name
            && let Some(first) = sequence.rollbacks.insert(entry.version, entry)
        {
            let (version, first, second) = (entry.version, first.location, entry.location);
            problems.push(RegistryError::RollbackTwice { version, first, second });
        }
    }
    sequence
}
