//! Tables that somebody else makes and changes (`schema = verify`): what is enough, and what a person reads where it is not.

use migrate_core::history::Entry;
use migrate_core::plan::{Droppable, Phase};
use migrate_core::schema::{
    Aspect, Billing, Encryption, LiveTable, LocalIndex, Management, Projection, ScalarType, Setting, Status, StreamView,
    TableSchema, Throughput,
};

use super::texts::{by, by_email, indexed, reads};
use super::world::{World, element, index_name, live, meta, schema, table_name};

fn verified(mut schema: TableSchema) -> TableSchema {
    schema.handling.management = Management::Verify;
    schema
}

/// Somebody else's table, found where the code wants `declared` of it.
fn elsewhere(found: LiveTable, declared: TableSchema) -> World {
    World::new().settled().found(found).declare(verified(declared)).migrations([meta(1)])
}

fn include(names: &[&str]) -> Projection {
    Projection::Include(names.iter().map(|name| (*name).to_owned()).collect())
}

const RUNS: &str = "Run 0001 load";

#[test]
fn what_is_there_needs_no_owner_and_migrations_run_on_it() {
    let mut wanted = indexed(schema("orders"), "by-email", by_email());
    (wanted.stream, wanted.ttl) = (Setting::Set(StreamView::NewImage), Setting::Set("until".to_owned()));
    reads(&elsewhere(live(wanted.clone(), Some("t-1")), wanted.clone()), RUNS);
    let mut theirs = elsewhere(live(wanted.clone(), None), wanted);
    theirs.observed.owned_elsewhere.insert(table_name("orders"), "billing".to_owned());
    reads(&theirs, RUNS);
}

#[test]
fn more_than_is_needed_is_nobodys_business() {
    let mut wanted = indexed(schema("orders"), "by-email", by_email());
    wanted = indexed(wanted, "by-city", by(&[("city", ScalarType::S)], include(&["name", "id"])));
    wanted.stream = Setting::Set(StreamView::NewImage);
    let mut found = indexed(schema("orders"), "by-email", by(&[("email", ScalarType::S)], Projection::All));
    found = indexed(found, "by-city", by(&[("city", ScalarType::S)], include(&["name", "zip"])));
    found = indexed(found, "by-zip", by(&[("zip", ScalarType::S)], Projection::All));
    found.stream = Setting::Set(StreamView::NewAndOldImages);
    found.tags.insert("made-by".to_owned(), Setting::Set("terraform".to_owned()));
    reads(&elsewhere(live(found, None), wanted), RUNS);
}

