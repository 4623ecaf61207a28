//! Where the code has what the models call a rule: each by a piece of its text.

use std::fs;
use std::path::{Path, PathBuf};

pub const SOURCES: [(&str, &str); 18] = [
    ("NeverHeld", r#"const NEVER_HELD: &str = "attribute_not_exists(pk)";"#),
    ("GivenBackEpoch, GivenBackReleased", r#"const GIVEN_BACK: &str = "epoch = :seen AND released = :true";"#),
    ("StoodStillEpoch, StoodStillBeat", r#"const STOOD_STILL: &str = "epoch = :seen AND beat = :beat_seen";"#),
    ("ForcedEpoch, ForcedHeld", r#"const STILL_HELD: &str = "epoch = :seen AND NOT released = :true";"#),
    ("StillOursBeat, StillOursRelease", r#"const STILL_OURS: &str = "epoch = :epoch";"#),
    ("Counting::Added", "SET beat = beat + :one"),
    ("Lease", "silent >= state.lease * 2 / 3"),
    ("ConfirmedAsSent", "confirm(sent)"),
    ("Token", r#"item.insert("token".to_owned()"#),
    ("EpochHoldsForRecords", r#"const EPOCH_HOLDS: &str = "epoch = :epoch";"#),
    ("EpochHoldsForProgress", "let lock = self.store.fence(self.epoch)"),
    ("PlaceIsFree", r#"const PLACE_IS_FREE: &str = "attribute_not_exists(pk)";"#),
    ("StillAsGiven", r#"const STILL_AS_GIVEN: &str = "=?";"#),
    ("StillAbsent", r#"const STILL_ABSENT: &str = " IS MISSING";"#),
    ("StillAbsent", r#"const STILL_ABSENT: &str = "attribute_not_exists";"#),
    ("ItemIsThere", r#"const ITEM_IS_THERE: &str = "attribute_exists";"#),
    ("IsWritten", "fn is_written("),
    ("WriteAhead", "self.record(Entry::MigrationStarted"),
];

/// The library's sources as texts.
pub fn sources() -> Vec<String> {
    let mut folders: Vec<PathBuf> = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrate-core/src")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(fs::read_to_string(path).expect("a source"));
            }
        }
    }
    assert!(texts.len() > 100, "only {} files were found", texts.len());
    texts
}
