//! What a role must be allowed to do for this sequence; asks nobody.

use std::collections::BTreeSet;

use super::builder::Migrator;
use crate::iam::{Application, Place, Policy, Role};
use crate::migration::Management;
use crate::plan::Droppable;
use crate::schema::TableName;

impl Migrator {
    /// The least that a role must be allowed to do for this sequence, in the environment that this migrator is for.
    ///
    /// What its migrations do through `cx.client()` is not known. A migration or a rollback that does not say which tables it goes
    /// through (`tables(..)`) may go through all of them.
    ///
    /// ```no_run
    /// # fn print(migrator: migrate_core::Migrator) {
    /// use migrate_core::iam::{Place, Role};
    /// println!("{}", migrator.policy(Role::Plan, &Place::default()).json());
    /// # }
    /// ```
    pub fn policy(&self, role: Role, place: &Place) -> Policy {
        let dropped = self.declared.drops.iter().filter_map(|drop| match drop {
            Droppable::Table(table) => Some(table.clone()),
            Droppable::Index(..) => None,
        });
        let dropped: BTreeSet<TableName> = dropped.collect();
        let application = Application {
            management: &self.management.name,
            makes_history: self.makes_history == Management::Manage,
            tables: &self.declared.tables,
            migrated: self.migrated(&dropped),
            dropped,
        };
        application.policy(role, place)
    }

    /// What migrations go through, there and back: as far as each says so, and else all.
    fn migrated(&self, dropped: &BTreeSet<TableName>) -> BTreeSet<TableName> {
        let there = self.declared.migrations.keys().map(|version| self.declared.reach.get(version));
        let back = self.declared.rollbacks.values().map(Some);
        let mut reached = BTreeSet::new();
        for reach in there.chain(back) {
            match reach.filter(|reach| !reach.tables.is_empty()) {
                Some(reach) => reached.extend(reach.tables.iter().cloned()),
                None => return self.declared.tables.keys().chain(dropped).cloned().collect(),
            }
        }
        reached
    }
}
