//! Kinesis destinations: one at a time; it never knows the stream behind the ARN.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html>

use super::super::json::{given, text};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::super::step::End;
use super::{known, one_of, required, table_name};
use serde_json::{Value, json};

const PRECISION: &str = "ApproximateCreationDateTimePrecision";

pub(in super::super) fn enable(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    const CONFIGURATION: &str = "EnableKinesisStreamingConfiguration";
    known(request, "EnableKinesisStreamingDestination", &["TableName", "StreamArn", CONFIGURATION])?;
    let precision = precision(request, CONFIGURATION)?;
    step(state, request, CONFIGURATION, |table, arn| {
        if let Some(busy) = table.kinesis.iter().find(|destination| text(destination, "DestinationStatus") != Some("DISABLED")) {
            let other = text(busy, "StreamArn").unwrap_or_default();
            return Err(Refusal::validation(format!(
                "Table is not in a valid state to enable Kinesis Streaming Destination: EnableKinesisStreamingDestination must be \
                 DISABLED or ENABLE_FAILED to perform ENABLE operation: {other}"
            )));
        }
        table.kinesis.retain(|destination| text(destination, "StreamArn") != Some(arn));
        let precision = precision.unwrap_or("MILLISECOND");
        table.kinesis.push(json!({ "StreamArn": arn, "DestinationStatus": "ENABLING", PRECISION: precision }));
        Ok("ENABLING")
    })
}

pub(in super::super) fn disable(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    const CONFIGURATION: &str = "EnableKinesisStreamingConfiguration";
    known(request, "DisableKinesisStreamingDestination", &["TableName", "StreamArn", CONFIGURATION])?;
    step(state, request, CONFIGURATION, |table, arn| {
        active(table, arn, "disable")?["DestinationStatus"] = json!("DISABLING");
        Ok("DISABLING")
    })
}

pub(in super::super) fn update(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    const CONFIGURATION: &str = "UpdateKinesisStreamingConfiguration";
    known(request, "UpdateKinesisStreamingDestination", &["TableName", "StreamArn", CONFIGURATION])?;
    let Some(precision) = precision(request, CONFIGURATION)? else {
        return Err(Refusal::validation("Streaming destination cannot be updated with given parameters: nothing is given"));
    };
    step(state, request, CONFIGURATION, |table, arn| {
        let destination = active(table, arn, "update")?;
        if text(destination, PRECISION) == Some(precision) {
            return Err(Refusal::validation(format!(
                "Invalid Request: Precision is already set to the desired value of {precision}"
            )));
        }
        destination[PRECISION] = json!(precision);
        destination["DestinationStatus"] = json!("UPDATING");
        Ok("UPDATING")
    })
}

pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    Ok(json!({ "TableName": name, "KinesisDataStreamDestinations": state.table(name)?.kinesis }))
}

fn step(
    state: &mut State,
    request: &Value,
    configuration: &str,
    change: impl FnOnce(&mut Table, &str) -> Result<&'static str, Refusal>,
) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    let arn = required(request, "StreamArn")?;
    if !(arn.starts_with("arn:aws:kinesis:") && arn.contains(":stream/")) {
        return Err(Refusal::validation(format!("Invalid StreamArn: {arn}")));
    }
    state.change(name, |state, table| {
        table.must_be_active()?;
        let status = change(table, arn)?;
        table.later("DescribeKinesisStreamingDestination", state.quirks.polls_kinesis, End::KinesisSettled(arn.to_owned()));
        let mut answer = json!({ "TableName": name, "StreamArn": arn, "DestinationStatus": status });
        if let Some(given) = given(request, configuration) {
            answer[configuration] = given.clone();
        }
        Ok(answer)
    })
}

fn precision<'a>(request: &'a Value, configuration: &str) -> Result<Option<&'a str>, Refusal> {
    let precision = given(request, configuration).and_then(|given| text(given, PRECISION));
    match precision {
        Some(precision) => one_of(precision, PRECISION, &["MILLISECOND", "MICROSECOND"]).map(|()| Some(precision)),
        None => Ok(None),
    }
}

fn active<'a>(table: &'a mut Table, arn: &str, what: &str) -> Result<&'a mut Value, Refusal> {
    let mut all = table.kinesis.iter_mut();
    let found = all.find(|it| text(it, "StreamArn") == Some(arn) && text(it, "DestinationStatus") == Some("ACTIVE"));
    found.ok_or_else(|| {
        Refusal::validation(format!(
            "Table is not in a valid state to {what} Kinesis Streaming Destination: {arn} must be ACTIVE"
        ))
    })
}
