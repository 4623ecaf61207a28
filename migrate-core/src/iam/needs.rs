//! Which actions an application needs on which of its tables: a table of purposes; knows neither JSON nor HCL.

use std::collections::{BTreeMap, BTreeSet};

use super::action::Action;
use super::policy::{Place, Policy, Statement};
use crate::schema::{Aspect, Encryption, Setting, TableName, TableSchema};

/// What a role is for. Each may do what the one before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Whatever writes nothing: `plan`, `status`, `check`, `history`, `lock`, `wait`, `dead-letters`, `up --dry-run`, `rollback`'s and `resolve`'s
    /// questions.
    Plan,
    /// `up`, `rollback`, `baseline`, `adopt`, `resolve`, `unlock`, `dead-letters --retry`, `throttle`, `pause`, `resume`; no table is dropped.
    #[default]
    Up,
    /// Tables are dropped too, behind a backup.
    Drop,
}

/// What an application has, by physical names.
#[derive(Clone, Debug)]
pub struct Application<'a> {
    /// The table that keeps the history.
    pub management: &'a TableName,
    /// Whether that table is made by the framework.
    pub makes_history: bool,
    /// Its tables.
    pub tables: &'a BTreeMap<TableName, TableSchema>,
    /// Tables that its code drops.
    pub dropped: BTreeSet<TableName>,
    /// The tables whose items its migrations go through.
    pub migrated: BTreeSet<TableName>,
}

/// Why something is allowed, in the order of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    ReadHistory,
    KeepHistory,
    ReadTables,
    ChangeTables,
    ReplicateTables,
    MigrateItems,
    ScanIndexes,
    DropTables,
    ListBackups,
    Backups,
    KinesisStreams,
    EncryptionKeys,
    ServiceLinkedRoles,
}