#[test]
fn what_is_not_there_or_other_is_refused_once_per_table() {
    let mut wanted = schema("orders");
    wanted.key.sort = Some(element("at", ScalarType::N));
    wanted = indexed(wanted, "by-email", by_email());
    wanted = indexed(wanted, "by-city", by(&[("city", ScalarType::S)], Projection::All));
    let local = LocalIndex { sort: element("size", ScalarType::N), projection: Projection::All };
    wanted.local_indexes.insert(index_name("by-size"), local);
    (wanted.stream, wanted.ttl) = (Setting::Set(StreamView::NewImage), Setting::Set("until".to_owned()));
    let mut found = indexed(schema("orders"), "by-city", by(&[("city", ScalarType::S)], include(&["name"])));
    found.stream = Setting::Set(StreamView::OldImage);
    reads(&elsewhere(live(found, None), wanted), "
        Run 0001 load
        error[M0308]: table `orders` is made elsewhere (`schema = verify`), and is not as the code needs it: key: (id S) → (id S, at N); global index by-city: (city S) projection include(name) → (city S) projection all; global index by-email: none → (email S) projection keys_only; local index by-size: none → (size N) projection all; stream: old_image → new_image; time to live: off → until
          help: make it so where the table is declared (Terraform, CDK …), and run this again
          help: or let this code change it: `#[table(schema = manage)]`, and `migrate baseline 0` brings it under ownership");
}

#[test]
fn items_do_not_expire_where_the_code_says_that_they_must_not() {
    let (mut wanted, mut found) = (schema("orders"), schema("orders"));
    (wanted.ttl, wanted.stream) = (Setting::Off, Setting::Off);
    (found.ttl, found.stream) = (Setting::Set("until".to_owned()), Setting::Set(StreamView::KeysOnly));
    reads(&elsewhere(live(found, None), wanted), "
        Run 0001 load
        error[M0308]: table `orders` is made elsewhere (`schema = verify`), and is not as the code needs it: time to live: until → off
          help: make it so where the table is declared (Terraform, CDK …), and run this again
          help: or let this code change it: `#[table(schema = manage)]`, and `migrate baseline 0` brings it under ownership
        note: table `orders` is made elsewhere, and is not as the code states it: stream: keys_only → off
          help: nothing is changed here: change it where the table is declared, or leave it out of the code");
}

#[test]
fn other_settings_that_differ_are_notices() {
    let (mut wanted, mut found) = (schema("orders"), schema("orders"));
    wanted.billing = Some(Billing::ON_DEMAND);
    wanted.encryption = Some(Encryption::AwsManaged);
    wanted.handling.ignore.insert(Aspect::Encryption);
    wanted.deletion_protection = Some(true);
    found.billing = Some(Billing::Provisioned(Throughput { read: 5, write: 1 }));
    found.deletion_protection = Some(false);
    reads(
        &elsewhere(live(found, None), wanted),
        "
        Run 0001 load
        note: table `orders` is made elsewhere, and is not as the code states it: deletion protection: off → on; billing: provisioned(read = 5, write = 1) → on_demand
          help: nothing is changed here: change it where the table is declared, or leave it out of the code",
    );
}

#[test]
fn what_may_not_be_read_or_the_engine_cannot_tell_is_not_judged() {
    let mut wanted = schema("orders");
    (wanted.stream, wanted.ttl) = (Setting::Set(StreamView::NewImage), Setting::Set("until".to_owned()));
    let mut found = live(schema("orders"), None);
    found.schema.stream = Setting::Unmanaged;
    found.unknown.insert(Aspect::Ttl, "dynamodb:DescribeTimeToLive".to_owned());
    reads(
        &elsewhere(found, wanted),
        "
        Run 0001 load
        unknown time to live of orders (needs dynamodb:DescribeTimeToLive)
        note: table `orders` is made elsewhere, and is not as the code states it: stream: off → new_image
          help: nothing is changed here: change it where the table is declared, or leave it out of the code",
    );
}

#[test]
fn one_that_is_missing_or_goes_or_is_stuck() {
    let mut world = elsewhere(live(schema("orders"), None), schema("orders"));
    let found = world.observed.tables.remove(&table_name("orders")).unwrap();
    let again = "
          help: make it where it is declared (Terraform, CDK …), with key (id S), and run this again; is this the account and the region that you mean?
          help: or let this code make it: `#[table(schema = manage)]`; in one environment alone: `schema = \"manage\"` in `[env.NAME.tables.orders]` of migrate.toml";
    let says = |what: &str| format!("Run 0001 load\n        error[M0308]: {what}{again}");
    reads(&world, &says("table `orders` is made elsewhere (`schema = verify`), and is not there"));
    let world = world.found(LiveTable { status: Status::Deleting, ..found.clone() });
    reads(&world, &says("table `orders` is made elsewhere (`schema = verify`), and is being deleted"));
    let world = world.found(LiveTable { status: Status::Other("ARCHIVED".to_owned()), ..found });
    reads(
        &world,
        &says(
            "table `orders` is made elsewhere (`schema = verify`), and is in state ARCHIVED, which it does not leave by itself",
        ),
    );
}

#[test]
fn one_that_is_being_made_is_waited_for_and_one_that_is_being_changed_is_not() {
    let wanted = indexed(schema("orders"), "by-email", by_email());
    let whole = live(wanted.clone(), None);
    let waits = "
        expand wait for table orders and its indexes
        Run 0001 load";
    reads(&elsewhere(LiveTable { status: Status::Creating, ..whole.clone() }, wanted.clone()), waits);
    let mut building = whole.clone();
    building.index_status.insert(index_name("by-email"), Status::Creating);
    let mut world = elsewhere(building, wanted.clone());
    reads(&world, waits);
    world.request.phase = Phase::After;
    assert_eq!(world.plan().expand.len(), 1, "to wait is no work of the other phase");
    reads(&elsewhere(LiveTable { status: Status::Updating, ..whole }, wanted.clone()), RUNS);
    let mut other = indexed(wanted.clone(), "by-zip", by(&[("zip", ScalarType::S)], Projection::All));
    other.stream = Setting::Off;
    let mut other = live(other, None);
    other.index_status.insert(index_name("by-zip"), Status::Creating);
    reads(&elsewhere(other, wanted.clone()), RUNS);
    let bare = LiveTable { status: Status::Updating, ..live(schema("orders"), None) };
    reads(&elsewhere(bare, wanted), "
        Run 0001 load
        error[M0308]: table `orders` is made elsewhere (`schema = verify`), and is not as the code needs it: global index by-email: none → (email S) projection keys_only
          help: it is being changed right now: if that brings it, run this again when that is done
          help: make it so where the table is declared (Terraform, CDK …), and run this again
          help: or let this code change it: `#[table(schema = manage)]`, and `migrate baseline 0` brings it under ownership");
}

#[test]
fn one_that_was_ours_is_let_go_and_may_come_back() {
    let world = World::new().settled().found(live(schema("orders"), Some("t-1"))).owned("orders", Some("t-1"));
    let given = world.clone().declare(verified(schema("orders")));
    reads(
        &given,
        "
        note: table `orders` was made or adopted here, and is only verified now (`schema = verify`): its record stays
          help: with `schema = manage` it is changed by this code again; see that it is declared elsewhere meanwhile",
    );
    reads(&world.declare(schema("orders")), "");
    let made_anew = given.found(live(schema("orders"), Some("t-2")));
    assert!(made_anew.plan().refusals.is_empty(), "which table it is matters to its owner alone");
}

#[test]
fn it_is_never_dropped_from_here() {
    let found = indexed(schema("orders"), "by-email", by_email());
    let mut world = elsewhere(live(found, None), schema("orders"));
    world.request.consent.insert(Droppable::Table(table_name("orders")));
    reads(
        &world,
        "
        Run 0001 load
        error[M0308]: table `orders` is named for a drop, and is made elsewhere (`schema = verify`): nothing of it is dropped here
          help: drop it where the table is declared (Terraform, CDK …), and take the drop out here",
    );
    world.request.consent = [Droppable::Index(table_name("orders"), index_name("by-email"))].into();
    let index = "
        Run 0001 load
        error[M0308]: index `orders/by-email` is named for a drop, and is on a table that is made elsewhere (`schema = verify`): nothing of it is dropped here
          help: drop it where the table is declared (Terraform, CDK …), and take the drop out here";
    reads(&world, index);
    world.declared.drops = std::mem::take(&mut world.request.consent);
    reads(&world, index);
    let gone = world.found(live(schema("orders"), None));
    reads(&gone, RUNS);
}

#[test]
fn data_without_a_history_is_asked_about_there_too() {
    let mut world = World::new().declare(verified(schema("orders"))).found(live(schema("orders"), None)).migrations([meta(1)]);
    reads(&world, "Skip 0001 load");
    world.observed.with_data.insert(table_name("orders"));
    reads(
        &world,
        "
        Run 0001 load
        error[M0305]: orders holds data, but there is no history: nobody knows which migrations that data has seen
          help: if the data is in the form that the code expects today: `migrate baseline 1`
          help: if it is older: `migrate baseline N` with the last of the migrations up to 1 that it has seen; the rest will run",
    );
    let begun = world.recorded(Entry::SequenceStarted { fresh_up_to: None });
    reads(&begun, RUNS);
}
