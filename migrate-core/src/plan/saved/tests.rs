//! Of every sort of thing that a plan depends on: changed, and named.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::model::{Basis, FORMAT, Place, SavedPlan};
use super::read::Unreadable;
use crate::history::{Entry, History, Record, RunInfo};
use crate::migration::{Edited, Location, Management, MigrationMeta, OnFresh, OnInterrupt, SequenceInfo, Version};
use crate::plan::model::{Declared, Observed, Phase, Request};
use crate::plan::plan;
use crate::schema::{
    Aspect, Billing, Delta, GlobalIndex, Hazard, IndexKey, IndexName, KeyElement, LiveTable, MaxThroughput, Naming, PrimaryKey,
    Projection, ScalarType, Setting, SettingChange, StreamView, TableName, TableSchema, Throughput,
};
use crate::step::Step;

const HERE: Location = Location { file: "src/lib.rs", line: 1 };
const SHOP: SequenceInfo = SequenceInfo {
    name: "shop",
    first: Version::new(1),
    on_fresh: OnFresh::Skip,
    edited: Edited::Warn,
    management: Management::Manage,
    location: HERE,
};

/// A database, a program and a wish.
#[derive(Clone)]
pub(super) struct World {
    place: Place,
    management: TableName,
    declared: Declared,
    observed: Observed,
    request: Request,
}

fn name(name: &'static str) -> TableName {
    TableName::checked(name)
}

fn table(of: &'static str) -> TableSchema {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    TableSchema::new(name(of), key)
}

fn index() -> GlobalIndex {
    GlobalIndex::new(
        IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() },
        Projection::KeysOnly,
    )
}

fn migration(number: u32, fingerprint: &'static str) -> (Version, MigrationMeta) {
    let version = Version::new(number);
    let (description, was, on_fresh) = ("", &[] as &[&str], None);
    let (after_deploy, breaking, on_interrupt, location) = (false, false, OnInterrupt::Run, HERE);
    let name = "change";
    let meta =
        MigrationMeta { version, name, description, fingerprint, was, on_fresh, after_deploy, breaking, on_interrupt, location };
    (version, meta)
}

fn record(number: u64, entry: Entry) -> Record {
    let run = RunInfo { run_id: "run-1".to_owned(), ..RunInfo::default() };
    Record { number, at: "2026-01-02T03:04:05Z".parse().unwrap(), epoch: 1, run, text: entry.to_string(), entry }
}

fn history(records: &[Entry]) -> History {
    History::from_records(records.iter().zip(1..).map(|(entry, number)| record(number, entry.clone()))).unwrap()
}

fn past() -> Vec<Entry> {
    let customers = name("customers");
    vec![
        Entry::SequenceStarted { fresh_up_to: None },
        Entry::TableAdopted { table: customers, table_id: Some("id-1".to_owned()) },
        Entry::SchemaApplied { revision: "r-1".to_owned(), last: None },
    ]
}

/// Of `customers` time to live and a tag are managed and differ, an index is missing; `orders` is to be made; migrations 1 and 2 are pending.
pub(super) fn world() -> World {
    let mut customers = table("customers");
    customers.ttl = Setting::Set("until".to_owned());
    customers.handling.accept.insert(Hazard::TtlOn);
    customers.tags.insert("team".to_owned(), Setting::Set("web".to_owned()));
    customers.global_indexes.insert(IndexName::checked("by-email"), index());
    let mut live = table("customers");
    (live.ttl, live.stream, live.deletion_protection) = (Setting::Off, Setting::Off, Some(true));
    live.tags.insert("owner".to_owned(), Setting::Set("anna".to_owned()));
    let live = LiveTable { table_id: Some("id-1".to_owned()), ..LiveTable::new(live) };
    let place = |text: &str| Some(text.to_owned());
    World {
        place: Place { engine: "aws".to_owned(), account: place("1"), region: place("eu-west-1"), at: None },
        management: name("migrations"),
        declared: Declared {
            sequence: SHOP,
            naming: Naming::default(),
            tables: [customers, table("orders")].map(|table| (table.name.clone(), table)).into(),
            no_drops: false,
            drops: Default::default(),
            migrations: [migration(1, "text-1"), migration(2, "text-2")].into(),
            reach: Default::default(),
            rollbacks: Default::default(),
        },
        observed: Observed { tables: [(name("customers"), live)].into(), history: history(&past()), ..Observed::default() },
        request: Request::of(Phase::All),
    }
}

pub(super) fn saved(world: &World) -> SavedPlan {
    let World { place, management, declared, observed, request } = world;
    let plan = plan(declared, observed, request);
    assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
    SavedPlan::of(Basis { place, environment: None, management, declared, observed, request }, &plan)
}

