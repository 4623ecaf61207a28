//! Tables that are made together: their making takes DynamoDB seconds each, and they do not know of each other.

use aws_sdk_dynamodb::Client;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::run::Run;
use crate::aws::apply::{Applied, Convoy, Wait, apply};
use crate::aws::fault::AwsError;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::Entry;
use crate::iam::Action;
use crate::plan::{Expiring, PlannedStep};
use crate::schema::{Delta, Encryption, SettingChange, TableName};
use crate::step::Step;

/// As many tables are made at once; an account may have 500 such operations under way.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
const AT_ONCE: usize = 100;

/// The tables that can be made now: nothing has to be done for them first.
pub(super) fn creations(part: &[PlannedStep]) -> Vec<Step> {
    let mut creations: Vec<Step> = Vec::new();
    for (at, PlannedStep { step, .. }) in part.iter().enumerate() {
        let first = !part[..at].iter().any(|earlier| earlier.step.table() == step.table());
        if first && matches!(step, Step::CreateTable { .. }) {
            creations.push(step.clone());
        }
    }
    creations
}

/// The key that a new table is encrypted by, where it is the account's own: DynamoDB does not tell it from its own later.
fn key(step: &Step) -> Option<Entry> {
    let Step::CreateTable { schema } = step else { return None };
    let to = schema.encryption.clone().filter(|encryption| matches!(encryption, Encryption::Customer(_)))?;
    let change = SettingChange::Encryption(Delta::new(Encryption::AwsOwned, to));
    let step = Step::Set { table: schema.name.clone(), change };
    Some(Entry::TableChanged { table: schema.name.clone(), change: step.to_string() })
}

/// An engine that lacks what every table needs.
#[derive(Debug, thiserror::Error)]
#[error("this engine cannot make table `{table}` as it is declared: {reason}")]
struct NotHere {
    table: TableName,
    reason: String,
}

/// Whether nothing is left that a table could be made without.
fn is_bare(step: &Step) -> bool {
    matches!(step, Step::CreateTable { schema } if *schema == schema.clone().bare())
}

/// Makes one table, and says so.
async fn make(client: Client, step: Step, wait: Wait, is_aws: bool, listener: Listener) -> (Step, Result<Applied, Error>) {
    listener.say(Event::StepStarted { step: step.clone() });
    let begun = Instant::now();
    let mut on_wait = |elapsed, status: &str| {
        listener.say(Event::StepWaiting { step: step.clone(), elapsed, status: status.to_owned() });
    };
    let applied = apply(&client, &step, &wait, is_aws, &mut on_wait).await;
    if matches!(applied, Ok(Applied::Done)) {
        listener.say(Event::StepDone { step: step.clone(), elapsed: begun.elapsed() });
    }
    (step, applied)
}

/// Whether this very action is what the caller may not do, or is not trusted with: it was not carried out.
fn is_forbidden(error: &Error, wanted: Action) -> bool {
    matches!(
        error.inner().downcast_ref(),
        Some(AwsError::AccessDenied { action, .. } | AwsError::Credentials { action, .. } | AwsError::Expired { action, .. })
            if *action == wanted
    )
}

impl Run<'_> {
    /// Intents, calls, records: all intents in one transaction, and all records in another.
    pub(super) async fn create_tables(&mut self, steps: Vec<Step>) -> Result<(), Error> {
        let name = |step: &Step| step.table().clone();
        self.held.doing(&match &steps[..] {
            [step] => step.to_string(),
            steps => format!("create {} tables", steps.len()),
        });
        self.record_all(steps.iter().map(|step| Entry::TableCreating { table: name(step) }).collect()).await?;
        let wait = Wait { convoy: Some(Convoy::default()), ..self.wait.clone() };
        let making = steps
            .into_iter()
            .map(|step| make(self.client.clone(), step, wait.clone(), !self.migrator.local, self.migrator.listener.clone()));
        let made = stream::iter(making.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        let mut made: Vec<(Step, Result<Applied, Error>)> = made.collect().await;
        made.sort_by(|(a, _), (b, _)| a.table().cmp(b.table()));
        self.keep(made).await
    }

    /// What was made is recorded, whatever became of the others; then the first error counts.
    async fn keep(&mut self, made: Vec<(Step, Result<Applied, Error>)>) -> Result<(), Error> {
        let (mut failed, mut done, mut not_made) = (None, Vec::new(), Vec::new());
        for (step, applied) in made {
            match applied {
                Ok(Applied::Done) => done.push(step),
                Ok(Applied::Unsupported { reason }) if is_bare(&step) => {
                    not_made.push(Entry::TableNotCreated { table: step.table().clone() });
                    let error = Error::new(ErrorKind::NotSupported, NotHere { table: step.table().clone(), reason });
                    failed.get_or_insert(
                        error.with_help("docs/engines.md says what each engine knows; another environment may leave it out"),
                    );
                }
                Ok(Applied::Unsupported { reason }) => {
                    self.migrator.listener.say(Event::StepUnsupported { step: step.clone(), reason });
                    self.observed.unsupported.push(step);
                }
                Ok(Applied::NotBegun) => {
                    not_made.push(Entry::TableNotCreated { table: step.table().clone() });
                    self.left.insert(step.table().clone(), "not begun".to_owned());
                }
                Ok(Applied::NotNow { reason: status, .. } | Applied::StillGoing { status }) => {
                    self.left.insert(step.table().clone(), status);
                }
                Err(error) => {
                    // Refused for good: the table was not made, and whatever has its name later is not ours. One that may not be looked at
                    // was made.
                    if is_forbidden(&error, Action::CreateTable) {
                        not_made.push(Entry::TableNotCreated { table: step.table().clone() });
                    }
                    failed.get_or_insert(error);
                }
            }
        }
        let keys: Vec<Entry> = done.iter().filter_map(key).collect();
        let tables: Vec<TableName> = done.iter().map(|step| step.table().clone()).collect();
        for table in &tables {
            // It is new, so that it holds nothing.
            self.observed.made_here.insert(table.clone());
            self.observed.expiring.insert(table.clone(), Expiring { items: 0, past: 0 });
        }
        let mut entries = self.described(&tables).await?;
        entries.extend(keys);
        entries.extend(not_made);
        self.record_all(entries).await?;
        self.report.steps.extend(done);
        failed.map_or(Ok(()), Err)
    }

    /// The tables as they are now, each with the record of its making.
    async fn described(&mut self, tables: &[TableName]) -> Result<Vec<Entry>, Error> {
        self.look_at(tables).await?;
        let id = |table: &TableName| self.observed.tables.get(table).and_then(|live| live.table_id.clone());
        Ok(tables.iter().map(|table| Entry::TableCreated { table: table.clone(), table_id: id(table) }).collect())
    }
}
