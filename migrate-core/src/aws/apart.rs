//! The settings that DescribeTable does not tell, each by the call that does; it never knows what was declared.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::convert::{self, Destination, Moving};
use super::fault::{explain, has_code, is_denied, is_not_found, is_unknown_operation};
use crate::error::Error;
use crate::iam::{Action, reads};
use crate::schema::{Aspect, IndexName, Insights, LiveTable, Policy, Recovery, Setting, Status, TableName};

/// How many of a table's settings are asked for at once.
const AT_ONCE: usize = 4;

/// A call that tells a setting.
#[derive(Clone, Debug)]
enum Ask {
    Ttl,
    Recovery,
    Tags { arn: String },
    Insights { index: Option<IndexName> },
    Policy { arn: String },
    Kinesis,
}

/// What it tells.
enum Told {
    Ttl((Setting<String>, bool)),
    Recovery(Setting<Recovery>),
    Tags(BTreeMap<String, Setting<String>>),
    Insights(Option<IndexName>, (Setting<Insights>, Option<String>)),
    Policy(Setting<Policy>, Option<String>),
    Kinesis(Destination),
    /// The engine does not know the call, or not yet the table: the setting stays unmanaged.
    Nothing,
    /// The role may not read it.
    Denied(Aspect, Action),
    /// There is no such table, says this call.
    Gone,
}

/// Whether the table was there for every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It was.
    There,
    /// One call did not find it, which may lag behind.
    Doubtful,
}

/// Reads the settings in `apart` into a table.
///
/// An engine that does not know a call has the setting [`Setting::Unmanaged`]; what the role may not read is noted as unknown, with
/// the action that it lacks, and the rest goes on.
pub(super) async fn read(
    client: &Client,
    live: &mut LiveTable,
    moving: &mut Moving,
    apart: &BTreeSet<Aspect>,
) -> Result<Presence, Error> {
    let name = live.schema.name.clone();
    let told: Vec<Told> = stream::iter(asks(live, apart))
        .map(|question| ask(client, &name, question))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut presence = Presence::There;
    for told in told {
        match told {
            Told::Ttl((ttl, changing)) => (live.schema.ttl, live.recent.ttl_changing) = (ttl, changing),
            Told::Recovery(recovery) => live.schema.point_in_time_recovery = recovery,
            Told::Tags(tags) => live.schema.tags = tags,
            Told::Insights(index, (insights, status)) => {
                if let Some(status) = status {
                    moving.note(Aspect::ContributorInsights, index.as_ref(), &status);
                }
                match index {
                    None => live.schema.contributor_insights = insights,
                    Some(index) => {
                        if let Some(index) = live.schema.global_indexes.get_mut(&index) {
                            index.contributor_insights = insights;
                        }
                    }
                }
            }
            Told::Policy(policy, revision) => (live.schema.resource_policy, live.policy_revision) = (policy, revision),
            Told::Kinesis(Destination { stream, moving: status }) => {
                live.schema.kinesis_stream = stream;
                if let Some(status) = status {
                    moving.note(Aspect::KinesisStream, None, &status);
                }
            }
            Told::Denied(aspect, action) => drop(live.unknown.insert(aspect, action.to_string())),
            Told::Nothing => {}
            Told::Gone => presence = Presence::Doubtful,
        }
    }
    Ok(presence)
}

/// One call for each, and for contributor insights one more for each index that is not leaving.
fn asks(live: &LiveTable, apart: &BTreeSet<Aspect>) -> Vec<Ask> {
    let mut asks = Vec::new();
    for aspect in apart {
        match aspect {
            Aspect::Ttl => asks.push(Ask::Ttl),
            Aspect::PointInTimeRecovery => asks.push(Ask::Recovery),
            // Tags and policies belong to ARNs; an engine without any has neither.
            Aspect::Tags => asks.extend(live.arn.clone().map(|arn| Ask::Tags { arn })),
            Aspect::ResourcePolicy => asks.extend(live.arn.clone().map(|arn| Ask::Policy { arn })),
            Aspect::ContributorInsights => {
                let stays = |index: &&IndexName| live.index_status.get(*index) != Some(&Status::Deleting);
                let indexes = live.schema.global_indexes.keys().filter(stays).cloned().map(Some);
                asks.extend([None].into_iter().chain(indexes).map(|index| Ask::Insights { index }));
            }
            Aspect::KinesisStream => asks.push(Ask::Kinesis),
            // DescribeTable tells these.
            Aspect::Billing
            | Aspect::Throughput
            | Aspect::Stream
            | Aspect::DeletionProtection
            | Aspect::TableClass
            | Aspect::Encryption
            | Aspect::WarmThroughput
            | Aspect::Replicas => {}
        }
    }
    asks
}

