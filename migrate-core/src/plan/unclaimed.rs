//! Which of a guest's declared indexes are there without a record of ours: what `up` refuses and `adopt` takes. Knows no step and no other sequence.

use super::ownership::made_again;
use crate::diff::Change;
use crate::history::{History, IndexState};
use crate::schema::{GlobalIndex, IndexName, LiveTable, Status, TableSchema};

/// A declared index on another sequence's table that is there, and that no record says is ours.
#[derive(Clone, Copy)]
pub(crate) struct Unclaimed<'a> {
    pub(crate) index: &'a IndexName,
    pub(crate) live: &'a GlobalIndex,
    pub(crate) declared: &'a GlobalIndex,
}

impl Unclaimed<'_> {
    /// What differs for life, if anything does: then it cannot be the one that is meant.
    pub(crate) fn differs(self) -> Option<Change> {
        let Self { index, live, declared } = self;
        let differs = Change::GlobalIndexDiffers { index: index.clone(), live: live.clone(), declared: declared.clone() };
        (!live.same_shape(declared)).then_some(differs)
    }
}

/// Those of a table. An index that is on its way out is there no more, and a claim on a table of another id is none.
pub(super) fn unclaimed<'a>(history: &History, live: &'a LiveTable, schema: &'a TableSchema) -> Vec<Unclaimed<'a>> {
    let unclaimed = |(index, declared): (&'a IndexName, &'a GlobalIndex)| {
        let found = live.schema.global_indexes.get(index)?;
        let one = Unclaimed { index, live: found, declared };
        let claim = history.indexes().get(&(schema.name.clone(), index.clone()));
        let claim = claim.filter(|claim| !made_again(claim.table_id.as_deref(), live));
        let ours = match claim.map(|claim| claim.state) {
            None => false,
            // It was begun, and what came is another one.
            Some(IndexState::Creating) => found.same_shape(declared),
            Some(IndexState::Owned | IndexState::Dropping) => true,
        };
        (!ours && live.index_status.get(index) != Some(&Status::Deleting)).then_some(one)
    };
    schema.global_indexes.iter().filter_map(unclaimed).collect()
}