type Needs = BTreeMap<(Purpose, String, Option<(&'static str, String)>), BTreeSet<Action>>;

impl Application<'_> {
    /// The least that a role needs. What migrations do through `cx.client()` is not known.
    pub fn policy(&self, role: Role, place: &Place) -> Policy {
        let mut needs = Needs::new();
        let mut need = |purpose, resource: String, actions: &[Action]| {
            needs.entry((purpose, resource, None)).or_default().extend(actions);
        };
        let arn = |table: &TableName| place.arn(&format!("table/{table}"));
        use Action::{DescribeTable, GetItem, Query, Scan};

        need(Purpose::ReadHistory, arn(self.management), &[Query, Scan, GetItem, DescribeTable]);
        for (name, table) in self.tables {
            need(Purpose::ReadTables, arn(name), &[DescribeTable, Scan]);
            need(Purpose::ReadTables, arn(name), &table.read_apart().into_iter().filter_map(reads).collect::<Vec<_>>());
            // Of a table and of each of its indexes.
            if table.read_apart().contains(&Aspect::ContributorInsights) {
                let indexes = place.arn(&format!("table/{name}/index/*"));
                need(Purpose::ReadTables, indexes, &[Action::DescribeContributorInsights]);
            }
        }
        for name in &self.dropped {
            need(Purpose::ReadTables, arn(name), &[DescribeTable]);
        }
        for name in &self.migrated {
            need(Purpose::ReadTables, arn(name), &[DescribeTable, Scan, GetItem]);
        }
        for (name, index) in self.migrated_indexes() {
            need(Purpose::ScanIndexes, place.arn(&format!("table/{name}/index/{index}")), &[Scan]);
        }
        if role >= Role::Up {
            need(Purpose::KeepHistory, arn(self.management), KEEPS);
            if self.makes_history {
                need(Purpose::KeepHistory, arn(self.management), &[Action::CreateTable]);
            }
            for (name, table) in self.tables.iter().filter(|(_, table)| !table.is_verified()) {
                let is_ours = table.handling.owner.is_none();
                if is_ours {
                    need(Purpose::ChangeTables, arn(name), &[Action::CreateTable]);
                }
                need(Purpose::ChangeTables, arn(name), &[Action::UpdateTable]);
                for aspect in table.read_apart() {
                    need(Purpose::ChangeTables, arn(name), writes(aspect));
                    if aspect == Aspect::ContributorInsights {
                        need(Purpose::ChangeTables, place.arn(&format!("table/{name}/index/*")), writes(aspect));
                    }
                }
            }
            for name in &self.migrated {
                need(Purpose::MigrateItems, arn(name), MIGRATES);
            }
        }
        if role >= Role::Drop {
            let owned = self.tables.iter().filter(|(_, table)| !table.is_verified() && table.handling.owner.is_none());
            for name in owned.map(|(name, _)| name).chain(&self.dropped) {
                need(Purpose::DropTables, arn(name), &[Action::DeleteTable, Action::UpdateTable, Action::CreateBackup]);
                need(Purpose::Backups, place.arn(&format!("table/{name}/backup/*")), &[Action::DescribeBackup]);
            }
            need(Purpose::ListBackups, "*".to_owned(), &[Action::ListBackups]);
        }
        self.beyond(role, place, &mut needs);
        grouped(needs)
    }

    fn migrated_indexes(&self) -> impl Iterator<Item = (&TableName, String)> {
        let tables = self.tables.iter().filter(|(name, _)| self.migrated.contains(*name));
        tables.flat_map(|(name, table)| table.global_indexes.keys().map(move |index| (name, index.to_string())))
    }

    /// What DynamoDB asks of the caller on its own behalf: for replicas, Kinesis streams and keys.
    fn beyond(&self, role: Role, place: &Place, needs: &mut Needs) {
        let partition = place.partition();
        for (name, table) in self.tables {
            let changes = role >= Role::Up && !table.is_verified();
            if let (Setting::Set(regions), true) = (&table.replicas, changes) {
                for region in regions.iter().map(Some).chain([place.region.as_ref()]) {
                    let arn = place.arn_in(region.map(String::as_str), &format!("table/{name}"));
                    needs.entry((Purpose::ReplicateTables, arn, None)).or_default().extend(REPLICATES);
                }
                role_for("replication.dynamodb.amazonaws.com", place, needs);
            }
            if let Setting::Set(stream) = &table.kinesis_stream {
                let key = (Purpose::KinesisStreams, stream.arn.clone(), None);
                let actions = needs.entry(key).or_default();
                actions.extend([Action::DescribeStream, Action::DescribeStreamSummary]);
                if changes {
                    actions.insert(Action::PutRecords);
                    let all = (Purpose::KinesisStreams, "*".to_owned(), None);
                    needs.entry(all).or_default().insert(Action::ListStreams);
                    role_for("kinesisreplication.dynamodb.amazonaws.com", place, needs);
                }
            }
            if let Some(Encryption::Customer(key)) = &table.encryption {
                let resource = if key.starts_with("arn:") {
                    key.clone()
                } else {
                    let region = place.region.as_deref().unwrap_or("*");
                    format!("arn:{partition}:kms:{region}:{}:key/{key}", place.account())
                };
                let via = Some(("kms:ViaService", "dynamodb.*.amazonaws.com".to_owned()));
                let actions = needs.entry((Purpose::EncryptionKeys, resource, via)).or_default();
                actions.insert(Action::Decrypt);
                if changes {
                    actions.extend(ENCRYPTS);
                }
            }
        }
    }
}

/// Fenced records, checkpoints, the lock and what people say to runs.
const KEEPS: &[Action] = &[Action::PutItem, Action::UpdateItem, Action::DeleteItem, Action::ConditionCheckItem];
/// Statements, and the operations that take their place where one does not fit.
const MIGRATES: &[Action] = &[
    Action::Scan,
    Action::GetItem,
    Action::PartiQLInsert,
    Action::PartiQLUpdate,
    Action::PartiQLDelete,
    Action::PutItem,
    Action::UpdateItem,
    Action::DeleteItem,
    Action::DescribeKinesisStreamingDestination,
];
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html>
const REPLICATES: &[Action] = &[
    Action::CreateTable,
    Action::CreateTableReplica,
    Action::UpdateTable,
    Action::DeleteTable,
    Action::DeleteTableReplica,
    Action::Query,
    Action::Scan,
    Action::GetItem,
    Action::PutItem,
    Action::UpdateItem,
    Action::DeleteItem,
    Action::BatchWriteItem,
];
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html>
const ENCRYPTS: &[Action] =
    &[Action::Encrypt, Action::ReEncrypt, Action::GenerateDataKey, Action::DescribeKey, Action::CreateGrant];

/// What tells a setting that DescribeTable does not.
pub(crate) const fn reads(aspect: Aspect) -> Option<Action> {
    match aspect {
        Aspect::Ttl => Some(Action::DescribeTimeToLive),
        Aspect::PointInTimeRecovery => Some(Action::DescribeContinuousBackups),
        Aspect::Tags => Some(Action::ListTagsOfResource),
        Aspect::ContributorInsights => Some(Action::DescribeContributorInsights),
        Aspect::ResourcePolicy => Some(Action::GetResourcePolicy),
        Aspect::KinesisStream => Some(Action::DescribeKinesisStreamingDestination),
        Aspect::Billing
        | Aspect::Throughput
        | Aspect::Stream
        | Aspect::DeletionProtection
        | Aspect::TableClass
        | Aspect::Encryption
        | Aspect::WarmThroughput
        | Aspect::Replicas => None,
    }
}

/// What changes it.
const fn writes(aspect: Aspect) -> &'static [Action] {
    match aspect {
        Aspect::Ttl => &[Action::UpdateTimeToLive],
        Aspect::PointInTimeRecovery => &[Action::UpdateContinuousBackups],
        Aspect::Tags => &[Action::TagResource, Action::UntagResource],
        Aspect::ContributorInsights => &[Action::UpdateContributorInsights],
        Aspect::ResourcePolicy => &[Action::PutResourcePolicy, Action::DeleteResourcePolicy],
        Aspect::KinesisStream => &[
            Action::EnableKinesisStreamingDestination,
            Action::DisableKinesisStreamingDestination,
            Action::UpdateKinesisStreamingDestination,
        ],
        // UpdateTable changes them.
        Aspect::Billing
        | Aspect::Throughput
        | Aspect::Stream
        | Aspect::DeletionProtection
        | Aspect::TableClass
        | Aspect::Encryption
        | Aspect::WarmThroughput
        | Aspect::Replicas => &[],
    }
}

