//! The records, one line each, under the run that wrote them; it never knows what follows from them.

use std::time::Duration;

use super::text::{Text, Tone};
use super::words::{count, counts, duration, run, time};
use crate::history::{Entry, Record};

/// Every record in order.
pub(in crate::cli) fn history(sequence: &str, records: &[Record]) -> Text {
    let mut text = Text::new();
    text.line(Tone::Faint, format_args!("sequence {sequence}, {}", count(records.len(), "record", "records")));
    let mut last: Option<&Record> = None;
    for record in records {
        if last.is_none_or(|last| last.run != record.run || last.epoch != record.epoch) {
            text.line(Tone::Strong, format_args!("run {} under epoch {}: {}", record.run.run_id, record.epoch, run(&record.run)));
        }
        text.add(Tone::Faint, format_args!("  {:>4}  {}  ", record.number, time(record.at)));
        text.lines(Tone::Plain, "                              ", &record.text);
        if let Some(more) = more(&record.entry) {
            text.line(Tone::Faint, format_args!("                              {more}"));
        }
        last = Some(record);
    }
    text
}

/// What the record's own sentence does not say.
fn more(entry: &Entry) -> Option<String> {
    match entry {
        Entry::MigrationApplied { counts: done, duration_ms, tables, .. }
        | Entry::MigrationRolledBack { counts: done, duration_ms, tables, .. } => {
            let on = if tables.is_empty() { String::new() } else { format!("; tables: {}", tables.join(", ")) };
            Some(format!("{}, {}{on}", counts(done), duration(Duration::from_millis(*duration_ms))))
        }
        Entry::TableCreated { table_id: Some(id), .. }
        | Entry::TableAdopted { table_id: Some(id), .. }
        | Entry::TableRestored { table_id: Some(id), .. }
        | Entry::TableDropping { table_id: Some(id), .. } => Some(format!("table id {id}")),
        Entry::TableCreated { table_id: None, .. }
        | Entry::TableAdopted { table_id: None, .. }
        | Entry::TableDropping { table_id: None, .. }
        | Entry::TableRestored { table_id: None, .. }
        | Entry::SequenceStarted { .. }
        | Entry::TableCreating { .. }
        | Entry::TableChanging { .. }
        | Entry::TableChanged { .. }
        | Entry::TableDropped { .. }
        | Entry::TableNotCreated { .. }
        | Entry::TableShared { .. }
        | Entry::IndexCreating { .. }
        | Entry::IndexCreated { .. }
        | Entry::IndexAdopted { .. }
        | Entry::IndexDropping { .. }
        | Entry::IndexDropped { .. }
        | Entry::MigrationStarted { .. }
        | Entry::MigrationFailed { .. }
        | Entry::MigrationSkipped { .. }
        | Entry::MigrationBaselined { .. }
        | Entry::MigrationRollingBack { .. }
        | Entry::MigrationRollbackFailed { .. }
        | Entry::ResolvedApplied { .. }
        | Entry::ResolvedRolledBack { .. }
        | Entry::Reblessed { .. }
        | Entry::LockForced { .. }
        | Entry::SchemaApplied { .. }
        | Entry::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::history::{Counts, RunInfo};

    #[test]
    fn records_stand_under_their_run() {
        let who = RunInfo {
            run_id: "r1".to_owned(),
            caller: Some("arn:aws:sts::1:assumed-role/Deploy/ci".to_owned()),
            host: Some("runner".to_owned()),
            pid: 7,
            binary: "shop 1.0.0".to_owned(),
            commit: Some("0123456789abcdef".to_owned()),
            ci: Some("https://ci/1".to_owned()),
        };
        let fingerprint = String::new();
        let counts = Counts { changed: 2, ..Counts::default() };
        let tables = vec!["orders 17".to_owned()];
        let entries = [
            Entry::MigrationStarted { migration: id(1, "load"), fingerprint: fingerprint.clone() },
            Entry::MigrationApplied { migration: id(1, "load"), fingerprint, breaking: false, duration_ms: 850, counts, tables },
        ];
        let records = (1..).zip(entries).map(|(number, entry)| {
            let at = "2026-01-02T03:04:05Z".parse().unwrap();
            Record { number, at, epoch: 3, run: who.clone(), text: entry.to_string(), entry }
        });
        let records = records.collect::<Vec<_>>();
        assert_eq!(
            history("shop", &records).to_string(),
            "sequence shop, 2 records
run r1 under epoch 3: arn:aws:sts::1:assumed-role/Deploy/ci on runner (process 7), shop 1.0.0, commit 0123456789ab, https://ci/1
     1  2026-01-02 03:04:05Z  started migration 0001 load
     2  2026-01-02 03:04:05Z  applied migration 0001 load
                              2 changed, 850 ms; tables: orders 17
"
        );
    }
}
