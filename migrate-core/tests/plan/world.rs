//! A pure stand-in for an account and for the migrator: it applies one step at a time, checks by rules of its own that the step is legal,
//! writes the records around it, and can be killed before any write.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use migrate_core::history::{Counts, Entry, Record, RunInfo};
use migrate_core::migration::{Edited, Location, MigrationMeta, OnFresh, SequenceInfo, Version};
use migrate_core::plan::{Action, Declared, Droppable, Observed, Phase, Plan, Request, plan};
use migrate_core::schema::{
    Billing, IndexName, KeyElement, LiveTable, Naming, PrimaryKey, ScalarType, Setting, Status, TableName, TableSchema,
};
use migrate_core::step::Step;

pub fn table_name(name: &str) -> TableName {
    TableName::new(name.to_owned()).unwrap()
}

pub fn index_name(name: &str) -> IndexName {
    IndexName::new(name.to_owned()).unwrap()
}

pub fn element(name: &str, scalar: ScalarType) -> KeyElement {
    KeyElement::new(name, scalar)
}

pub fn schema(name: &str) -> TableSchema {
    TableSchema::new(table_name(name), PrimaryKey { partition: element("id", ScalarType::S), sort: None })
}

pub const HERE: Location = Location { file: "src/migrations.rs", line: 7 };

pub fn sequence() -> SequenceInfo {
    SequenceInfo { name: "shop", first: Version::new(1), on_fresh: OnFresh::Skip, edited: Edited::Warn, location: HERE }
}

pub const NAMES: [&str; 10] =
    ["zero", "load", "lowercase_emails", "split_name", "add_region", "clean_up", "count_orders", "seven", "eight", "nine"];
pub const PRINTS: [&str; 10] = ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"];

pub fn meta(number: u32) -> MigrationMeta {
    MigrationMeta {
        version: Version::new(number),
        name: NAMES[number as usize % 10],
        description: "",
        fingerprint: PRINTS[number as usize % 10],
        was: &[],
        on_fresh: None,
        after_deploy: false,
        breaking: false,
        location: HERE,
    }
}

pub fn live(schema: TableSchema, id: Option<&str>) -> LiveTable {
    let mut schema = schema.with_creation_defaults();
    schema.attributes.clear();
    if schema.stream.is_unmanaged() {
        schema.stream = Setting::Off;
    }
    if schema.ttl.is_unmanaged() {
        schema.ttl = Setting::Off;
    }
    LiveTable { schema, status: Status::Active, index_status: BTreeMap::new(), table_id: id.map(str::to_owned), item_count: 0 }
}

/// Killed.
#[derive(Debug)]
pub struct Crash;

#[derive(Clone, Debug)]
pub struct World {
    pub declared: Declared,
    pub observed: Observed,
    pub request: Request,
    /// Settings that the engine cannot hold: `stream`, `ttl`, `protection`.
    pub incapable: BTreeSet<&'static str>,
    /// How many writes are left before the process is killed.
    pub writes_left: Option<usize>,
    pub ids: u32,
}

impl World {
    pub fn new() -> Self {
        let request = Request { phase: Phase::All, to: None, consent: BTreeSet::new() };
        let declared = Declared {
            sequence: sequence(),
            naming: Naming::default(),
            no_drops: false,
            tables: BTreeMap::new(),
            drops: BTreeSet::new(),
            migrations: BTreeMap::new(),
        };
        Self { declared, observed: Observed::default(), request, incapable: BTreeSet::new(), writes_left: None, ids: 0 }
    }

    pub fn plan(&self) -> Plan {
        plan(&self.declared, &self.observed, &self.request)
    }

    pub fn declare(mut self, schema: TableSchema) -> Self {
        self.declared.tables.insert(schema.name.clone(), schema);
        self
    }

    pub fn migrations(mut self, metas: impl IntoIterator<Item = MigrationMeta>) -> Self {
        self.declared.migrations.extend(metas.into_iter().map(|meta| (meta.version, meta)));
        self
    }

    pub fn found(mut self, table: LiveTable) -> Self {
        self.observed.tables.insert(table.schema.name.clone(), table);
        self
    }

    pub fn settled(self) -> Self {
        self.recorded(Entry::SequenceStarted { fresh_up_to: None })
    }

    pub fn owned(self, table: &str, id: Option<&str>) -> Self {
        self.recorded(Entry::TableAdopted { table: table_name(table), table_id: id.map(str::to_owned) })
    }

    pub fn recorded(mut self, entry: Entry) -> Self {
        self.append(entry);
        self
    }

    pub fn started(self, meta: MigrationMeta) -> Self {
        self.recorded(Entry::MigrationStarted { migration: meta.id(), fingerprint: meta.fingerprint.to_owned() })
    }

    pub fn failed(self, meta: MigrationMeta) -> Self {
        let entry = Entry::MigrationFailed {
            migration: meta.id(),
            fingerprint: meta.fingerprint.to_owned(),
            error: "no such item".to_owned(),
        };
        self.started(meta).recorded(entry)
    }

