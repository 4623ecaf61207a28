//! What `resolve` and `unlock` record and what follows from it, in words; it never knows whether anybody was asked.

use super::baseline::Stage;
use super::status::lock;
use super::text::{Text, Tone};
use crate::history::LockInfo;
use crate::migration::MigrationId;
use crate::plan::Settlement;

/// What is recorded, and what follows from it.
pub(in crate::cli) fn resolve(settlement: &Settlement, stage: Stage) -> Text {
    let mut text = Text::new();
    if stage != Stage::Done {
        if let (Some(before), Some(migration)) = (&settlement.before, settlement.entry.migration()) {
            text.line(Tone::Faint, format_args!("  migration {migration} until now: {before}"));
        }
        text.add(Tone::Change, "  ~ record: ").lines(Tone::Change, "    ", &settlement.entry);
        follows(&mut text, settlement);
    }
    match stage {
        Stage::Before => text.line(Tone::Strong, "Resolve: 1 record; no table is changed by it, and nothing is run."),
        Stage::Done | Stage::DoneUnseen => {
            text.line(Tone::Good, "Recorded. No table was changed; `migrate plan` shows what `up` will do.")
        }
    };
    text
}

fn follows(text: &mut Text, settlement: &Settlement) {
    let Settlement { runs, no_longer, behind, .. } = settlement;
    let mut each = |migrations: &[MigrationId], glyph: char, what: &str| {
        for migration in migrations {
            text.line(Tone::Hint, format_args!("  {glyph} {migration}: {what}"));
        }
    };
    each(no_longer, '-', "is not run by the next `up`");
    each(runs, '>', "is run by the next `up`, from its beginning");
    each(behind, '=', "stays as it is, although it comes behind");
    if runs.is_empty() && no_longer.is_empty() {
        text.line(Tone::Hint, "  = no migration runs for it, and none is left out");
    }
}

/// Who the lock is taken from.
pub(in crate::cli) fn unlock(holder: &LockInfo, stage: Stage) -> Text {
    let mut text = Text::new();
    if stage != Stage::Done {
        text.append(&lock(Some(holder)));
    }
    match stage {
        Stage::Before => {
            let lease = super::words::duration(std::time::Duration::from_millis(holder.lease_ms));
            let what = format!(
                "Unlock: this holder can record nothing any more. The lock is free {lease} later, when it must have noticed."
            );
            text.line(Tone::Strong, what)
        }
        Stage::Done | Stage::DoneUnseen => {
            let ended = holder.epoch;
            text.line(
                Tone::Good,
                format_args!("The lock is free: epoch {ended} was ended. `migrate status` shows what was left."),
            )
        }
    };
    text
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::history::Entry;
    use crate::migration::Version;
    use crate::schema::TableName;

    #[test]
    fn what_is_recorded_and_what_follows() {
        let (table, at, reason) = (TableName::checked("orders"), Version::new(1), "the disk burned".to_owned());
        let mut settlement = Settlement {
            entry: Entry::TableRestored { table, table_id: None, at, reason },
            before: None,
            runs: vec![id(2, "split")],
            no_longer: Vec::new(),
            behind: vec![id(3, "fix")],
        };
        assert_eq!(
            resolve(&settlement, Stage::Before).to_string(),
            "  ~ record: table orders was restored as of migration 1: the disk burned
  > 0002 split: is run by the next `up`, from its beginning
  = 0003 fix: stays as it is, although it comes behind
Resolve: 1 record; no table is changed by it, and nothing is run.
"
        );
        let done = "Recorded. No table was changed; `migrate plan` shows what `up` will do.\n";
        assert_eq!(resolve(&settlement, Stage::Done).to_string(), done);
        let (migration, fingerprint) = (id(2, "split"), String::new());
        settlement.entry = Entry::Reblessed { migration, fingerprint, reason: "a comma".to_owned() };
        settlement.before = Some("it was applied, at T by ana".to_owned());
        (settlement.runs, settlement.behind) = (Vec::new(), Vec::new());
        assert_eq!(
            resolve(&settlement, Stage::DoneUnseen).to_string(),
            format!(
                "  migration 0002 split until now: it was applied, at T by ana
  ~ record: the text of migration 0002 split is accepted: a comma
  = no migration runs for it, and none is left out
{done}"
            )
        );
    }

    #[test]
    fn who_loses_the_lock() {
        let holder = LockInfo {
            epoch: 4,
            beat: 7,
            released: false,
            lease_ms: 30_000,
            since: "2026-01-02T03:04:05Z".parse().unwrap(),
            doing: "migration 0009 slow".to_owned(),
            holder: crate::history::RunInfo::default(),
        };
        let before = unlock(&holder, Stage::Before).to_string();
        assert!(
            before.starts_with("lock: held since 2026-01-02 03:04:05Z by ") && before.contains("(epoch 4, beat 7;"),
            "{before}"
        );
        assert!(before.ends_with("The lock is free 30.0 s later, when it must have noticed.\n"), "{before}");
        let done = "The lock is free: epoch 4 was ended. `migrate status` shows what was left.\n";
        assert_eq!(unlock(&holder, Stage::Done).to_string(), done);
    }
}
