//! Plans as a person reads them, whole.

use super::*;
use crate::diff::Change;
use crate::history::Freshness;
use crate::migration::{MigrationId, Version};
use crate::plan::{
    Accepted, Action, Ahead, Estimate, Limit, Pace, Passage, PlannedMigration, PlannedStep, Postponed, Reached, Unknown,
};
use crate::schema::{
    Aspect, Billing, Delta, GlobalIndex, Hazard, IndexKey, IndexName, KeyElement, PrimaryKey, Projection, ScalarType, Setting,
    SettingChange, StreamView, TableClass, TableName, TableSchema, Throughput,
};

pub(in super::super) fn id(number: u32, name: &str) -> MigrationId {
    MigrationId { version: Version::new(number), name: name.to_owned() }
}

pub(in super::super) fn empty() -> Plan {
    Plan {
        sequence: "shop".to_owned(),
        freshness: Freshness::Settled,
        first_run: false,
        records: Vec::new(),
        expand: Vec::new(),
        migrations: Vec::new(),
        contract: Vec::new(),
        later: Vec::new(),
        not_now: Vec::new(),
        unknown: Vec::new(),
        refusals: Vec::new(),
        notices: Vec::new(),
        ahead: None,
    }
}

fn name(name: &'static str) -> TableName {
    TableName::new(name).unwrap()
}

fn index(name: &'static str) -> IndexName {
    IndexName::new(name).unwrap()
}

pub(in super::super) fn planned(number: u32, name: &str, action: Action) -> PlannedMigration {
    let after_deploy = action == Action::Wait;
    PlannedMigration {
        migration: id(number, name),
        description: format!("Does {number}."),
        action,
        again: (action == Action::RunAgain).then(|| "an earlier run began it".to_owned()),
        after_deploy,
        tables: Vec::new(),
    }
}

fn reached(table: &'static str) -> Reached {
    let what = "its stream is on, and about 1204000 records will be emitted if each item is changed".to_owned();
    let pace = Some(Pace { seconds: 2_408, per_second: 500, of: Limit::WriteUnits });
    let (items, write_units, read_units) = (1_204_000, 1_204_000, 118_000);
    Reached {
        table: name(table),
        accepted: vec![Accepted { hazard: Hazard::StreamRecords, what }],
        estimate: Some(Passage { items, write_units, read_units, pace, once_microdollars: Some(767_250) }),
    }
}

fn plain(step: Step) -> PlannedStep {
    PlannedStep { step, reason: None, accepted: Vec::new(), estimate: None }
}

fn set(table: &'static str, change: SettingChange) -> Step {
    Step::Set { table: name(table), change }
}

fn by_email() -> GlobalIndex {
    let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
    GlobalIndex::new(key, Projection::KeysOnly)
}

fn orders() -> TableSchema {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    let mut orders = TableSchema::new(name("orders"), key).with_creation_defaults();
    orders.stream = Setting::Set(StreamView::KeysOnly);
    orders.table_class = Some(TableClass::StandardInfrequentAccess);
    orders.tags.insert("team".to_owned(), Setting::Set("web".to_owned()));
    orders.warm_throughput = Setting::Set(Throughput { read: 20_000, write: 5_000 });
    orders.global_indexes.insert(index("by-email"), by_email());
    orders
}

fn ttl(attribute: &str) -> SettingChange {
    SettingChange::Ttl(Delta::new(Setting::Off, Setting::Set(attribute.to_owned())))
}

