//! Whose an index on another sequence's table is; knows no table of ours.

use serde::Serialize;

/// What the history says of an index on a table that another sequence owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexOwnership {
    /// DynamoDB's id for the table that it is on, where the engine has one.
    pub table_id: Option<String>,
    /// Where it stands.
    pub state: IndexState,
}

/// Where an index of ours stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexState {
    /// Its creation was begun: an index that is there and fits is ours.
    Creating,
    /// It is ours.
    Owned,
    /// Its removal was begun.
    Dropping,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Entry, History, Record, RunInfo};
    use super::*;
    use crate::schema::{IndexName, TableName};

    fn entry(event: &str) -> Entry {
        let text = format!(r#"{{"event":"{event}","table":"orders","table_id":"t-1","index":"by-day"}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn history(events: &[&str]) -> History {
        let record = |(number, event): (u64, &&str)| {
            let entry = entry(event);
            let (at, run, text) = (Timestamp::UNIX_EPOCH, RunInfo::default(), entry.to_string());
            Record { number, at, epoch: 1, run, text, entry }
        };
        History::from_records((1..).zip(events).map(record)).unwrap()
    }

    fn refuses(events: &[&str], next: &str) -> Option<&'static str> {
        history(events).check(&entry(next)).err()
    }

    #[test]
    fn an_index_is_begun_before_it_is_made_or_dropped() {
        assert_eq!(refuses(&[], "index_creating"), None);
        assert_eq!(refuses(&[], "index_adopted"), None);
        assert_eq!(refuses(&[], "index_created"), Some("its creation was not begun"));
        assert_eq!(refuses(&["index_adopted"], "index_created"), Some("its creation was not begun"));
        assert_eq!(refuses(&[], "index_dropping"), Some("the index is not ours"));
        assert_eq!(refuses(&["index_creating"], "index_dropped"), Some("its removal was not begun"));
        assert_eq!(refuses(&["index_adopted", "index_dropping"], "index_creating"), Some("its removal is not finished"));
        // What somebody else deleted is built anew, and a removal that was begun is taken back.
        assert_eq!(refuses(&["index_creating", "index_created"], "index_creating"), None);
        assert_eq!(refuses(&["index_adopted", "index_dropping"], "index_adopted"), None);
    }

    #[test]
    fn its_last_record_says_where_it_stands() {
        let state = |events: &[&str]| {
            let key = (TableName::checked("orders"), IndexName::checked("by-day"));
            history(events).indexes().get(&key).map(|claim| (claim.state, claim.table_id.clone().unwrap()))
        };
        let t1 = |state| Some((state, "t-1".to_owned()));
        assert_eq!(state(&["index_creating"]), t1(IndexState::Creating));
        assert_eq!(state(&["index_creating", "index_created"]), t1(IndexState::Owned));
        assert_eq!(state(&["index_adopted", "index_dropping"]), t1(IndexState::Dropping));
        assert_eq!(state(&["index_adopted", "index_dropping", "index_dropped"]), None);
        // A table is not ours by it, and what a newer version writes is passed over.
        let history = history(&["index_adopted", "index_frozen"]);
        assert_eq!((history.tables().len(), history.records()[1].entry.clone()), (0, Entry::Unknown));
    }
}
