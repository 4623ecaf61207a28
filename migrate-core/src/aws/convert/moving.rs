//! Settings that DynamoDB is changing just now, apart from the table's own state; never part of a table, since a plan does not need it.

use std::collections::BTreeMap;

use crate::schema::{Aspect, IndexName};

/// The settings of a table (or of one of its indexes) that are on their way, each in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moving(BTreeMap<(Aspect, Option<IndexName>), String>);

impl Moving {
    /// Notes that a setting is on its way; `status` is DynamoDB's word for it.
    pub(crate) fn note(&mut self, aspect: Aspect, index: Option<&IndexName>, status: &str) {
        let of = index.map(|index| format!(" of index {index}")).unwrap_or_default();
        let verb = if matches!(aspect, Aspect::Tags | Aspect::Replicas | Aspect::ContributorInsights) { "are" } else { "is" };
        self.0.insert((aspect, index.cloned()), format!("{aspect}{of} {verb} {status}"));
    }

    /// What is on its way of this setting, in words.
    pub(crate) fn of(&self, aspect: Aspect, index: Option<&IndexName>) -> Option<&str> {
        self.0.get(&(aspect, index.cloned())).map(String::as_str)
    }
}