/// A plan with every sort of line.
pub(in super::super) fn rich() -> Plan {
    let mut not_ours = Refusal::new(ErrorKind::NotOwned, "table `users` is here, but no record says that it is ours");
    not_ours.differences = vec![Change::Setting(SettingChange::DeletionProtection(Delta::new(false, true)))];
    let stream = |from, to| SettingChange::Stream(Delta::new(from, to));
    let keys = Setting::Set(StreamView::KeysOnly);
    let tags =
        [("a", "1"), ("b", "2")].map(|(key, value)| (key.to_owned(), Delta::new(Setting::Off, Setting::Set(value.to_owned()))));
    let build = Estimate {
        items: Some(1_200_000),
        seconds: Some(1_000),
        once_microdollars: Some(1_200_000),
        monthly_microdollars: Some(250_000),
    };
    let create = Step::CreateGlobalIndex {
        table: name("customers"),
        index: index("by-email"),
        definition: GlobalIndex { billing: Some(Billing::Provisioned(Throughput { read: 1, write: 2 })), ..by_email() },
        elements: Vec::new(),
    };
    let class = |from, to| SettingChange::TableClass(Delta::new(from, to));
    let accepted =
        vec![Accepted { hazard: Hazard::StreamOff, what: "its stream ends: its consumers get no more records".to_owned() }];
    Plan {
        expand: vec![
            plain(Step::AwaitTable { table: name("busy") }),
            PlannedStep {
                reason: Some("an enabled stream keeps its view".to_owned()),
                accepted,
                ..plain(set("customers", stream(keys, Setting::Off)))
            },
            PlannedStep { estimate: Some(build), ..plain(create) },
            plain(set("customers", SettingChange::Tags { tags: tags.into() })),
            plain(Step::CreateTable { schema: orders() }),
            plain(set("orders", ttl("expires"))),
        ],
        migrations: vec![
            PlannedMigration { tables: vec![reached("customers")], ..planned(1, "load", Action::Run) },
            PlannedMigration {
                tables: vec![reached("customers"), Reached { accepted: Vec::new(), ..reached("orders") }],
                ..planned(2, "split", Action::RunAgain)
            },
            planned(3, "fix", Action::Skip),
            planned(4, "clean", Action::Wait),
        ],
        contract: vec![
            plain(Step::DropGlobalIndex { table: name("customers"), index: index("by-old") }),
            plain(Step::DropTable { table: name("gone"), backup: true, table_id: None }),
        ],
        later: vec![plain(Step::DropTable { table: name("later"), backup: false, table_id: None })],
        not_now: vec![Postponed {
            step: set("customers", class(TableClass::Standard, TableClass::StandardInfrequentAccess)),
            until: Some("2026-03-04T11:00:00Z".parse().unwrap()),
            reason: "the class changes twice in 30 days".to_owned(),
            accepted: Vec::new(),
        }],
        unknown: vec![Unknown {
            table: name("customers"),
            setting: Aspect::Ttl,
            needs: "dynamodb:DescribeTimeToLive".to_owned(),
        }],
        refusals: vec![
            Refusal::new(ErrorKind::ImpossibleInPlace, "table `a`: its key differs").help("copy it\nthen drop it"),
            not_ours.help("adopt it"),
        ],
        notices: vec![Notice::new("table `x` is no longer declared", "--drop x")],
        ..empty()
    }
}