/// What is said after a change of the world.
fn after(change: impl FnOnce(&mut World)) -> Vec<String> {
    let mut other = world();
    change(&mut other);
    let World { place, management, declared, observed, request } = &other;
    let plan = plan(declared, observed, request);
    let now = SavedPlan::of(Basis { place, environment: None, management, declared, observed, request }, &plan);
    saved(&world()).differences(&now)
}

fn customers(world: &mut World) -> &mut LiveTable {
    world.observed.tables.get_mut("customers").unwrap()
}

#[test]
fn what_is_kept_reads_back_and_is_the_same_for_the_same_state() {
    let plan = saved(&world());
    assert_eq!(SavedPlan::decode(plan.encode().as_bytes()), Ok(plan.clone()));
    assert_eq!(saved(&world()).encode(), plan.encode());
    assert_eq!(after(|_| {}), Vec::<String>::new());
    for part in ["\"format\": 1", "\"by-email\"", "\"text-2\"", "\"id-1\"", "\"run-1\""] {
        assert!(plan.encode().contains(part), "{part}: {}", plan.encode());
    }
}

#[test]
fn whatever_differs_is_named() {
    let stream = |setting| move |world: &mut World| customers(world).schema.stream = setting;
    assert_eq!(after(stream(Setting::Set(StreamView::KeysOnly))), Vec::<String>::new(), "the code says nothing of it");
    let one = |change: fn(&mut World)| after(change).join(" | ");
    assert_eq!(one(|w| w.place.account = Some("2".to_owned())), "account: the plan is for `1`, and this is `2`");
    assert_eq!(one(|w| w.place.account = None), "account: the plan is for `1`, and this is none");
    assert_eq!(one(|w| w.place.region = Some("x".to_owned())), "region: the plan is for `eu-west-1`, and this is `x`");
    assert_eq!(one(|w| w.place.at = Some("x".to_owned())), "database: the plan is for none, and this is `x`");
    assert_eq!(one(|w| w.management = name("other")), "the history is in table `other`, and was in `migrations`");
    assert_eq!(
        one(|w| w.observed.history.append(record(4, Entry::SchemaApplied { revision: "r".to_owned(), last: None })).unwrap()),
        "the history was at record 3, and is at record 4, written 2026-01-02T03:04:05Z"
    );
    assert_eq!(one(|w| customers(w).table_id = None), "table `customers` was made again: it has another id");
    assert!(one(|w| w.observed.tables.clear()).contains("table `customers` is gone"));
    assert_eq!(
        one(|w| customers(w).schema.ttl = Setting::Set("until".to_owned())),
        "table `customers` was found «time to live: off → until», and is as declared"
    );
    assert_eq!(
        one(|w| drop(customers(w).schema.tags.insert("team".to_owned(), Setting::Set("x".to_owned())))),
        "table `customers` was found «tag team: off → web», and is «tag team: x → web»"
    );
    assert!(
        one(|w| drop(customers(w).unknown.insert(Aspect::Ttl, "y".to_owned())))
            .contains("time to live: plan and run with the same rights")
    );
    let code = |w: &mut World, change: fn(&mut TableSchema)| change(w.declared.tables.get_mut("customers").unwrap());
    let edited = after(|w| code(w, |table| table.stream = Setting::Set(StreamView::KeysOnly)));
    assert_eq!(edited[0], "the code declares table `customers` otherwise: stream");
    assert_eq!(one(|w| drop(w.declared.tables.remove("orders"))), "the code no longer declares table `orders`");
    assert_eq!(
        one(|w| drop(w.declared.tables.insert(name("bills"), table("bills")))),
        "the code declares table `bills`, and did not"
    );
    assert_eq!(one(|w| w.declared.migrations.extend([migration(2, "text-3")])), "migration 0002 change was edited");
    assert_eq!(one(|w| w.declared.migrations.extend([migration(3, "x")])), "the code has a new migration 0003 change");
    assert_eq!(
        one(|w| w.declared.migrations.retain(|version, _| *version < Version::new(2))),
        "the code no longer has migration 0002 change"
    );
    let breaking = |w: &mut World| w.declared.migrations.values_mut().for_each(|meta| meta.breaking = true);
    assert!(after(breaking).join(" ").contains("migration 0001 change is marked otherwise"));
    assert_eq!(one(|w| w.request.backup = false), "something else is asked for");
}

#[test]
fn what_nobody_manages_makes_no_plan_stale() {
    let free = after(|world| {
        let live = customers(world);
        live.schema.tags.insert("owner".to_owned(), Setting::Set("bo".to_owned()));
        live.schema.global_indexes.insert(IndexName::checked("by-hand"), index());
        live.schema.billing = Some(Billing::Provisioned(Throughput { read: 5, write: 5 }));
        (live.item_count, live.size_bytes) = (9, 9_000);
        live.stream_arn = Some("arn".to_owned());
        world.observed.at = "2027-01-01T00:00:00Z".parse().unwrap();
        world.declared.migrations.values_mut().for_each(|meta| meta.description = "More words.");
        (world.request.budget.changes, world.request.local) = (Some(7), true);
    });
    assert_eq!(free, Vec::<String>::new());
}

