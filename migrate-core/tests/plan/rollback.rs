//! What a rollback would take back, in which order, and what stops it before its first write.

use std::collections::BTreeSet;

use migrate_core::error::ErrorKind;
use migrate_core::history::Entry;
use migrate_core::migration::{MigrationMeta, Version};
use migrate_core::plan::{Reach, RollbackPlan, plan_rollback};
use migrate_core::schema::{Hazard, Setting, StreamView};

use super::world::{World, live, meta, schema, table_name};

fn back(world: &World, to: u32) -> RollbackPlan {
    plan_rollback(&world.declared, &world.observed, &world.request, Version::new(to))
}

fn rolling(meta: MigrationMeta) -> Entry {
    Entry::MigrationRollingBack { migration: meta.id(), fingerprint: meta.fingerprint.to_owned() }
}

/// Migrations 1 to `last`, applied, each with a rollback.
fn world(last: u32) -> World {
    let mut world = World::new().settled().migrations((1..=last).map(meta));
    for number in 1..=last {
        world = world.applied(meta(number));
        world.declared.rollbacks.insert(Version::new(number), Reach::default());
    }
    world
}

/// The migrations in order, `!` before one without a rollback.
fn order(plan: &RollbackPlan) -> Vec<String> {
    let one = |planned: &migrate_core::plan::PlannedRollback| {
        format!("{}{}", if planned.has_function { "" } else { "!" }, planned.migration.version.get())
    };
    plan.migrations.iter().map(one).collect()
}