#[test]
fn every_kind_of_line() {
    assert_eq!(
        super::plan(&rich()).to_string(),
        "table busy
  … wait for table busy and its indexes
table customers
  ~ stream: keys_only → off (H104 accepted)
      H104: its stream ends: its consumers get no more records
      an enabled stream keeps its view
  + create index by-email (email S) projection keys_only
      billing provisioned(read = 1, write = 2)
      ~1,200,000 items, ~17 minutes, ~$1.20 once, ~$0.25 a month
  ~ tag a: off → 1
      tag b: off → 2
table orders
  + create table orders (id S)
      global index by-email (email S) projection keys_only
      billing on_demand, table class standard_infrequent_access, stream keys_only, deletion protection
      tag team web
      warm throughput read = 20000, write = 5000
      time to live expires
migrations
  > 0001 load (H114 accepted)  Does 1.
      H114, table customers: its stream is on, and about 1204000 records will be emitted if each item is changed
      table customers: ~1,204,000 items, at most ~1.2 million write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most ~$0.77
  > 0002 split (again: an earlier run began it) (H114 accepted)  Does 2.
      H114, table customers: its stream is on, and about 1204000 records will be emitted if each item is changed
      table customers: ~1,204,000 items, at most ~1.2 million write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most ~$0.77
      table orders: ~1,204,000 items, at most ~1.2 million write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most ~$0.77
  > 0003 fix (only recorded: the database is fresh)  Does 3.
drops
  - drop index customers/by-old
  - drop table gone, its protection lifted, after a backup where the engine has them
waits
  … 0004 clean waits until the new code is deployed
  … drop table later: in another phase
  … set customers, table class: standard → standard_infrequent_access
      not now, until 2026-03-04 11:00 UTC: the class changes twice in 30 days
not known
  ? customers, time to live: unknown (needs dynamodb:DescribeTimeToLive)
note: table `x` is no longer declared
      help: --drop x
refused: `up` would stop before its first write
  ! table `a`: its key differs  [M0302]
      help: copy it
            then drop it
  ? table `users` is here, but no record says that it is ours  [M0303]
      differs: deletion protection: off → on
      help: adopt it
In all: ~3 hours, ~$3.50 once, ~$0.25 a month (list price, us-east-1)
Plan: 2 to create, 2 to change, 2 to drop, 3 migrations; 2 refused.
"
    );
}

#[test]
fn refusals_are_errors_each() {
    let mut not_ours = Refusal::new(ErrorKind::NotOwned, "table `users` is here").help("adopt it");
    not_ours.differences = vec![Change::Setting(SettingChange::DeletionProtection(Delta::new(false, true)))];
    let refusals = vec![Refusal::new(ErrorKind::ImpossibleInPlace, "table `a`: its key differs").help("copy it"), not_ours];
    assert_eq!(
        super::refusals(&Plan { refusals, ..empty() }).to_string(),
        "error[M0302]: table `a`: its key differs
help: copy it
error[M0303]: table `users` is here
  = differs: deletion protection: off → on
help: adopt it
error: refused before the first write: nothing was done
"
    );
}

#[test]
fn the_last_line_counts_one_in_the_singular() {
    let plan = Plan { migrations: vec![planned(1, "load", Action::Run)], ..empty() };
    assert!(super::plan(&plan).to_string().ends_with("Plan: 0 to create, 0 to change, 0 to drop, 1 migration.\n"));
}

#[test]
fn a_newer_database_is_said_loudly() {
    let ahead = Ahead { database: Version::new(9), binary: Some(Version::new(7)) };
    let text = super::plan(&Plan { ahead: Some(ahead), ..empty() }).to_string();
    assert!(text.starts_with("WARNING: the database is ahead"), "{text}");
}

#[test]
fn without_estimates_nothing_is_said_of_money() {
    let text = super::plan(&rich().without_estimates()).to_string();
    assert!(!text.contains('$') && !text.contains("In all") && !text.contains("~17"), "{text}");
}

#[test]
fn each_of_two_replaced_indexes_gets_its_own_hazard() {
    let drop = |name_of: &str| {
        let accepted = Accepted { hazard: Hazard::IndexReplaced, what: format!("index {name_of} is deleted and built anew") };
        let step = Step::DropGlobalIndex { table: name("customers"), index: IndexName::new(name_of.to_owned()).unwrap() };
        PlannedStep { accepted: vec![accepted], ..plain(step) }
    };
    let text = super::plan(&Plan { expand: vec![drop("by-day"), drop("by-day-2")], ..empty() });
    assert!(
        text.to_string().starts_with(
            "table customers
  - drop index by-day (H110 accepted)
      H110: index by-day is deleted and built anew
  - drop index by-day-2 (H110 accepted)
      H110: index by-day-2 is deleted and built anew
"
        ),
        "{text}"
    );
}
