//! What the macros refuse already, registered by hand: whatever is linked is checked once more, all of it at once, each with its place.

use migrate_core::ErrorKind;
use migrate_core::migration::{Edited, Location, Management, OnFresh, SequenceInfo, Version};
use migrate_core::registry::{MigrationEntry, RollbackEntry, linked};

const HERE: &str = "by_hand.rs";

const fn info(name: &'static str, line: u32) -> SequenceInfo {
    let location = Location { file: HERE, line };
    let (on_fresh, edited, management) = (OnFresh::Skip, Edited::Warn, Management::Manage);
    SequenceInfo { name, first: Version::new(1), on_fresh, edited, management, location }
}

static WRONG: SequenceInfo = info("wrong", 1);
static RIGHT: SequenceInfo = info("right", 2);

const fn migration(sequence: &'static str, number: u32, line: u32) -> MigrationEntry {
    MigrationEntry::new(sequence, number, ["change", "", "text"], (HERE, line), |_| Box::pin(async { Ok(()) }))
}

const fn rollback(sequence: &'static str, number: u32, line: u32) -> RollbackEntry {
    RollbackEntry::new(sequence, number, ["back", "text"], (HERE, line), |_| Box::pin(async { Ok(()) }))
}

inventory::submit! { migration("wrong", 1, 10) }
inventory::submit! { migration("wrong", 3, 30) }
inventory::submit! { migration("wrong", 3, 31) }
inventory::submit! { rollback("wrong", 1, 11) }
inventory::submit! { rollback("wrong", 1, 12) }
inventory::submit! { rollback("wrong", 2, 21) }
inventory::submit! { migration("right", 1, 100) }
inventory::submit! { rollback("right", 1, 101) }

#[test]
fn every_problem_is_told_with_its_place_and_its_mend() {
    let error = linked(&[&WRONG, &RIGHT]).expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::DuplicateMigration);
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    // Which of two comes first is the linker's to say.
    let tells = |parts: &[&str]| lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(tells(&["migration 3", "by_hand.rs:30", "by_hand.rs:31"]), "{text}");
    assert!(tells(&["the rollback of migration 1 is there twice", "by_hand.rs:11", "by_hand.rs:12"]), "{text}");
    assert!(tells(&["a rollback of migration 2 of sequence `wrong`", "by_hand.rs:21", "not that migration"]), "{text}");
    assert!(tells(&["migration 2", "by_hand.rs:30"]) || tells(&["migration 2", "by_hand.rs:31"]), "{text}");
    assert_eq!(lines.len(), 4, "nothing is said of what is right: {text}");
    assert!(
        error.help().iter().any(|help| help.contains("leave one of them: a migration is taken back in one way")),
        "{error:?}"
    );
    assert!(error.help().iter().any(|help| help.contains("bring the migration back")), "{error:?}");
}

#[test]
fn what_is_right_is_linked_and_the_rest_is_not_asked_for() {
    let linked = linked(&[&RIGHT]).expect("no problem");
    assert_eq!(linked.sequences.len(), 1);
    assert!(linked.sequences[0].rollbacks().any(|entry| entry.location == Location { file: HERE, line: 101 }));
}
