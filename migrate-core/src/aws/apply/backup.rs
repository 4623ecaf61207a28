//! The backup of a table before it is dropped, made once however often the drop is begun; it never knows why the table is dropped.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{BackupStatus, BackupSummary, BackupTypeFilter, TableDescription};
use jiff::{SignedDuration, Timestamp};

use super::super::fault::{explain, has_code, is_unknown_operation};
use super::pace::DOUBTS;
use super::send::{Sent, meaning};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;
use crate::schema::TableName;

const LIST: Action = Action::ListBackups;
const CREATE: Action = Action::CreateBackup;
const DESCRIBE: Action = Action::DescribeBackup;

/// How a backup stands.
pub(super) enum Backup {
    /// It can be restored.
    There,
    /// It is being made, or could not be begun yet.
    OnTheWay(String),
    /// The engine has none.
    Unknown(Error),
}

/// The backup of one drop: looks for one, makes one, waits for it, each time it is asked a step further.
pub(super) struct Making<'a> {
    client: &'a Client,
    table: &'a TableName,
    arn: Option<String>,
    looked: bool,
    /// Calls of which nobody knows what became.
    lost: u32,
}

impl<'a> Making<'a> {
    pub(super) const fn new(client: &'a Client, table: &'a TableName) -> Self {
        Self { client, table, arn: None, looked: false, lost: 0 }
    }

    fn resource(&self) -> String {
        format!("table `{}`", self.table)
    }

