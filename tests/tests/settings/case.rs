//! A row of the table: a declaration, edited stage by stage, and what the live table shows afterwards; it never knows an engine.

use migrate_core::schema::{
    Billing, GlobalIndex, Hazard, IndexKey, KeyElement, MaxThroughput, Projection, ScalarType, Setting, TableSchema, Throughput,
};
use migrate_tests::scenario::{customers, index_name};

/// One setting.
pub struct Case {
    pub name: &'static str,
    /// The declaration that it begins with.
    pub base: TableSchema,
    pub stages: Vec<Stage>,
    /// Whether the table holds an item whose `expires` and `until` are past.
    pub items: bool,
}

/// One edit of the declaration.
pub struct Stage {
    pub word: &'static str,
    pub declare: fn(&mut TableSchema),
    /// Facts of the live table, see [`crate::seen`].
    pub shows: &'static [(&'static str, &'static str)],
    /// What has to be accepted; without that it is refused.
    pub hazard: Option<Hazard>,
    /// How often `up` has to be run, with an hour between two runs.
    pub runs: usize,
    /// The table needs no change for it.
    pub idle: bool,
    pub drop: Option<Drop>,
}

/// What the code no longer declares, and names for a drop.
#[derive(Clone, Copy)]
pub enum Drop {
    Table,
    Index(&'static str),
}

pub fn case(name: &'static str, base: TableSchema, stages: impl IntoIterator<Item = Stage>) -> Case {
    Case { name, base, stages: stages.into_iter().collect(), items: false }
}

pub fn stage(word: &'static str, declare: fn(&mut TableSchema), shows: &'static [(&'static str, &'static str)]) -> Stage {
    Stage { word, declare, shows, hazard: None, runs: 1, idle: false, drop: None }
}

impl Case {
    pub fn with_items(self) -> Self {
        Self { items: true, ..self }
    }
}

impl Stage {
    pub fn accepting(self, hazard: Hazard) -> Self {
        Self { hazard: Some(hazard), ..self }
    }

    pub fn in_two_runs(self) -> Self {
        Self { runs: 2, ..self }
    }

    pub fn idle(self) -> Self {
        Self { idle: true, ..self }
    }

    pub fn dropping(self, drop: Drop) -> Self {
        Self { drop: Some(drop), ..self }
    }
}

/// A table with the global index `by-email` that says nothing else.
pub fn plain() -> TableSchema {
    let mut table = customers();
    table.global_indexes.insert(index_name("by-email"), by("email"));
    table
}

/// The same on provisioned capacity, 5/5.
pub fn provisioned_5() -> TableSchema {
    TableSchema { billing: Some(provisioned(5, 5)), ..plain() }
}

pub fn by(attribute: &str) -> GlobalIndex {
    let key = IndexKey { partition: vec![KeyElement::new(attribute, ScalarType::S)], sort: Vec::new() };
    GlobalIndex::new(key, Projection::All)
}

/// The index `by-email` of a declaration.
pub fn by_email(table: &mut TableSchema) -> &mut GlobalIndex {
    table.global_indexes.get_mut(&index_name("by-email")).expect("the index by-email")
}

pub const fn provisioned(read: u64, write: u64) -> Billing {
    Billing::Provisioned(Throughput { read, write })
}

pub const fn maximum(read: u64, write: u64) -> Billing {
    Billing::OnDemand(MaxThroughput { read: Setting::Set(read), write: Setting::Set(write) })
}

pub const fn warm(read: u64, write: u64) -> Setting<Throughput> {
    Setting::Set(Throughput { read, write })
}
