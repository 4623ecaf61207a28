//! The protocol of lock, history and checkpoints as two models that are searched exhaustively within small bounds: with all of its conditions
//! nothing breaks and the end stays within reach, and without any one of them something breaks.
//!
//! A runner that is paused is one that does nothing while others do; one that dies begins anew as another run.

mod lock;
mod rules;
mod search;
mod work;

use std::collections::BTreeSet;

use migrate_core::history::{Counts, Entry, History, Record, RunInfo};
use migrate_core::migration::{MigrationId, Version};

use self::lock::{Counting, Lock};
use self::rules::{SOURCES, sources};
use self::search::{Model, Searched, search};
use self::work::{Kind, Work};

/// Two runners, three epochs, two beats in each (each may be sent again), one late request.
const LOCK: Lock =
    Lock { runners: 2, epochs: 3, beats: 2, late: 1, counting: Counting::Added, force: false, deleted: false, without: None };
/// One beat in each, and one forced unlock.
const FORCED: Lock = Lock { beats: 1, force: true, ..LOCK };
/// Three runners, three epochs, one beat in each.
const THREE: Lock = Lock { runners: 3, beats: 1, late: 0, ..LOCK };
/// Two runners, two epochs, two pages, one late request, one item that the application changes or deletes.
const WORK: Work = Work { epochs: 2, late: 1, touched: 1, deleted: false, without: None };
/// Three epochs, and nothing is late.
const LONGER: Work = Work { epochs: 3, late: 0, ..WORK };

fn holds<M: Model>(what: &str, model: &M) -> Searched<M::State> {
    let searched = search(model);
    println!("{what}: {searched}");
    assert!(searched.fault.is_none(), "{what}: {searched}");
    searched
}

fn breaks<M: Model>(what: &str, model: &M, fault: &str) {
    let searched = search(model);
    println!("{what}: {searched}");
    assert_eq!(searched.fault.as_ref().map(|(fault, _)| *fault), Some(fault), "{what}: {searched}");
}

#[test]
fn one_runner_at_a_time() {
    holds("two runners", &LOCK);
    holds("two runners and force", &FORCED);
}

#[test]
fn one_runner_at_a_time_of_three() {
    holds("three runners", &THREE);
}

#[test]
fn nothing_is_skipped_undone_or_done_twice_and_the_history_is_legal() {
    let mut histories = BTreeSet::new();
    for (what, model) in [("two epochs", WORK), ("three epochs", LONGER)] {
        histories.extend(holds(what, &model).states.iter().map(|state| state.history.map(|record| record.kind)));
    }
    assert!(histories.len() > 10, "{histories:?}");
    // What the model takes for legal is so for the library, too.
    for history in histories {
        let records = history.iter().zip(1..).filter_map(|(kind, number)| record(*kind, number));
        History::from_records(records).unwrap_or_else(|conflict| panic!("{history:?}: {conflict}"));
    }
}

fn record(kind: Kind, number: u64) -> Option<Record> {
    let migration = MigrationId { version: Version::new(1), name: "work".to_owned() };
    let fingerprint = "text-1".to_owned();
    let entry = match kind {
        Kind::None => return None,
        Kind::Started => Entry::MigrationStarted { migration, fingerprint },
        Kind::Failed => Entry::MigrationFailed { migration, fingerprint, error: String::new() },
        Kind::Applied => {
            let counts = Counts::default();
            Entry::MigrationApplied { migration, fingerprint, breaking: false, duration_ms: 0, counts, tables: Vec::new() }
        }
    };
    Some(Record { number, at: Default::default(), epoch: 1, run: RunInfo::default(), text: entry.to_string(), entry })
}

#[test]
fn each_condition_of_the_lock_is_needed() {
    use lock::Rule::{self, *};
    let writes = "a runner may still write although somebody else took over";
    let rules: [(Rule, &str); 11] = [
        (NeverHeld, "the epoch did not rise"),
        (GivenBackEpoch, "the epoch did not rise"),
        (StoodStillEpoch, "the epoch did not rise"),
        (StoodStillBeat, writes),
        (StillOursBeat, writes),
        (StillOursRelease, "somebody gave back a lock that was not its own"),
        (Lease, writes),
        (ConfirmedAsSent, writes),
        (Token, "two runners hold one epoch"),
        (ForcedEpoch, "the epoch did not rise"),
        (ForcedHeld, "a lock that nobody held was taken away by force"),
    ];
    for (rule, fault) in rules {
        let model = if matches!(rule, ForcedEpoch | ForcedHeld) { FORCED } else { LOCK };
        breaks(&format!("without {rule:?}"), &Lock { without: Some(rule), ..model }, fault);
    }
}

#[test]
fn each_condition_of_the_work_is_needed() {
    use work::Rule::{self, *};
    let rules: [(Rule, &str); 7] = [
        (EpochHoldsForRecords, "a record was added under an epoch that is over"),
        (EpochHoldsForProgress, "progress of a newer run was overwritten"),
        (StillAsGiven, "what is written follows from what is no longer there"),
        (StillAbsent, "what was done is done once more"),
        (ItemIsThere, "an item that the application deleted is brought back"),
        (IsWritten, "a page counts as done and is not"),
        (WriteAhead, "the history contradicts itself"),
    ];
    for (rule, fault) in rules {
        breaks(&format!("without {rule:?}"), &Work { without: Some(rule), ..WORK }, fault);
    }
}

/// Two conditions follow from the others as long as nobody but the library writes the lock's item. They are for the day when somebody deletes
/// it by hand, and epochs begin again.
#[test]
fn two_conditions_are_needed_only_where_somebody_deleted_the_lock_by_hand() {
    let released = Some(lock::Rule::GivenBackReleased);
    holds("without GivenBackReleased", &Lock { without: released, beats: 1, ..LOCK });
    let deleted = Lock { deleted: true, epochs: 2, beats: 1, ..LOCK };
    holds("a deleted lock", &deleted);
    let fault = "a lock that is held was taken for one that was given back";
    breaks("a deleted lock, without GivenBackReleased", &Lock { without: released, ..deleted }, fault);

    let free = Some(work::Rule::PlaceIsFree);
    holds("without PlaceIsFree", &Work { without: free, ..LONGER });
    let deleted = Work { deleted: true, epochs: 1, ..WORK };
    holds("a deleted lock", &deleted);
    breaks("a deleted lock, without PlaceIsFree", &Work { without: free, ..deleted }, work::OVERWRITTEN);
}

/// Beats add one. Were each to say how many there were, one that arrives a lease after it was sent, and after a later one, would take the count
/// back to what an observer saw a lease ago: it would then replace a holder who is alive.
#[test]
fn beats_that_say_their_number_would_let_a_living_holder_be_replaced() {
    breaks(
        "beats that say their number",
        &Lock { counting: Counting::Said, ..LOCK },
        "a runner may still write although somebody else took over",
    );
}

#[test]
fn the_models_conditions_are_those_of_the_code() {
    let (texts, mut missing) = (sources(), Vec::new());
    for (name, text) in SOURCES {
        if !texts.iter().any(|source| source.contains(text)) {
            missing.push(format!("{name}: nothing says `{text}` any more"));
        }
    }
    assert!(missing.is_empty(), "the model is of another code:\n{}", missing.join("\n"));
}