#[track_caller]
fn refuses(plan: &RollbackPlan, kind: ErrorKind, parts: &[&str]) {
    let texts: Vec<String> =
        plan.refusals.iter().map(|refusal| format!("{}\n{}", refusal.what, refusal.recipe.join("\n"))).collect();
    let [text] = texts.as_slice() else { panic!("{:?}", plan.refusals) };
    assert_eq!(plan.refusals[0].kind, kind, "{text}");
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn all_above_the_number_is_taken_back_newest_first() {
    let world = world(3);
    for (to, wanted) in [(0, &["3", "2", "1"][..]), (1, &["3", "2"]), (2, &["3"]), (3, &[])] {
        let plan = back(&world, to);
        assert_eq!((order(&plan), plan.to), (wanted.iter().map(ToString::to_string).collect(), Version::new(to)));
        assert_eq!((plan.refusals.len(), plan.notices.len(), plan.is_empty()), (0, 0, wanted.is_empty()), "{plan:?}");
    }
    let taken_back = |number: u32| Entry::ResolvedRolledBack {
        migration: meta(number).id(),
        fingerprint: meta(number).fingerprint.to_owned(),
        reason: "by hand".to_owned(),
    };
    assert_eq!(order(&back(&world.clone().recorded(taken_back(2)), 0)), ["3", "1"], "what is back already is left out");
    // What failed or was killed may have changed something.
    let pending = World { declared: world.declared.clone(), ..World::new().settled().applied(meta(1)) };
    assert_eq!(order(&back(&pending.clone().failed(meta(2)), 0)), ["2", "1"]);
    assert_eq!(order(&back(&pending.started(meta(2)), 1)), ["2"]);
}

#[test]
fn those_without_a_rollback_are_named_together() {
    let mut world = world(3);
    world.declared.rollbacks.remove(&Version::new(2));
    let plan = back(&world, 1);
    assert_eq!((order(&plan), plan.missing().count()), (vec!["3".to_owned(), "!2".to_owned()], 1));
    refuses(
        &plan,
        ErrorKind::NoRollback,
        &["migration 0002 lowercase_emails has no rollback", "#[rollback(2)]", "--rolled-back 2"],
    );
    world.declared.rollbacks.clear();
    refuses(&back(&world, 1), ErrorKind::NoRollback, &["migrations 0003 split_name, 0002 lowercase_emails have no"]);
    assert!(back(&world, 3).refusals.is_empty(), "what stays needs none");
}

#[test]
fn a_number_that_stands_for_no_state_is_refused() {
    refuses(&back(&world(2), 5), ErrorKind::Usage, &["`--to 5`", "no migration 5", "there are 1 to 2; 0 takes all back"]);
    refuses(&back(&World::new().settled(), 5), ErrorKind::Usage, &["there are none"]);
    // After a squash the number before the first one stands for what came before.
    let mut squashed = World::new().settled().migrations([meta(3)]).applied(meta(3));
    squashed.declared.sequence.first = Version::new(3);
    squashed.declared.rollbacks.insert(Version::new(3), Reach::default());
    assert_eq!(order(&back(&squashed, 2)), ["3"]);
    refuses(&back(&squashed, 1), ErrorKind::Usage, &["`--to 1`"]);
}

#[test]
fn what_is_open_is_gone_on_with_and_told_where_it_stays() {
    let open = world(3).recorded(rolling(meta(3)));
    let plan = back(&open, 2);
    assert_eq!((order(&plan), plan.refusals.len(), plan.notices.len()), (vec!["3".to_owned()], 0, 0));
    assert!(plan.migrations[0].was.is_rolling_back());
    let below = world(3).recorded(rolling(meta(2)));
    let plan = back(&below, 2);
    assert_eq!((order(&plan), plan.refusals.len()), (vec!["3".to_owned()], 0), "{plan:?}");
    let [notice] = plan.notices.as_slice() else { panic!("{plan:?}") };
    assert!(notice.what.contains("the rollback of migration 0002 lowercase_emails was begun and is not finished"), "{notice:?}");
    assert_eq!(notice.help.as_deref(), Some("`migrate rollback --to 1` goes on with it"));
    assert!(back(&below, 1).notices.is_empty());
}

#[test]
fn what_a_newer_binary_did_or_takes_back_only_that_one_takes_back() {
    let older = |mut world: World| {
        world.declared.migrations.remove(&Version::new(3));
        world.declared.rollbacks.remove(&Version::new(3));
        world
    };
    let says = ["the database is ahead: it is at migration 3", "run this with the binary that has it"];
    refuses(&back(&older(world(3)), 1), ErrorKind::Ahead, &says);
    refuses(&back(&older(world(3).recorded(rolling(meta(3)))), 1), ErrorKind::Ahead, &says);
    // Another reason to refuse says enough.
    let edited = MigrationMeta { fingerprint: "another text", name: "another", ..meta(2) };
    refuses(&back(&older(world(3)).migrations([edited]), 1), ErrorKind::MissingMigration, &["0002"]);
}

#[test]
fn a_rollback_that_goes_through_a_stream_is_consented_to_in_code() {
    let with = |accept: BTreeSet<Hazard>| {
        let mut table = schema("orders");
        table.stream = Setting::Set(StreamView::KeysOnly);
        let mut world = world(2).declare(table.clone()).found(live(table, Some("t-1"))).owned("orders", Some("t-1"));
        world.observed.tables.get_mut("orders").unwrap().item_count = 7;
        let tables = [table_name("orders")].into();
        world.declared.rollbacks.insert(Version::new(2), Reach { tables, accept });
        world
    };
    refuses(
        &back(&with(BTreeSet::new()), 1),
        ErrorKind::ConsentMissing,
        &["the rollback of migration 0002 lowercase_emails goes through table", "#[rollback(2, accept(H114))]"],
    );
    let plan = back(&with([Hazard::StreamRecords].into()), 1);
    assert!(plan.refusals.is_empty(), "{plan:?}");
    assert_eq!(plan.migrations[0].tables.len(), 1);
    assert!(plan.without_estimates().migrations[0].tables.iter().all(|reached| reached.estimate.is_none()));
    // Only what is to be taken back is asked about.
    assert!(back(&with(BTreeSet::new()), 2).refusals.is_empty());
}
