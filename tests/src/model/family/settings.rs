//! A table's class, encryption and protection: each alone in its call, two of them only so often; it never knows the others.

use super::super::clock::{DAY, HOUR, words};
use super::super::json::{flag, given, text};
use super::super::refusal::Refusal;
use super::super::state::{ACCOUNT, REGION, State, Table};
use super::super::step::End;
use super::{known, one_of};
use serde_json::{Value, json};

pub(super) const CLASSES: &[&str] = &["STANDARD", "STANDARD_INFREQUENT_ACCESS"];

/// Twice in 30 days.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.tableclasses.html>
pub(super) fn class(state: &mut State, table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let Some(wanted) = text(request, "TableClass") else { return Ok(()) };
    one_of(wanted, "tableClass", CLASSES)?;
    let live = table.description.pointer("/TableClassSummary/TableClass").and_then(Value::as_str).unwrap_or("STANDARD");
    if live == wanted {
        state.idle(format!("the TableClass of {} is {wanted} already", table.name()));
        return Ok(());
    }
    let now = state.now;
    let recent: Vec<u64> = table.past.class.iter().copied().filter(|when| when + 30 * DAY > now).collect();
    if let [first, .., last] = recent.as_slice() {
        return Err(Refusal::limit(format!(
            "Update of TableClass is limited to 2 times in 30 day(s). Last update at {}. Next update can be made at {}",
            words(*last),
            words(first + 30 * DAY)
        )));
    }
    table.past.class.push(now);
    table.description["TableClassSummary"] = json!({ "TableClass": wanted, "LastUpdateDateTime": now });
    Ok(())
}

/// Four times in 24 hours, then once more after each six hours without a change.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html>
pub(super) fn encryption(state: &mut State, table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let Some(wanted) = given(request, "SSESpecification") else { return Ok(()) };
    key_is_legal(wanted)?;
    let now = state.now;
    let live = table.description.get("SSEDescription");
    let enable = flag(wanted, "Enabled") == Some(true);
    let target = describe_encryption(wanted, if live.is_some() { "UPDATING" } else { "ENABLING" });
    let key = |description: &Value| text(description, "KMSMasterKeyArn").map(str::to_owned);
    let same = match live {
        Some(live) => enable && key(live) == key(&target),
        None => !enable,
    };
    if same {
        return Err(Refusal::invalid("Table is already encrypted by given KMSMasterKey"));
    }
    let recent = table.past.encryption.iter().filter(|when| **when + DAY > now).count();
    if let Some(last) = table.past.encryption.last().filter(|last| recent >= 4 && now < **last + 6 * HOUR) {
        return Err(Refusal::limit(format!(
            "Update of SSESpecification is limited to 4 times in 1 day(s), then to once in 6 hours. Last update at {}. Next update can \
             be made at {}",
            words(*last),
            words(last + 6 * HOUR)
        )));
    }
    table.past.encryption.push(now);
    if enable {
        table.description["SSEDescription"] = target;
    } else {
        table.description["SSEDescription"]["Status"] = json!("DISABLING");
    }
    table.later("DescribeTable", state.quirks.polls_updating, End::EncryptionSettled);
    Ok(())
}

pub(super) fn key_is_legal(wanted: &Value) -> Result<(), Refusal> {
    known(wanted, "SSESpecification", &["Enabled", "SSEType", "KMSMasterKeyId"])?;
    let enable = flag(wanted, "Enabled") == Some(true);
    if let Some(kind) = text(wanted, "SSEType") {
        one_of(kind, "sSEType", &["KMS"])?;
    }
    if !enable && (given(wanted, "KMSMasterKeyId").is_some() || given(wanted, "SSEType").is_some()) {
        return Err(Refusal::invalid("SSEType and KMSMasterKeyId can only be specified if SSE is enabled"));
    }
    Ok(())
}

/// The key is described by its ARN, however it was named.
pub(super) fn describe_encryption(wanted: &Value, status: &str) -> Value {
    let name = text(wanted, "KMSMasterKeyId").unwrap_or("aws-managed");
    let key = match name.strip_prefix("alias/") {
        Some(alias) => format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/of-{alias}"),
        None if name.starts_with("arn:") => name.to_owned(),
        None => format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"),
    };
    json!({ "Status": status, "SSEType": "KMS", "KMSMasterKeyArn": key })
}

pub(super) fn protection(state: &mut State, table: &mut Table, request: &Value) {
    let Some(wanted) = flag(request, "DeletionProtectionEnabled") else { return };
    if flag(&table.description, "DeletionProtectionEnabled").unwrap_or_default() == wanted {
        state.idle(format!("the DeletionProtectionEnabled of {} is {wanted} already", table.name()));
    }
    table.description["DeletionProtectionEnabled"] = json!(wanted);
}