async fn ask(client: &Client, table: &TableName, question: Ask) -> Result<Told, Error> {
    let aspect = question.aspect();
    let of = Question { table, aspect, action: reads(aspect).unwrap_or(Action::DescribeTable) };
    match question {
        Ask::Ttl => {
            let answer = client.describe_time_to_live().table_name(table.as_str()).send().await;
            of.told(answer, |answer| Told::Ttl(convert::ttl(answer.time_to_live_description())))
        }
        Ask::Recovery => {
            let answer = client.describe_continuous_backups().table_name(table.as_str()).send().await;
            of.told(answer, |answer| Told::Recovery(convert::recovery(answer.continuous_backups_description())))
        }
        Ask::Tags { arn } => {
            let mut found = BTreeMap::new();
            let mut next = None;
            loop {
                let answer = client.list_tags_of_resource().resource_arn(&arn).set_next_token(next).send().await;
                let page = match answer {
                    Ok(page) => page,
                    Err(error) => return of.refused(error),
                };
                found.extend(convert::tags(page.tags()));
                next = page.next_token;
                if next.is_none() {
                    return Ok(Told::Tags(found));
                }
            }
        }
        Ask::Insights { index } => {
            let call = client.describe_contributor_insights().table_name(table.as_str());
            let answer = call.set_index_name(index.as_ref().map(|index| index.as_str().to_owned())).send().await;
            // An index that is only being made is not known there yet.
            if index.is_some() && answer.as_ref().is_err_and(is_not_found) {
                return Ok(Told::Nothing);
            }
            of.told(answer, |answer| {
                let insights = convert::insights(answer.contributor_insights_status(), answer.contributor_insights_mode());
                Told::Insights(index, insights)
            })
        }
        Ask::Policy { arn } => match client.get_resource_policy().resource_arn(arn).send().await {
            Err(error) if has_code(&error, &["PolicyNotFoundException"]) => Ok(Told::Policy(Setting::Off, None)),
            answer => of.told(answer, |answer| Told::Policy(convert::policy(answer.policy()), answer.revision_id)),
        },
        Ask::Kinesis => {
            let answer = client.describe_kinesis_streaming_destination().table_name(table.as_str()).send().await;
            of.told(answer, |answer| Told::Kinesis(convert::destination(answer.kinesis_data_stream_destinations())))
        }
    }
}

impl Ask {
    const fn aspect(&self) -> Aspect {
        match self {
            Self::Ttl => Aspect::Ttl,
            Self::Recovery => Aspect::PointInTimeRecovery,
            Self::Tags { .. } => Aspect::Tags,
            Self::Insights { .. } => Aspect::ContributorInsights,
            Self::Policy { .. } => Aspect::ResourcePolicy,
            Self::Kinesis => Aspect::KinesisStream,
        }
    }
}

/// What a call is about, for its answer.
struct Question<'a> {
    table: &'a TableName,
    aspect: Aspect,
    action: Action,
}

impl Question<'_> {
    fn told<T, E>(&self, answer: Result<T, SdkError<E>>, tell: impl FnOnce(T) -> Told) -> Result<Told, Error>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match answer {
            Ok(answer) => Ok(tell(answer)),
            Err(error) => self.refused(error),
        }
    }

    fn refused<E>(&self, error: SdkError<E>) -> Result<Told, Error>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if is_unknown_operation(&error) {
            return Ok(Told::Nothing);
        }
        if is_denied(&error) {
            return Ok(Told::Denied(self.aspect, self.action));
        }
        if is_not_found(&error) {
            return Ok(Told::Gone);
        }
        Err(explain(self.action, &format!("table `{}`", self.table), error))
    }
}