fn role_for(service: &str, place: &Place, needs: &mut Needs) {
    let resource = format!("arn:{}:iam::{}:role/aws-service-role/{service}/*", place.partition(), place.account());
    let only_if = Some(("iam:AWSServiceName", service.to_owned()));
    needs.entry((Purpose::ServiceLinkedRoles, resource, only_if)).or_default().insert(Action::CreateServiceLinkedRole);
}

/// A statement for all resources that need the same for one purpose.
fn grouped(needs: Needs) -> Policy {
    let mut statements: Vec<(Purpose, Statement)> = Vec::new();
    for ((purpose, resource, only_if), actions) in needs.into_iter().filter(|(_, actions)| !actions.is_empty()) {
        let same = |(of, statement): &&mut (Purpose, Statement)| {
            *of == purpose && statement.actions == actions && statement.only_if == only_if
        };
        match statements.iter_mut().find(same) {
            Some((_, statement)) => drop(statement.resources.insert(resource)),
            None => {
                let statement = Statement { sid: format!("{purpose:?}"), actions, resources: [resource].into(), only_if };
                statements.push((purpose, statement));
            }
        }
    }
    Policy { statements: statements.into_iter().map(|(_, statement)| statement).collect() }.numbered()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_under_one_condition_is_not_joined_with_another() {
        let allowed = |n: u8, resource: &str, only_if: Option<(&'static str, String)>| {
            ((Purpose::ReadTables, format!("{n}{resource}"), only_if), BTreeSet::from([Action::Scan]))
        };
        let tag = || Some(("aws:ResourceTag/team", "a".to_owned()));
        let needs = [allowed(1, "a", None), allowed(2, "b", tag()), allowed(3, "c", None), allowed(4, "d", tag())];
        let policy = grouped(needs.into_iter().collect());
        let found: Vec<_> = policy.statements.iter().map(|one| (one.resources.len(), one.only_if.is_some())).collect();
        assert_eq!(found, [(2, false), (2, true)]);
    }
}
