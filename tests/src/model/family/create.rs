//! CreateTable; it never knows how a table is changed.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>

use super::super::json::{flag, given, list, text};
use super::super::refusal::Refusal;
use super::super::state::{ACCOUNT, Policy, REGION, State, Table};
use super::super::step::End;
use super::capacity::{ceilings, describe_provisioned, natural_warmth, provisioned, raise, set_ceilings};
use super::{known, one_of, policy, settings, shape, stream, table_name, tags};
use serde_json::{Value, json};

const MEMBERS: &[&str] = &[
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "WarmThroughput",
    "StreamSpecification",
    "SSESpecification",
    "TableClass",
    "Tags",
    "DeletionProtectionEnabled",
    "ResourcePolicy",
];

pub(in super::super) fn create(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "CreateTable", MEMBERS)?;
    let mut table = new(state, request, name);
    billing(state, &mut table, request)?;
    shape::check(request)?;
    let description = &mut table.description;
    if let Some(class) = text(request, "TableClass") {
        one_of(class, "tableClass", settings::CLASSES)?;
        description["TableClassSummary"] = json!({ "TableClass": class });
    }
    if let Some(encryption) = given(request, "SSESpecification") {
        settings::key_is_legal(encryption)?;
        if flag(encryption, "Enabled") == Some(true) {
            description["SSEDescription"] = settings::describe_encryption(encryption, "ENABLED");
        }
    }
    table.tags = tags::legal(request, &table.tags)?;
    if let Some(document) = text(request, "ResourcePolicy") {
        policy::legal(document)?;
        table.policy = Some(Policy { text: document.to_owned(), revision: format!("{}", state.serial()) });
    }
    if let Some(wanted) = given(request, "StreamSpecification") {
        stream::legal(wanted)?;
        if flag(wanted, "StreamEnabled") == Some(true) {
            stream::enable(state, &mut table, wanted);
        }
    }
    // Whoever was faster, or this client's own first attempt: nobody's fault.
    if state.tables.contains_key(name) {
        return Err(Refusal::in_use(format!("Table already exists: {name}")).excused());
    }
    state.inner.push(("CreateTable", reduced(request)));
    table.later("DescribeTable", state.quirks.polls_creating, End::TableActive);
    for index in list(request, "GlobalSecondaryIndexes") {
        let index = text(index, "IndexName").unwrap_or_default().to_owned();
        table.later("DescribeTable", state.quirks.polls_creating, End::IndexActive(index));
    }
    let answer = json!({ "TableDescription": table.description });
    state.tables.insert(name.to_owned(), table);
    Ok(answer)
}

fn new(state: &mut State, request: &Value, name: &str) -> Table {
    let arn = format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}");
    let mut description = json!({
        "TableName": name,
        "TableArn": arn,
        "TableId": state.id(),
        "TableStatus": "CREATING",
        "CreationDateTime": state.now,
        "AttributeDefinitions": request.get("AttributeDefinitions"),
        "KeySchema": request.get("KeySchema"),
        "ItemCount": 0,
        "TableSizeBytes": 0,
        "DeletionProtectionEnabled": flag(request, "DeletionProtectionEnabled").unwrap_or_default(),
    });
    for member in ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"] {
        let indexes: Vec<_> = list(request, member).map(|index| describe_index(index, &arn)).collect();
        if !indexes.is_empty() {
            description[member] = Value::Array(indexes);
        }
    }
    for index in description.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten() {
        index["IndexStatus"] = json!("CREATING");
    }
    Table {
        description,
        ttl: json!({ "TimeToLiveStatus": "DISABLED" }),
        backups: super::pitr::disabled(),
        counted: state.now,
        tries_before_backups: state.quirks.tries_before_backups,
        ..Table::default()
    }
}

/// What every index has.
pub(super) fn describe_index(index: &Value, table_arn: &str) -> Value {
    let name = text(index, "IndexName").unwrap_or_default();
    json!({
        "IndexName": name,
        "KeySchema": index.get("KeySchema"),
        "Projection": index.get("Projection"),
        "IndexArn": format!("{table_arn}/index/{name}"),
        "IndexSizeBytes": 0,
        "ItemCount": 0,
    })
}

fn billing(state: &State, table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let mode = text(request, "BillingMode").unwrap_or("PROVISIONED");
    one_of(mode, "billingMode", &["PROVISIONED", "PAY_PER_REQUEST"])?;
    let on_demand = mode == "PAY_PER_REQUEST";
    if on_demand {
        table.description["BillingModeSummary"] = json!({ "BillingMode": mode, "LastUpdateToPayPerRequestDateTime": state.now });
    }
    capacity(state, &mut table.description, request, "table", on_demand)?;
    for index in list(request, "GlobalSecondaryIndexes") {
        known(index, "a global secondary index", INDEX)?;
        let name = text(index, "IndexName").unwrap_or_default();
        if let Some(described) = super::super::json::find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name)
        {
            capacity(state, described, index, name, on_demand)?;
        }
    }
    Ok(())
}

pub(super) const INDEX: &[&str] =
    &["IndexName", "KeySchema", "Projection", "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"];

/// The capacity of a new table or index.
pub(super) fn capacity(
    state: &State,
    description: &mut Value,
    request: &Value,
    whose: &str,
    on_demand: bool,
) -> Result<(), Refusal> {
    let wanted = given(request, "ProvisionedThroughput");
    let units = match (on_demand, wanted) {
        (true, Some(_)) => {
            return Err(Refusal::invalid(format!(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for {whose} when BillingMode is PAY_PER_REQUEST"
            )));
        }
        (false, None) => {
            return Err(Refusal::invalid(format!(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified for {whose} when BillingMode is PROVISIONED"
            )));
        }
        (true, None) => None,
        (false, Some(wanted)) => Some(provisioned(wanted, whose)?),
    };
    description["ProvisionedThroughput"] = describe_provisioned(units);
    description["WarmThroughput"] = natural_warmth(units);
    if let Some(wanted) = given(request, "OnDemandThroughput") {
        if !on_demand {
            return Err(Refusal::invalid(format!("OnDemandThroughput of {whose} needs the BillingMode PAY_PER_REQUEST")));
        }
        ceilings(wanted, whose)?;
        set_ceilings(description, wanted, state.quirks.shows_no_ceiling);
    }
    match given(request, "WarmThroughput") {
        Some(wanted) => raise(description, wanted, whose, true),
        None => Ok(()),
    }
}

/// What the engine below needs to hold items: on demand, always, since it never throttles.
fn reduced(request: &Value) -> Value {
    let mut inner = json!({
        "TableName": request.get("TableName"),
        "AttributeDefinitions": request.get("AttributeDefinitions"),
        "KeySchema": request.get("KeySchema"),
        "BillingMode": "PAY_PER_REQUEST",
    });
    for member in ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"] {
        let indexes: Vec<_> = list(request, member).map(reduced_index).collect();
        if !indexes.is_empty() {
            inner[member] = Value::Array(indexes);
        }
    }
    if let Some(wanted) = given(request, "StreamSpecification") {
        inner["StreamSpecification"] = wanted.clone();
    }
    inner
}

pub(super) fn reduced_index(index: &Value) -> Value {
    json!({
        "IndexName": index.get("IndexName"),
        "KeySchema": index.get("KeySchema"),
        "Projection": index.get("Projection"),
    })
}
