//! Facts of a live table in words, read by the plain client; it never knows what was declared.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{GlobalSecondaryIndexDescription, KeySchemaElement, KeyType, TableDescription};

/// How a fact begins that the engine does not tell.
pub const UNREAD: &str = "unread: ";

/// Those that are asked for: `units by-email`, `tag team`, `stream`, …
pub async fn facts(client: &Client, table: &str, asked: &[(&str, &str)]) -> Vec<(String, String)> {
    let described = client.describe_table().table_name(table).send().await.ok().and_then(|answer| answer.table);
    let mut seen = Vec::new();
    for (fact, _) in asked {
        let (what, of) = fact.split_once(' ').map_or((*fact, None), |(what, of)| (what, Some(of)));
        let words = match &described {
            None if what == "table" => "none".to_owned(),
            None if what == "backups" => apart(client, table, "", what, of).await,
            None => "no table".to_owned(),
            Some(description) => match described_fact(description, what, of) {
                Some(words) => words,
                None => apart(client, table, description.table_arn().unwrap_or_default(), what, of).await,
            },
        };
        seen.push(((*fact).to_owned(), words));
    }
    seen
}

fn index<'a>(table: &'a TableDescription, name: &str) -> Option<&'a GlobalSecondaryIndexDescription> {
    table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(name))
}

fn pair(read: Option<i64>, write: Option<i64>) -> String {
    let word = |units: Option<i64>| units.filter(|units| *units > 0).map_or("-".to_owned(), |units| units.to_string());
    if word(read) == "-" && word(write) == "-" { "none".to_owned() } else { format!("{}/{}", word(read), word(write)) }
}

/// What DescribeTable tells.
fn described_fact(table: &TableDescription, what: &str, of: Option<&str>) -> Option<String> {
    let index = of.and_then(|name| index(table, name));
    let none = || "none".to_owned();
    Some(match what {
        "table" => "there".to_owned(),
        "mode" => {
            let told = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
            // Local engines tell none, and a throughput of nothing for what is on demand.
            let units = table.provisioned_throughput().and_then(|units| units.read_capacity_units()).unwrap_or_default();
            told.map_or(if units > 0 { "PROVISIONED" } else { "PAY_PER_REQUEST" }, |mode| mode.as_str()).to_owned()
        }
        "units" => {
            let units = if of.is_some() { index?.provisioned_throughput() } else { table.provisioned_throughput() };
            units.map_or_else(none, |units| pair(units.read_capacity_units(), units.write_capacity_units()))
        }
        "maximum" => {
            let units = if of.is_some() { index?.on_demand_throughput() } else { table.on_demand_throughput() };
            units.map_or_else(none, |units| pair(units.max_read_request_units(), units.max_write_request_units()))
        }
        "warm" => match of {
            Some(_) => index?
                .warm_throughput()
                .map_or_else(none, |warm| pair(warm.read_units_per_second(), warm.write_units_per_second())),
            None => table
                .warm_throughput()
                .map_or_else(none, |warm| pair(warm.read_units_per_second(), warm.write_units_per_second())),
        },
        "stream" => {
            let stream = table.stream_specification().filter(|stream| stream.stream_enabled());
            stream.and_then(|stream| stream.stream_view_type()).map_or("off", |view| view.as_str()).to_owned()
        }
        "class" => {
            let class = table.table_class_summary().and_then(|summary| summary.table_class());
            class.map_or("STANDARD", |class| class.as_str()).to_owned()
        }
        "encryption" => {
            let on = table.sse_description().filter(|sse| sse.status().is_some_and(|status| status.as_str() == "ENABLED"));
            on.map_or_else(none, |sse| match sse.kms_master_key_arn() {
                Some(key) if key.ends_with("key/mine") || key.ends_with("key/another") => key.to_owned(),
                _ => "KMS".to_owned(),
            })
        }
        "protected" => table.deletion_protection_enabled().unwrap_or_default().to_string(),
        "replicas" => {
            let mut regions: Vec<_> = table.replicas().iter().filter_map(|replica| replica.region_name()).collect();
            // An emulator lists the table's own region too.
            let own = table.table_arn().and_then(|arn| arn.split(':').nth(3)).unwrap_or_default();
            regions.retain(|region| *region != own);
            regions.sort_unstable();
            if regions.is_empty() { none() } else { regions.join(" ") }
        }
        "index" => {
            let Some(index) = index else { return Some("no index".to_owned()) };
            let projection = index.projection();
            let mut included = projection.map(|it| it.non_key_attributes().to_vec()).unwrap_or_default();
            included.sort();
            let kind = projection.and_then(|it| it.projection_type()).map_or("", |kind| kind.as_str());
            format!("({}) {kind} {}", keys(index.key_schema()), included.join(" ")).trim_end().to_owned()
        }
        "indexes" => {
            let of = |index: &GlobalSecondaryIndexDescription| {
                format!("{}({})", index.index_name().unwrap_or_default(), keys(index.key_schema()))
            };
            let mut all: Vec<_> = table.global_secondary_indexes().iter().map(of).collect();
            all.sort();
            all.join(" ")
        }
        _ => return None,
    })
}