    pub fn applied(self, meta: MigrationMeta) -> Self {
        self.started(meta).recorded(applied(&meta))
    }

    fn append(&mut self, entry: Entry) {
        let record = Record {
            number: self.observed.history.next_number(),
            at: Timestamp::UNIX_EPOCH,
            epoch: 1,
            run: RunInfo::default(),
            text: entry.to_string(),
            entry,
        };
        self.observed.history.append(record).unwrap_or_else(|conflict| panic!("illegal record: {conflict}"));
    }

    fn tick(&mut self) -> Result<(), Crash> {
        match &mut self.writes_left {
            None => Ok(()),
            Some(0) => Err(Crash),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    fn record(&mut self, entry: Entry) -> Result<(), Crash> {
        self.tick()?;
        self.append(entry);
        Ok(())
    }

    /// Does what `up` does until nothing is left; returns the steps that were done. A plan may refuse only before the first of them.
    pub fn up(&mut self) -> Result<Vec<Step>, Crash> {
        let mut done = Vec::new();
        for turn in 0..400 {
            let plan = self.plan();
            if !plan.refusals.is_empty() {
                assert_eq!(turn, 0, "refused after the first write: {:#?}", plan.refusals);
                return Ok(done);
            }
            if plan.is_empty() {
                return Ok(done);
            }
            if plan.first_run {
                let fresh_up_to = match plan.freshness {
                    migrate_core::history::Freshness::Fresh { up_to } => Some(up_to),
                    migrate_core::history::Freshness::Settled => None,
                };
                self.record(Entry::SequenceStarted { fresh_up_to })?;
            } else if !plan.records.is_empty() {
                plan.records.into_iter().try_for_each(|entry| self.record(entry))?;
            } else if let Some(step) = plan.expand.first() {
                self.perform(step)?;
                done.push(step.clone());
            } else if let Some(migration) = plan.due().next() {
                let meta = self.declared.migrations[&migration.migration.version];
                match migration.action {
                    Action::Skip => self.record(Entry::MigrationSkipped {
                        migration: meta.id(),
                        fingerprint: meta.fingerprint.to_owned(),
                        breaking: false,
                    })?,
                    Action::Run | Action::RunAgain => {
                        self.record(Entry::MigrationStarted { migration: meta.id(), fingerprint: meta.fingerprint.to_owned() })?;
                        self.record(applied(&meta))?;
                    }
                    Action::Wait => unreachable!("what waits is not due"),
                }
            } else if let Some(step) = plan.contract.first() {
                self.perform(step)?;
                done.push(step.clone());
            }
        }
        panic!("no end in sight: {:#?}", self.plan());
    }

    fn perform(&mut self, step: &Step) -> Result<(), Crash> {
        self.legal(step);
        if self.unable(step) {
            self.observed.unsupported.push(step.clone());
            return Ok(());
        }
        let (table, change) = (step.table().clone(), step.to_string());
        match step {
            Step::CreateTable { .. } => self.record(Entry::TableCreating { table: table.clone() })?,
            Step::DropTable { table_id, .. } => {
                self.record(Entry::TableDropping { table: table.clone(), table_id: table_id.clone() })?;
            }
            Step::AwaitTable { .. } => {}
            _ => self.record(Entry::TableChanging { table: table.clone(), change: change.clone() })?,
        }
        self.tick()?;
        self.begin(step);
        self.tick()?;
        self.settle(&table);
        match step {
            Step::CreateTable { .. } => {
                let table_id = self.observed.tables[&table].table_id.clone();
                self.record(Entry::TableCreated { table, table_id })
            }
            Step::DropTable { .. } => self.record(Entry::TableDropped { table }),
            Step::AwaitTable { .. } => Ok(()),
            _ => self.record(Entry::TableChanged { table, change }),
        }
    }

    fn unable(&self, step: &Step) -> bool {
        self.incapable.contains(match step {
            Step::EnableStream { .. } | Step::DisableStream { .. } => "stream",
            Step::EnableTtl { .. } | Step::DisableTtl { .. } => "ttl",
            Step::SetDeletionProtection { .. } => "protection",
            _ => "",
        })
    }

    /// DynamoDB's rules, written down a second time.
    fn legal(&self, step: &Step) {
        let name = step.table();
        let found = self.observed.tables.get(name);
        if let Step::CreateTable { schema } = step {
            assert!(found.is_none(), "{step}: it is there");
            assert!(schema.billing.is_some() && schema.deletion_protection.is_some(), "{step}: something is left to default");
            return;
        }
        let found = found.unwrap_or_else(|| panic!("{step}: there is no such table"));
        if let Step::AwaitTable { .. } = step {
            assert!(!found.is_settled(), "{step}: nothing to wait for");
            return;
        }
        assert!(found.is_settled(), "{step}: the table is not at rest: {found:#?}");
        let live = &found.schema;
        match step {
            Step::CreateGlobalIndex { index, definition, elements, throughput, .. } => {
                assert!(
                    !live.global_indexes.contains_key(index) && !live.local_indexes.contains_key(index),
                    "{step}: name taken"
                );
                assert!(live.global_indexes.len() < 20, "{step}: limit");
                let mut types: BTreeMap<&str, ScalarType> = BTreeMap::new();
                let local = live.local_indexes.values().map(|index| &index.sort);
                let global = live.global_indexes.values().chain([definition]).flat_map(|index| index.key.attributes());
                for element in live.key.attributes().chain(local).chain(global) {
                    let before = types.insert(&element.name, element.scalar);
                    assert!(before.is_none_or(|before| before == element.scalar), "{step}: {} has two types", element.name);
                }
                let sent: BTreeMap<&str, ScalarType> = elements.iter().map(|e| (e.name.as_str(), e.scalar)).collect();
                assert_eq!((sent.len(), &sent), (elements.len(), &types), "{step}: not the full list of definitions");
                assert_eq!(throughput.is_some(), matches!(live.billing, Some(Billing::Provisioned(_))), "{step}: throughput");
            }
            Step::DropGlobalIndex { index, .. } => {
                assert!(live.global_indexes.contains_key(index), "{step}: no such index");
                assert!(self.consents(&Droppable::Index(name.clone(), index.clone())), "{step}: without consent");
            }
            Step::EnableStream { .. } => assert!(!matches!(live.stream, Setting::Set(_)), "{step}: it is on"),
            Step::DisableStream { .. } => assert!(matches!(live.stream, Setting::Set(_)), "{step}: it is off"),
            Step::EnableTtl { .. } => assert!(!matches!(live.ttl, Setting::Set(_)), "{step}: it is on"),
            Step::DisableTtl { attribute, .. } => assert_eq!(live.ttl, Setting::Set(attribute.clone()), "{step}"),
            Step::SetDeletionProtection { enabled, .. } => assert_ne!(live.deletion_protection, Some(*enabled), "{step}"),
            Step::DropTable { table_id, .. } => {
                assert_eq!(found.table_id, *table_id, "{step}: another table");
                assert!(self.consents(&Droppable::Table(name.clone())), "{step}: without consent");
            }
            _ => unreachable!("judged above"),
        }
    }

    pub fn consents(&self, droppable: &Droppable) -> bool {
        self.declared.drops.contains(droppable) || self.request.consent.contains(droppable)
    }

    fn begin(&mut self, step: &Step) {
        if let Step::CreateTable { schema } = step {
            self.ids += 1;
            let mut table = live(TableSchema { ttl: Setting::Off, ..schema.clone() }, Some(&format!("new-{}", self.ids)));
            if self.incapable.contains("stream") {
                table.schema.stream = Setting::Unmanaged;
            }
            if self.incapable.contains("ttl") {
                table.schema.ttl = Setting::Unmanaged;
            }
            if self.incapable.contains("protection") {
                table.schema.deletion_protection = None;
            }
            table.status = Status::Creating;
            table.index_status = table.schema.global_indexes.keys().map(|index| (index.clone(), Status::Creating)).collect();
            self.observed.tables.insert(schema.name.clone(), table);
            return;
        }
        let table = self.observed.tables.get_mut(step.table()).unwrap();
        match step {
            Step::CreateGlobalIndex { index, definition, .. } => {
                table.schema.global_indexes.insert(index.clone(), definition.clone());
                table.index_status.insert(index.clone(), Status::Creating);
            }
            Step::DropGlobalIndex { index, .. } => {
                table.index_status.insert(index.clone(), Status::Deleting);
            }
            Step::EnableStream { view, .. } => table.schema.stream = Setting::Set(*view),
            Step::DisableStream { .. } => table.schema.stream = Setting::Off,
            Step::EnableTtl { attribute, .. } => table.schema.ttl = Setting::Set(attribute.clone()),
            Step::DisableTtl { .. } => table.schema.ttl = Setting::Off,
            Step::SetDeletionProtection { enabled, .. } => table.schema.deletion_protection = Some(*enabled),
            Step::DropTable { .. } => table.status = Status::Deleting,
            _ => {}
        }
    }

    fn settle(&mut self, name: &TableName) {
        let table = self.observed.tables.get_mut(name).unwrap();
        if table.status == Status::Deleting {
            self.observed.tables.remove(name);
            return;
        }
        table.status = Status::Active;
        let LiveTable { schema, index_status, .. } = table;
        schema.global_indexes.retain(|index, _| index_status.get(index) != Some(&Status::Deleting));
        index_status.clear();
    }
}

pub fn applied(meta: &MigrationMeta) -> Entry {
    Entry::MigrationApplied {
        migration: meta.id(),
        fingerprint: meta.fingerprint.to_owned(),
        breaking: meta.breaking,
        duration_ms: 1,
        counts: Counts::default(),
        tables: Vec::new(),
    }
}
