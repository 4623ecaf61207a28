//! Whether a step of a plan that was made again belongs to the saved one; knows no order.

use std::collections::BTreeMap;

use super::model::{Due, SavedPlan};
use crate::plan::model::PlannedMigration;
use crate::schema::{Delta, GlobalIndex, IndexName, Setting, SettingChange, TableName, TableSchema};
use crate::step::Step;

impl SavedPlan {
    /// Whether it has this step. One that is planned again after others may begin elsewhere or be cut otherwise: what counts is what it leads to.
    /// To wait is no change, and what a new table or index is to have belongs to its making.
    pub fn covers(&self, step: &Step) -> bool {
        let saved: Vec<Step> = self.steps().flat_map(parts).collect();
        parts(step).iter().all(|part| saved.contains(part) || self.is_of_something_new(part))
    }

    /// Whether it has this migration, and the same is to be done with it.
    pub fn covers_migration(&self, planned: &PlannedMigration) -> bool {
        self.work.migrations.contains(&Due::of(planned))
    }

    /// Every step that it has, done now or as soon as DynamoDB takes it.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.work.expand.iter().chain(&self.work.contract).chain(&self.work.not_now)
    }

    /// An engine that does not take all of it at once gets each setting by itself.
    fn is_of_something_new(&self, part: &Step) -> bool {
        let Step::Set { table, change } = part else { return false };
        self.makes(table) || index_of(change).is_some_and(|index| self.builds(table, index))
    }

    fn makes(&self, name: &TableName) -> bool {
        self.steps().any(|step| matches!(step, Step::CreateTable { schema } if schema.name == *name))
    }

    fn builds(&self, name: &TableName, wanted: &IndexName) -> bool {
        self.steps().any(|step| matches!(step, Step::CreateGlobalIndex { table, index, .. } if table == name && index == wanted))
    }
}

/// The one index that a part is about.
fn index_of(change: &SettingChange) -> Option<&IndexName> {
    match change {
        SettingChange::Capacity { table: None, indexes } => indexes.keys().next(),
        SettingChange::WarmThroughput { index, .. } | SettingChange::ContributorInsights { index, .. } => index.as_ref(),
        SettingChange::Capacity { table: Some(_), .. }
        | SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Stream(_)
        | SettingChange::Encryption(_)
        | SettingChange::Ttl(_)
        | SettingChange::Replica { .. }
        | SettingChange::Tags { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => None,
    }
}

/// What a step leads to, one thing each, in a form that compares: from where it begins is left out.
fn parts(step: &Step) -> Vec<Step> {
    match step {
        Step::AwaitTable { .. } => Vec::new(),
        // What the code says of it is compared by itself.
        Step::CreateTable { schema } => {
            vec![Step::CreateTable { schema: TableSchema::new(schema.name.clone(), schema.key.clone()) }]
        }
        Step::CreateGlobalIndex { table, index, definition, .. } => {
            let definition = GlobalIndex::new(definition.key.clone(), definition.projection.clone());
            vec![Step::CreateGlobalIndex { table: table.clone(), index: index.clone(), definition, elements: Vec::new() }]
        }
        Step::DropGlobalIndex { .. } | Step::DropTable { .. } => vec![step.clone()],
        Step::Set { table, change } => {
            ends(change).into_iter().map(|change| Step::Set { table: table.clone(), change }).collect()
        }
    }
}

fn end<T: Clone>(delta: &Delta<T>) -> Delta<T> {
    Delta::new(delta.to.clone(), delta.to.clone())
}

fn ends(change: &SettingChange) -> Vec<SettingChange> {
    let one = match change {
        SettingChange::Capacity { table, indexes } => {
            let capacity = |table, indexes| SettingChange::Capacity { table, indexes };
            let of_table = table.iter().map(|delta| capacity(Some(end(delta)), BTreeMap::new()));
            let of_indexes = indexes.iter().map(|(index, delta)| capacity(None, [(index.clone(), end(delta))].into()));
            return of_table.chain(of_indexes).collect();
        }
        SettingChange::Tags { tags } => {
            let tag = |(key, delta): (&String, &Delta<Setting<String>>)| SettingChange::Tags {
                tags: [(key.clone(), end(delta))].into(),
            };
            return tags.iter().map(tag).collect();
        }
        SettingChange::DeletionProtection(delta) => SettingChange::DeletionProtection(end(delta)),
        SettingChange::TableClass(delta) => SettingChange::TableClass(end(delta)),
        SettingChange::Stream(delta) => SettingChange::Stream(end(delta)),
        SettingChange::Encryption(delta) => SettingChange::Encryption(end(delta)),
        SettingChange::Ttl(delta) => SettingChange::Ttl(end(delta)),
        SettingChange::Replica { region, present } => SettingChange::Replica { region: region.clone(), present: end(present) },
        SettingChange::PointInTimeRecovery(delta) => SettingChange::PointInTimeRecovery(end(delta)),
        SettingChange::WarmThroughput { index, units } => {
            SettingChange::WarmThroughput { index: index.clone(), units: end(units) }
        }
        SettingChange::ContributorInsights { index, insights } => {
            SettingChange::ContributorInsights { index: index.clone(), insights: end(insights) }
        }
        SettingChange::ResourcePolicy { policy, .. } => SettingChange::ResourcePolicy { policy: end(policy), revision: None },
        SettingChange::KinesisStream(delta) => SettingChange::KinesisStream(end(delta)),
    };
    vec![one]
}