    /// Takes it one step further. Without leave to make a backup nothing is dropped: the error says which action is missing.
    pub(super) async fn go_on(&mut self, found: &TableDescription) -> Result<Backup, Error> {
        if !self.looked {
            match self.earlier(found).await? {
                Ok(arn) => (self.arn, self.looked) = (arn, true),
                Err(other) => return Ok(other),
            }
        }
        match &self.arn {
            Some(arn) => self.wait_for(arn.clone()).await,
            None => self.make().await,
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html>
    async fn earlier(&self, found: &TableDescription) -> Result<Result<Option<String>, Backup>, Error> {
        let mut from = None;
        loop {
            let call = self.client.list_backups().table_name(self.table.as_str()).backup_type(BackupTypeFilter::User);
            let page = match call.set_exclusive_start_backup_arn(from).send().await {
                Ok(page) => page,
                Err(error) if is_unknown_operation(&error) => {
                    return Ok(Err(Backup::Unknown(explain(LIST, &self.resource(), error))));
                }
                Err(error) => {
                    let error = explain(LIST, &self.resource(), error);
                    return match error.kind() {
                        ErrorKind::Throttled => Ok(Err(Backup::OnTheWay(error.to_string()))),
                        _ => Err(declined(error)),
                    };
                }
            };
            let ours = page.backup_summaries().iter().find(|backup| is_of_this_drop(backup, self.table, found, Timestamp::now()));
            if let Some(arn) = ours.and_then(|backup| backup.backup_arn()) {
                return Ok(Ok(Some(arn.to_owned())));
            }
            from = page.last_evaluated_backup_arn;
            if from.is_none() {
                return Ok(Ok(None));
            }
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html>
    async fn make(&mut self) -> Result<Backup, Error> {
        // The call cannot be repeated without making another backup, so that the SDK must not.
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let call = self.client.create_backup().table_name(self.table.as_str()).backup_name(name(self.table));
        let answer = call.customize().config_override(once).send().await;
        if self.lost < DOUBTS && answer.as_ref().is_err_and(is_lost) {
            // The next turn looks whether it was made.
            (self.looked, self.lost) = (false, self.lost + 1);
            return Ok(Backup::OnTheWay("what became of the backup is not known yet".to_owned()));
        }
        let details =
            answer.as_ref().ok().and_then(|answer| answer.backup_details()).map(|details| details.backup_arn().to_owned());
        match meaning(CREATE, self.table, answer).map_err(declined)? {
            Sent::Accepted => {
                // Without its ARN in the answer it is looked for again.
                (self.looked, self.arn) = (details.is_some(), details);
                Ok(Backup::OnTheWay("the backup is CREATING".to_owned()))
            }
            Sent::Busy(reason) | Sent::NotNow(reason) => Ok(Backup::OnTheWay(reason)),
            Sent::Doubtful(error) => Err(declined(error)),
            Sent::Unknown(error) => Ok(Backup::Unknown(error)),
        }
    }

    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html>
    async fn wait_for(&mut self, arn: String) -> Result<Backup, Error> {
        match self.client.describe_backup().backup_arn(arn).send().await {
            Ok(answer) => {
                let details = answer.backup_description().and_then(|backup| backup.backup_details());
                match details.map(|details| details.backup_status()) {
                    Some(BackupStatus::Available) => Ok(Backup::There),
                    Some(BackupStatus::Deleted) => {
                        (self.arn, self.looked) = (None, false);
                        Ok(Backup::OnTheWay("the backup was deleted".to_owned()))
                    }
                    Some(_) | None => Ok(Backup::OnTheWay("the backup is CREATING".to_owned())),
                }
            }
            // One that was only begun need not be known yet.
            Err(error) if has_code(&error, &["BackupNotFoundException"]) => {
                Ok(Backup::OnTheWay("the backup is not to be seen yet".to_owned()))
            }
            Err(error) => {
                let error = explain(DESCRIBE, &self.resource(), error);
                match error.kind() {
                    ErrorKind::Throttled => Ok(Backup::OnTheWay(error.to_string())),
                    _ => Err(declined(error)),
                }
            }
        }
    }
}

/// Whether a call may have done its work although it failed.
fn is_lost<E>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        _ => error.raw_response().is_some_and(|response| response.status().is_server_error()),
    }
}

fn declined(error: Error) -> Error {
    error.with_help("nothing was dropped; `--no-backup` drops the table without a backup")
}

/// Backups of one table may share a name, so that it need not tell the time.
fn name(table: &TableName) -> String {
    const SUFFIX: &str = "-before-drop";
    let table = table.as_str();
    let cut = table.len().min(255 - SUFFIX.len());
    format!("{}{SUFFIX}", &table[..cut])
}

/// Whether it is the backup of a drop that was begun lately and did not get further: of this very table, with our name, and so young
/// that a run which was killed may have made it. An older one lacks what was written since.
fn is_of_this_drop(backup: &BackupSummary, table: &TableName, found: &TableDescription, now: Timestamp) -> bool {
    const STILL_GOOD: SignedDuration = SignedDuration::from_hours(24);
    let same_table = match (backup.table_id(), found.table_id()) {
        (Some(of_backup), Some(of_table)) => of_backup == of_table,
        // An engine without ids: one that is older than the table is another table's.
        _ => match (backup.backup_creation_date_time(), found.creation_date_time()) {
            (Some(of_backup), Some(of_table)) => of_backup.secs() >= of_table.secs(),
            _ => false,
        },
    };
    let made = backup.backup_creation_date_time().and_then(|time| Timestamp::new(time.secs(), 0).ok());
    let young = made.is_some_and(|made| now.duration_since(made) < STILL_GOOD);
    let lives = matches!(backup.backup_status(), Some(BackupStatus::Available | BackupStatus::Creating));
    same_table && young && lives && backup.backup_name() == Some(name(table).as_str())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::primitives::DateTime;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[test]
    fn only_a_young_backup_of_this_very_table_counts() {
        let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let table = TableName::new("orders").unwrap();
        let at = |hours: i64| DateTime::from_secs(now.as_second() - hours * 3600);
        let described = TableDescription::builder().table_id("id").creation_date_time(at(99)).build();
        let without_id = TableDescription::builder().creation_date_time(at(9)).build();
        let backup = |id: Option<&str>, name: &str, hours, status| {
            BackupSummary::builder()
                .set_table_id(id.map(str::to_owned))
                .backup_name(name)
                .backup_creation_date_time(at(hours))
                .backup_status(status)
                .build()
        };
        let ours = |backup: BackupSummary, table_found: &TableDescription| is_of_this_drop(&backup, &table, table_found, now);
        let name = "orders-before-drop";
        assert!(ours(backup(Some("id"), name, 1, BackupStatus::Available), &described));
        assert!(ours(backup(Some("id"), name, 1, BackupStatus::Creating), &described));
        assert!(ours(backup(None, name, 1, BackupStatus::Available), &without_id));
        assert!(!ours(backup(None, name, 10, BackupStatus::Available), &without_id), "of an earlier table");
        assert!(!ours(backup(Some("other"), name, 1, BackupStatus::Available), &described));
        assert!(!ours(backup(Some("id"), "by-hand", 1, BackupStatus::Available), &described));
        assert!(!ours(backup(Some("id"), name, 24, BackupStatus::Available), &described), "what was written since is not in it");
        assert!(!ours(backup(Some("id"), name, 1, BackupStatus::Deleted), &described));
    }

    #[test]
    fn a_long_name_is_cut() {
        let table = TableName::new("x".repeat(255)).unwrap();
        assert_eq!((name(&table).len(), name(&table).ends_with("x-before-drop")), (255, true));
    }

    #[test]
    fn a_call_that_the_service_refused_did_nothing() {
        let answered = |status: u16| {
            let response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
            is_lost(&SdkError::service_error("an error", response))
        };
        assert_eq!([400, 499, 500, 503].map(answered), [false, false, true, true]);
        assert!(is_lost(&SdkError::<&str>::timeout_error("late")));
        assert!(!is_lost(&SdkError::<&str>::construction_failure("never sent")));
    }
}
