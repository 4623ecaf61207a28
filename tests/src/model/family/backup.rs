//! Backups on demand; it never restores one.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html>

use super::super::json::{number, text};
use super::super::refusal::Refusal;
use super::super::state::{Backup, State};
use super::{known, required, shape, table_name};
use serde_json::{Value, json};

pub(in super::super) fn create(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "CreateBackup", &["TableName", "BackupName"])?;
    let backup_name = required(request, "BackupName")?;
    shape::name(backup_name, "backupName")?;
    let serial = state.serial();
    let Some(table) = state.tables.get(name) else {
        return Err(Refusal::new("TableNotFoundException", format!("Table not found: {name}")));
    };
    if table.status() != "ACTIVE" {
        return Err(Refusal::new("TableInUseException", format!("Table is being changed: {name}")).blamed());
    }
    let described = &table.description;
    let arn = format!("{}/backup/{:011}-{serial:08x}", table.arn(), state.now);
    let details = json!({
        "BackupArn": arn,
        "BackupName": backup_name,
        "BackupStatus": "CREATING",
        "BackupType": "USER",
        "BackupSizeBytes": described["TableSizeBytes"],
        "BackupCreationDateTime": state.now,
    });
    let mode = if table.on_demand() { "PAY_PER_REQUEST" } else { "PROVISIONED" };
    let source = json!({
        "TableName": name,
        "TableId": described["TableId"],
        "TableArn": table.arn(),
        "TableSizeBytes": described["TableSizeBytes"],
        "ItemCount": described["ItemCount"],
        "KeySchema": described["KeySchema"],
        "TableCreationDateTime": described["CreationDateTime"],
        "ProvisionedThroughput": described["ProvisionedThroughput"],
        "BillingMode": mode,
    });
    let description = json!({ "BackupDetails": details, "SourceTableDetails": source });
    let mut backup = Backup { description, polls: state.quirks.polls_backup };
    backup.settle();
    state.backups.insert(arn, backup);
    Ok(json!({ "BackupDetails": details }))
}

impl Backup {
    pub(in super::super) fn settle(&mut self) {
        let details = &mut self.description["BackupDetails"];
        if self.polls == 0 && text(details, "BackupStatus") == Some("CREATING") {
            details["BackupStatus"] = json!("AVAILABLE");
        }
    }

    fn status(&self) -> &str {
        text(&self.description["BackupDetails"], "BackupStatus").unwrap_or_default()
    }
}

fn find<'a>(state: &'a mut State, request: &Value) -> Result<&'a mut Backup, Refusal> {
    let arn = required(request, "BackupArn")?;
    let missing = || Refusal::new("BackupNotFoundException", format!("Backup not found: {arn}"));
    state.backups.get_mut(arn).ok_or_else(missing)
}

pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let backup = find(state, request)?;
    let answer = json!({ "BackupDescription": backup.description });
    backup.polls = backup.polls.saturating_sub(1);
    backup.settle();
    Ok(answer)
}

pub(in super::super) fn delete(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let arn = required(request, "BackupArn")?;
    let backup = find(state, request)?;
    if backup.status() == "CREATING" {
        return Err(Refusal::new("BackupInUseException", format!("Backup is being created: {arn}")).blamed());
    }
    let mut description = backup.description.clone();
    description["BackupDetails"]["BackupStatus"] = json!("DELETED");
    state.backups.remove(arn);
    Ok(json!({ "BackupDescription": description }))
}

pub(in super::super) fn list_backups(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let members = ["TableName", "Limit", "ExclusiveStartBackupArn", "BackupType", "TimeRangeLowerBound", "TimeRangeUpperBound"];
    known(request, "ListBackups", &members)?;
    let limit = usize::try_from(number(request, "Limit").unwrap_or(100)).unwrap_or_default();
    let wanted = |description: &Value| {
        let source = text(&description["SourceTableDetails"], "TableName");
        text(request, "TableName").is_none_or(|name| source == Some(name))
    };
    let start = text(request, "ExclusiveStartBackupArn");
    let after = |arn: &str| start.is_none_or(|start| arn > start);
    let mut rest = state.backups.iter().filter(|(arn, backup)| after(arn) && wanted(&backup.description));
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let summaries: Vec<_> = page.iter().map(|(_, backup)| summary(&backup.description)).collect();
    let mut answer = json!({ "BackupSummaries": summaries });
    if let (Some((last, _)), Some(_)) = (page.last(), rest.next()) {
        answer["LastEvaluatedBackupArn"] = json!(last);
    }
    Ok(answer)
}

fn summary(description: &Value) -> Value {
    let mut summary = description["BackupDetails"].clone();
    for member in ["TableName", "TableId", "TableArn"] {
        summary[member] = description["SourceTableDetails"][member].clone();
    }
    summary
}