fn keys(schema: &[KeySchemaElement]) -> String {
    let mut names: Vec<_> = schema.iter().map(|it| (it.key_type() != &KeyType::Hash, it.attribute_name())).collect();
    names.sort_by_key(|(sort, _)| *sort);
    names.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

/// What has a call of its own.
async fn apart(client: &Client, table: &str, arn: &str, what: &str, of: Option<&str>) -> String {
    let told = match what {
        "ttl" => client
            .describe_time_to_live()
            .table_name(table)
            .send()
            .await
            .map(|answer| {
                let ttl = answer.time_to_live_description;
                let on = ttl.filter(|ttl| ttl.time_to_live_status().is_some_and(|status| status.as_str().starts_with("ENABL")));
                on.and_then(|ttl| ttl.attribute_name).unwrap_or_else(|| "off".to_owned())
            })
            .map_err(|error| refusal(&error)),
        "recovery" => client
            .describe_continuous_backups()
            .table_name(table)
            .send()
            .await
            .map(|answer| {
                let recovery = answer.continuous_backups_description.and_then(|it| it.point_in_time_recovery_description);
                let on = recovery.filter(|it| it.point_in_time_recovery_status().is_some_and(|it| it.as_str() == "ENABLED"));
                on.map_or("off".to_owned(), |on| on.recovery_period_in_days().map_or("on".to_owned(), |days| days.to_string()))
            })
            .map_err(|error| refusal(&error)),
        "tag" => tag(client, arn, of.unwrap_or_default()).await,
        "insights" => client
            .describe_contributor_insights()
            .table_name(table)
            .set_index_name(of.map(str::to_owned))
            .send()
            .await
            .map(|answer| {
                let on = answer.contributor_insights_status().is_some_and(|status| status.as_str() == "ENABLED");
                let mode = answer.contributor_insights_mode().map_or("ACCESSED_AND_THROTTLED_KEYS", |mode| mode.as_str());
                if on { mode.to_owned() } else { "off".to_owned() }
            })
            .map_err(|error| refusal(&error)),
        "policy" => match client.get_resource_policy().resource_arn(arn).send().await {
            Ok(answer) => Ok(allowed(answer.policy().unwrap_or_default())),
            Err(error) if error.code() == Some("PolicyNotFoundException") => Ok("none".to_owned()),
            Err(error) => Err(refusal(&error)),
        },
        "kinesis" => client
            .describe_kinesis_streaming_destination()
            .table_name(table)
            .send()
            .await
            .map(|answer| {
                let all = answer.kinesis_data_stream_destinations.unwrap_or_default();
                let on = all.iter().find(|it| it.destination_status().is_some_and(|status| status.as_str() == "ACTIVE"));
                on.map_or("off".to_owned(), |on| {
                    let name = on.stream_arn().unwrap_or_default().rsplit('/').next().unwrap_or_default();
                    let precision = on.approximate_creation_date_time_precision().map_or("MILLISECOND", |it| it.as_str());
                    format!("{name} {precision}")
                })
            })
            .map_err(|error| refusal(&error)),
        "backups" => client
            .list_backups()
            .table_name(table)
            .send()
            .await
            .map(|answer| answer.backup_summaries().len().to_string())
            .map_err(|error| refusal(&error)),
        other => panic!("no fact is called {other}"),
    };
    told.unwrap_or_else(|words| format!("{UNREAD}{words}"))
}

/// On whatever page it is. An emulator keeps the old value beside the new one.
async fn tag(client: &Client, arn: &str, key: &str) -> Result<String, String> {
    let (mut values, mut next) = (Vec::new(), None);
    loop {
        let page = client.list_tags_of_resource().resource_arn(arn).set_next_token(next).send().await;
        let page = page.map_err(|error| refusal(&error))?;
        values.extend(page.tags().iter().filter(|tag| tag.key() == key).map(|tag| tag.value().to_owned()));
        next = page.next_token;
        if next.is_none() {
            return Ok(if values.is_empty() { "none".to_owned() } else { values.join(" and ") });
        }
    }
}

fn refusal<E: ProvideErrorMetadata + std::error::Error + 'static, R: std::fmt::Debug>(error: &SdkError<E, R>) -> String {
    error.code().map_or_else(|| DisplayErrorContext(error).to_string(), str::to_owned)
}

fn allowed(document: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(document).unwrap_or_default();
    document.pointer("/Statement/0/Action").and_then(serde_json::Value::as_str).unwrap_or("nothing").to_owned()
}
