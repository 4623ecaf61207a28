//! What a person reads of changed settings: their order, their hazards, what DynamoDB does not take now.

use jiff::SignedDuration;
use migrate_core::plan::Expiring;
use migrate_core::schema::{
    Aspect, Billing, Decreases, Encryption, Hazard, MaxThroughput, Projection, Recovery, ScalarType, Setting, StreamView,
    TableClass, TableSchema, Throughput,
};

use super::generate::NOW;
use super::texts::{by, by_email, indexed, ours, reads};
use super::world::{World, schema, table_name};

const fn provisioned(read: u64, write: u64) -> Option<Billing> {
    Some(Billing::Provisioned(Throughput { read, write }))
}

fn accepting(mut schema: TableSchema, hazards: &[Hazard]) -> TableSchema {
    schema.handling.accept.extend(hazards);
    schema
}

fn counted(mut world: World, items: u64, past: u64) -> World {
    world.observed.expiring.insert(table_name("orders"), Expiring { items, past });
    world
}

fn risky() -> (TableSchema, TableSchema) {
    let mut found = schema("orders");
    (found.stream, found.ttl) = (Setting::Set(StreamView::KeysOnly), Setting::Set("until".to_owned()));
    found.point_in_time_recovery = Setting::Set(Recovery { days: None });
    found.replicas = Setting::Set(["eu-west-1".to_owned()].into());
    let mut wanted = schema("orders");
    (wanted.stream, wanted.ttl) = (Setting::Set(StreamView::NewImage), Setting::Set("expires_at".to_owned()));
    (wanted.point_in_time_recovery, wanted.replicas) = (Setting::Off, Setting::Off);
    wanted.encryption = Some(Encryption::Customer("arn:aws:kms:eu-west-1:1:key/1".to_owned()));
    (found, wanted)
}

#[test]
fn what_cannot_be_taken_back_is_asked_for_by_name() {
    let (found, wanted) = risky();
    let world = counted(ours(found, wanted), 1000, 20);
    reads(
        &world,
        "
        error[M0301]: H103, table `orders`: without point-in-time recovery every earlier point to go back to is lost
          help: if that is meant: `migrate up --accept orders:H103` once, or `#[table(accept(H103))]` on its struct
          help: docs/hazards.md explains H103
        error[M0301]: H105, table `orders`: a stream keeps its view for life: keys_only is switched off and new_image on, under a new ARN, which its consumers must be told
          help: if that is meant: `migrate up --accept orders:H105` once, or `#[table(accept(H105))]` on its struct
          help: docs/hazards.md explains H105
        error[M0301]: H106, table `orders`: the replica in eu-west-1 is removed with its data; whoever reads it there finds nothing
          help: if that is meant: `migrate up --accept orders:H106` once, or `#[table(accept(H106))]` on its struct
          help: docs/hazards.md explains H106
        error[M0301]: H108, table `orders`: its key becomes another, aws_owned → kms(arn:aws:kms:eu-west-1:1:key/1): whoever may not use the new key cannot read the table any more
          help: if that is meant: `migrate up --accept orders:H108` once, or `#[table(accept(H108))]` on its struct
          help: docs/hazards.md explains H108
        error[M0301]: H109, table `orders`: 1000 items hold a number in `expires_at` already, and about 20 items would expire within days of `ttl = expires_at`; what is past by more than five years never does
          help: if that is meant: `migrate up --accept orders:H109` once, or `#[table(accept(H109))]` on its struct
          help: docs/hazards.md explains H109",
    );
}