#[test]
fn where_all_else_is_equal_what_would_be_done_is_compared() {
    let mut now = saved(&world());
    let plan = now.clone();
    let set = |to: &str| Step::Set {
        table: name("customers"),
        change: SettingChange::Ttl(Delta::new(Setting::Off, Setting::Set(to.to_owned()))),
    };
    now.work.expand.retain(|step| *step != set("until"));
    now.work.expand.push(set("other"));
    now.work.hazards.clear();
    now.work.migrations.pop();
    let said = plan.differences(&now);
    assert_eq!(said[0], "it would be done now, and is not in the plan: set customers, time to live: off → other");
    assert_eq!(said[1], "it is in the plan, and would not be done now: set customers, time to live: off → until");
    assert_eq!(said[2..], ["other migrations would be run now", "hazard H109 of table `customers` is not what it was"]);
    // What DynamoDB did not take then it may take now.
    let mut later = plan.clone();
    later.work.expand.retain(|step| *step != set("until"));
    later.work.not_now.push(set("until"));
    assert_eq!((plan.differences(&later), later.differences(&plan)), (Vec::new(), Vec::new()));
}

#[test]
fn a_step_is_known_again_by_what_it_leads_to() {
    let plan = saved(&world());
    let set = |table, change| Step::Set { table: name(table), change };
    let ttl = |to: &str| SettingChange::Ttl(Delta::new(Setting::Set("x".to_owned()), Setting::Set(to.to_owned())));
    assert!(plan.covers(&set("customers", ttl("until"))) && !plan.covers(&set("customers", ttl("other"))));
    assert!(plan.covers(&set("orders", ttl("other"))), "it makes that table, and the code is compared by itself");
    assert!(plan.covers(&Step::AwaitTable { table: name("any") }));
    let build = |of, definition| Step::CreateGlobalIndex {
        table: name("customers"),
        index: IndexName::checked(of),
        definition,
        elements: Vec::new(),
    };
    assert!(plan.covers(&build("by-email", GlobalIndex { billing: Some(Billing::ON_DEMAND), ..index() })));
    assert!(!plan.covers(&build("by-email", GlobalIndex { projection: Projection::All, ..index() })));
    assert!(!plan.covers(&build("by-town", index())));
    let limits = |of: &'static str| {
        let limits = Delta::new(Billing::ON_DEMAND, Billing::OnDemand(MaxThroughput::OFF));
        SettingChange::Capacity { table: None, indexes: [(IndexName::checked(of), limits)].into() }
    };
    assert!(plan.covers(&set("customers", limits("by-email"))) && !plan.covers(&set("customers", limits("by-town"))));
    let tags = |keys: &[&str]| {
        let tag = |key: &&str| ((*key).to_owned(), Delta::new(Setting::Off, Setting::Set("web".to_owned())));
        SettingChange::Tags { tags: keys.iter().map(tag).collect::<BTreeMap<_, _>>() }
    };
    assert!(plan.covers(&set("customers", tags(&["team"]))) && !plan.covers(&set("customers", tags(&["team", "more"]))));
    for step in [
        Step::DropGlobalIndex { table: name("customers"), index: IndexName::checked("by-email") },
        Step::DropTable { table: name("customers"), backup: true, table_id: None },
        Step::CreateTable { schema: table("bills") },
    ] {
        assert!(!plan.covers(&step), "{step}");
    }
}

#[test]
fn another_format_is_told() {
    let other = saved(&world()).encode().replacen("\"format\": 1", "\"format\": 7, \"more\": []", 1);
    assert_eq!(SavedPlan::decode(other.as_bytes()), Err(Unreadable::OtherFormat { found: 7 }));
    let more = saved(&world()).encode().replacen("\"format\": 1", "\"format\": 1, \"more\": []", 1);
    assert!(matches!(SavedPlan::decode(more.as_bytes()), Err(Unreadable::NoPlan(why)) if why.contains("unknown field `more`")));
    assert_eq!(SavedPlan::decode(&vec![b' '; SavedPlan::LONGEST + 1]), Err(Unreadable::TooLong));
    assert_eq!(FORMAT, 1, "a new form has a new number, and the old one is told apart");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400), depth in 0usize..3_000) {
        let _ = SavedPlan::decode(&bytes);
        let _ = SavedPlan::decode(format!("{{\"format\":1,\"work\":{}", "[".repeat(depth)).as_bytes());
    }

    #[test]
    fn a_plan_that_was_tampered_with_is_read_as_it_stands_or_not_at_all(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let plan = saved(&world());
        let mut text = plan.encode().into_bytes();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = byte }
        if let Ok(read) = SavedPlan::decode(&text) {
            prop_assert_eq!(SavedPlan::decode(read.encode().as_bytes()), Ok(read));
        }
    }
}
