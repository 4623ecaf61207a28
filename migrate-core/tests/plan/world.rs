//! A pure stand-in for an account and for the migrator: it applies one step at a time, checks by rules of its own that the step is legal,
//! writes the records around it, and can be killed before any write.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use migrate_core::history::{Counts, Entry, Record, RunInfo};
use migrate_core::migration::{Edited, Location, Management, MigrationMeta, OnFresh, OnInterrupt, SequenceInfo, Version};
use migrate_core::plan::{Action, Declared, Droppable, Observed, Phase, Plan, PlannedStep, Request, plan};
use migrate_core::schema::{
    Aspect, Billing, Encryption, IndexName, KeyElement, LiveTable, MaxThroughput, Naming, PrimaryKey, Recovery, ScalarType,
    TableClass, TableName, TableSchema,
};
use migrate_core::step::Step;

use super::rules;

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
    SequenceInfo {
        name: "shop",
        first: Version::new(1),
        on_fresh: OnFresh::Skip,
        edited: Edited::Warn,
        management: Management::Manage,
        location: HERE,
    }
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
        on_interrupt: OnInterrupt::Run,
        location: HERE,
    }
}

/// As DynamoDB would describe a table that was made like this: nothing is unknown.
pub fn live(schema: TableSchema, id: Option<&str>) -> LiveTable {
    let stated = schema.clone();
    let mut schema = schema.with_creation_defaults();
    // What is there by itself shows too.
    schema.warm_throughput = stated.warm_throughput;
    for (name, index) in &mut schema.global_indexes {
        index.warm_throughput = stated.global_indexes[name].warm_throughput;
    }
    let mode = schema.billing.unwrap();
    schema.billing = Some(known(mode));
    for index in schema.global_indexes.values_mut() {
        let stated = index.billing.filter(|billing| billing.same_mode(&mode));
        index.billing = Some(known(stated.unwrap_or(match mode {
            Billing::OnDemand(_) => Billing::ON_DEMAND,
            Billing::Provisioned(_) => mode,
        })));
        index.contributor_insights = index.contributor_insights.or_off();
        index.warm_throughput = index.warm_throughput.or_off();
    }
    schema.attributes.clear();
    schema.handling = Default::default();
    schema.stream = schema.stream.or_off();
    schema.ttl = schema.ttl.or_off();
    schema.table_class = schema.table_class.or(Some(TableClass::Standard));
    schema.encryption = schema.encryption.or(Some(Encryption::AwsOwned));
    schema.point_in_time_recovery =
        schema.point_in_time_recovery.or_off().map(|found| Recovery { days: found.days.or(Some(35)) });
    schema.tags.retain(|_, value| value.value().is_some());
    schema.warm_throughput = schema.warm_throughput.or_off();
    schema.contributor_insights = schema.contributor_insights.or_off();
    schema.resource_policy = schema.resource_policy.or_off();
    schema.kinesis_stream = schema.kinesis_stream.or_off();
    schema.replicas = schema.replicas.or_off();
    LiveTable { table_id: id.map(str::to_owned), ..LiveTable::new(schema) }
}

pub fn known(billing: Billing) -> Billing {
    match billing {
        Billing::OnDemand(max) => Billing::OnDemand(MaxThroughput { read: max.read.or_off(), write: max.write.or_off() }),
        Billing::Provisioned(_) => billing,
    }
}

/// Killed.
#[derive(Debug)]
pub struct Crash;

#[derive(Clone, Debug)]
pub struct World {
    pub declared: Declared,
    pub observed: Observed,
    pub request: Request,
    /// Settings that the engine cannot hold.
    pub incapable: BTreeSet<Aspect>,
    /// Whether it takes no setting with CreateTable that has a call of its own.
    pub picky: bool,
    /// How many writes are left before the process is killed.
    pub writes_left: Option<usize>,
    pub ids: u32,
}

impl World {
    pub fn new() -> Self {
        let request = Request::of(Phase::All);
        let declared = Declared {
            sequence: sequence(),
            naming: Naming::default(),
            no_drops: false,
            tables: BTreeMap::new(),
            drops: BTreeSet::new(),
            migrations: BTreeMap::new(),
            reach: BTreeMap::new(),
            rollbacks: BTreeMap::new(),
        };
        Self {
            declared,
            observed: Observed::default(),
            request,
            incapable: BTreeSet::new(),
            picky: false,
            writes_left: None,
            ids: 0,
        }
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
            run: RunInfo { caller: Some("ana".to_owned()), ..RunInfo::default() },
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
            } else if let Some(PlannedStep { step, .. }) = plan.expand.first() {
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
                        rules::nobody_is_called_unasked(self, meta.version);
                        self.record(Entry::MigrationStarted { migration: meta.id(), fingerprint: meta.fingerprint.to_owned() })?;
                        self.record(applied(&meta))?;
                    }
                    Action::Wait => unreachable!("what waits is not due"),
                }
            } else if let Some(PlannedStep { step, .. }) = plan.contract.first() {
                self.perform(step)?;
                done.push(step.clone());
            }
        }
        panic!("no end in sight: {:#?}", self.plan());
    }

    fn perform(&mut self, step: &Step) -> Result<(), Crash> {
        rules::legal(self, step);
        if self.unable(step) {
            self.observed.unsupported.push(step.clone());
            return Ok(());
        }
        let (table, change) = (step.table().clone(), step.to_string());
        // On another sequence's table only single indexes are ours.
        let elsewhere = !self.observed.history.tables().contains_key(&table);
        let table_id = self.observed.tables.get(&table).and_then(|live| live.table_id.clone());
        match step {
            Step::CreateGlobalIndex { index, .. } if elsewhere => {
                let (table, index) = (table.clone(), index.clone());
                self.record(Entry::IndexCreating { table, table_id: table_id.clone(), index })?;
            }
            Step::DropGlobalIndex { index, .. } if elsewhere => {
                let (table, index) = (table.clone(), index.clone());
                self.record(Entry::IndexDropping { table, table_id: table_id.clone(), index })?;
            }
            Step::CreateTable { .. } => self.record(Entry::TableCreating { table: table.clone() })?,
            Step::DropTable { table_id, .. } => {
                self.record(Entry::TableDropping { table: table.clone(), table_id: table_id.clone() })?;
            }
            Step::AwaitTable { .. } => {}
            _ => self.record(Entry::TableChanging { table: table.clone(), change: change.clone() })?,
        }
        self.tick()?;
        rules::begin(self, step);
        self.tick()?;
        rules::settle(self, &table);
        match step {
            Step::CreateGlobalIndex { index, .. } if elsewhere => {
                self.record(Entry::IndexCreated { table, table_id, index: index.clone() })
            }
            Step::DropGlobalIndex { index, .. } if elsewhere => {
                self.record(Entry::IndexDropped { table, table_id, index: index.clone() })
            }
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
        if let Step::CreateTable { schema } = step {
            return self.picky && *schema != schema.clone().bare();
        }
        step.aspect().is_some_and(|aspect| self.incapable.contains(&aspect))
    }

    pub fn consents(&self, droppable: &Droppable) -> bool {
        self.declared.drops.contains(droppable) || self.request.consent.contains(droppable)
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