#[test]
fn what_was_accepted_is_done_in_the_order_that_works() {
    let (found, wanted) = risky();
    let all = [Hazard::RecoveryOff, Hazard::StreamCycle, Hazard::ReplicaRemoved, Hazard::KeyChange, Hazard::TtlOn];
    let mut world = counted(ours(found, accepting(wanted, &all[..4])), 1000, 20);
    // The last one by the command line.
    world.request.accept.insert((table_name("orders"), all[4]));
    reads(&world, "
        expand set orders, replica in eu-west-1: on → off
        expand set orders, stream: keys_only → off
        expand set orders, stream: off → new_image
        expand set orders, encryption: aws_owned → kms(arn:aws:kms:eu-west-1:1:key/1)
        expand set orders, time to live: until → off
        expand set orders, point-in-time recovery: on(days = 35) → off
        not now: set orders, time to live: off → expires_at: a change of time to live takes up to an hour, in which DynamoDB takes no other
        accepted H103, orders: without point-in-time recovery every earlier point to go back to is lost
        accepted H105, orders: a stream keeps its view for life: keys_only is switched off and new_image on, under a new ARN, which its consumers must be told
        accepted H106, orders: the replica in eu-west-1 is removed with its data; whoever reads it there finds nothing
        accepted H108, orders: its key becomes another, aws_owned → kms(arn:aws:kms:eu-west-1:1:key/1): whoever may not use the new key cannot read the table any more
        accepted H109, orders: 1000 items hold a number in `expires_at` already, and about 20 items would expire within days of `ttl = expires_at`; what is past by more than five years never does");
    world.up().unwrap();
    reads(&world, "
        not now: set orders, time to live: off → expires_at: a change of time to live takes up to an hour, in which DynamoDB takes no other
        accepted H109, orders: 1000 items hold a number in `expires_at` already, and about 20 items would expire within days of `ttl = expires_at`; what is past by more than five years never does");
}

#[test]
fn time_to_live_of_an_attribute_that_nobody_holds_is_no_hazard() {
    let mut wanted = schema("orders");
    wanted.ttl = Setting::Set("expires_at".to_owned());
    let world = ours(schema("orders"), wanted);
    reads(&counted(world.clone(), 0, 0), "expand set orders, time to live: off → expires_at");
    reads(
        &world,
        "
        error[M0301]: H109, table `orders`: how many items hold a number in `expires_at` already was not counted: the table is too large for that; those whose time is past would expire
          help: if that is meant: `migrate up --accept orders:H109` once, or `#[table(accept(H109))]` on its struct
          help: docs/hazards.md explains H109",
    );
}

#[test]
fn to_provisioned_every_index_goes_along_and_new_ones_after() {
    let found = indexed(schema("orders"), "by-email", by_email());
    let mut wanted = indexed(found.clone(), "by-city", by(&[("city", ScalarType::S)], Projection::All));
    wanted.billing = provisioned(5, 1);
    wanted.global_indexes.get_mut("by-email").unwrap().billing = provisioned(2, 2);
    let mut world = ours(found, wanted);
    reads(&world, "
        expand set orders, billing: on_demand → provisioned(read = 5, write = 1), billing of index by-email: on_demand → provisioned(read = 2, write = 2)
        expand create index orders/by-city (city S) projection all");
    world.up().unwrap();
    reads(&world, "");
    let wanted = world.declared.tables.get_mut("orders").unwrap();
    wanted.billing = Some(Billing::OnDemand(MaxThroughput { read: Setting::Set(100), write: Setting::Unmanaged }));
    wanted.global_indexes.get_mut("by-email").unwrap().billing = None;
    reads(&world, "expand set orders, billing: provisioned(read = 5, write = 1) → on_demand(max_read = 100)");
    world.up().unwrap();
    reads(&world, "");
    world.declared.tables.get_mut("orders").unwrap().billing = Some(Billing::OnDemand(MaxThroughput::OFF));
    reads(&world, "expand set orders, billing: on_demand(max_read = 100) → on_demand");
}

#[test]
fn too_many_decreases_are_put_off_and_the_rest_goes_on() {
    let mut found = schema("orders");
    found.billing = provisioned(10, 10);
    let mut wanted = found.clone();
    (wanted.billing, wanted.table_class) = (provisioned(10, 5), Some(TableClass::StandardInfrequentAccess));
    let mut world = ours(found, wanted);
    world.observed.at = NOW;
    let minutes_ago = NOW - SignedDuration::from_mins(20);
    world.observed.tables.get_mut("orders").unwrap().recent.decreases = Decreases { today: 4, last: Some(minutes_ago) };
    reads(&world, "
        expand set orders, table class: standard → standard_infrequent_access
        not now until 2026-01-01T12:40:00Z: set orders, billing: provisioned(read = 10, write = 10) → provisioned(read = 10, write = 5): capacity may be decreased four times a day, and then once an hour without a decrease, 27 times in all");
    // An increase is never put off.
    world.declared.tables.get_mut("orders").unwrap().billing = provisioned(10, 50);
    reads(
        &world,
        "
        expand set orders, table class: standard → standard_infrequent_access
        expand set orders, billing: provisioned(read = 10, write = 10) → provisioned(read = 10, write = 50)",
    );
}

#[test]
fn what_may_not_be_read_is_unknown_and_the_rest_goes_on() {
    let mut wanted = schema("orders");
    (wanted.ttl, wanted.table_class) = (Setting::Set("expires_at".to_owned()), Some(TableClass::StandardInfrequentAccess));
    let mut world = ours(schema("orders"), wanted);
    let live = world.observed.tables.get_mut("orders").unwrap();
    live.unknown.insert(Aspect::Ttl, "dynamodb:DescribeTimeToLive".to_owned());
    live.schema.ttl = Setting::Unmanaged;
    reads(
        &world,
        "
        expand set orders, table class: standard → standard_infrequent_access
        unknown time to live of orders (needs dynamodb:DescribeTimeToLive)",
    );
}

#[test]
fn an_index_is_replaced_in_place_by_consent() {
    let found = indexed(schema("orders"), "by-email", by_email());
    let wanted = indexed(schema("orders"), "by-email", by(&[("email", ScalarType::S)], Projection::All));
    let mut world = ours(found, accepting(wanted, &[Hazard::IndexReplaced]));
    reads(&world, "
        expand drop index orders/by-email
        expand create index orders/by-email (email S) projection all
        accepted H110, orders: index by-email is deleted and built anew, (email S) projection keys_only → (email S) projection all: nothing can be read from it meanwhile");
    world.up().unwrap();
    reads(&world, "");
}

#[test]
fn a_replica_needs_a_stream_of_both_images() {
    let mut wanted = schema("orders");
    wanted.replicas = Setting::Set(["eu-west-1".to_owned()].into());
    reads(
        &ours(schema("orders"), wanted),
        "
        error[M0302]: a replica of table `orders` in eu-west-1 needs a stream of new and old images
          help: declare `stream = new_and_old_images` beside it",
    );
}

#[test]
fn warm_throughput_only_rises_and_ignored_numbers_are_nobodys() {
    let mut found = schema("orders");
    found.warm_throughput = Setting::Set(Throughput { read: 12_000, write: 4_000 });
    found.billing = provisioned(7, 9);
    let mut wanted = found.clone();
    wanted.warm_throughput = Setting::Set(Throughput { read: 10_000, write: 5_000 });
    (wanted.billing, wanted.handling.ignore) = (provisioned(5, 5), [Aspect::Throughput].into());
    reads(&ours(found, wanted), "expand set orders, warm throughput: read = 12000, write = 4000 → read = 12000, write = 5000");
}

#[test]
fn a_stream_that_a_replica_lives_by_stays() {
    let mut found = schema("orders");
    found.stream = Setting::Set(StreamView::NewAndOldImages);
    found.replicas = Setting::Set(["eu-west-1".to_owned()].into());
    let mut wanted = schema("orders");
    wanted.stream = Setting::Off;
    reads(&ours(found, accepting(wanted, &[Hazard::StreamOff])), "
        error[M0302]: table `orders`, stream: new_and_old_images → off: its replica in eu-west-1 lives by the stream of new and old images
          help: leave `stream` as it is, or take the replicas away first: `replicas = off`");
}

#[test]
fn a_key_of_the_account_is_taken_for_its_managed_one_unless_we_set_it() {
    let mut found = schema("orders");
    found.encryption = Some(Encryption::Customer("arn:aws:kms:eu-west-1:1:key/1".to_owned()));
    let mut wanted = schema("orders");
    wanted.encryption = Some(Encryption::AwsManaged);
    let world = ours(found, accepting(wanted, &[Hazard::KeyChange]));
    reads(&world, "");
    let change = "set orders, encryption: aws_owned → kms(arn:aws:kms:eu-west-1:1:key/1)".to_owned();
    let world = world.recorded(migrate_core::history::Entry::TableChanged { table: table_name("orders"), change });
    reads(&world, "
        expand set orders, encryption: kms(arn:aws:kms:eu-west-1:1:key/1) → aws_managed
        accepted H108, orders: its key becomes another, kms(arn:aws:kms:eu-west-1:1:key/1) → aws_managed: whoever may not use the new key cannot read the table any more");
}
