//! Answers of before the last change; it never knows what was changed.

use super::state::{State, Table};
use std::collections::BTreeMap;

/// What each table was before its last change, while some answers still say so. None: it was not there.
#[derive(Debug, Default)]
pub(super) struct Lag {
    tables: BTreeMap<String, Before>,
}

#[derive(Debug)]
struct Before {
    was: Option<Table>,
    left: BTreeMap<String, usize>,
}

impl Lag {
    /// Remembers what a call has changed.
    pub(super) fn changed(&mut self, before: &State, after: &State) {
        if after.quirks.lag.is_empty() {
            return;
        }
        for name in before.tables.keys().chain(after.tables.keys()) {
            let was = before.tables.get(name);
            if was != after.tables.get(name) {
                self.tables.insert(name.clone(), Before { was: was.cloned(), left: after.quirks.lag.clone() });
            }
        }
    }

    /// The state as this answer is to see it, if it lags behind.
    pub(super) fn view(&mut self, operation: &str, table: &str, state: &State) -> Option<State> {
        let before = self.tables.get_mut(table)?;
        let left = before.left.get_mut(operation).filter(|left| **left > 0)?;
        *left -= 1;
        let mut view = state.clone();
        match &before.was {
            Some(was) => view.tables.insert(table.to_owned(), was.clone()),
            None => view.tables.remove(table),
        };
        Some(view)
    }
}
