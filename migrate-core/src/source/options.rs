//! A table's settings and indexes as the options of `#[table(...)]`; knows no line and no field's type.

use super::fields::Fields;
use super::text::quoted;
use crate::schema::{
    Billing, Encryption, GlobalIndex, IndexName, Insights, KeyElement, KinesisStream, LocalIndex, MaxThroughput, Precision,
    Projection, Recovery, Setting, TableClass, TableSchema, Throughput,
};

/// Every setting that is known; `policy` is the file that holds the resource policy.
pub(super) fn settings(schema: &TableSchema, fields: &Fields, policy: Option<&str>) -> Vec<String> {
    let ttl = is("ttl", &schema.ttl, |attribute| fields.name(attribute));
    let stated = [
        schema.billing.as_ref().map(billing),
        is("stream", &schema.stream, ToString::to_string),
        ttl,
        schema.deletion_protection.map(|on| format!("deletion_protection = {on}")),
        schema.table_class.as_ref().map(table_class),
        schema.encryption.as_ref().map(encryption),
        is("point_in_time_recovery", &schema.point_in_time_recovery, recovery),
        warm_throughput(&schema.warm_throughput),
        insights(&schema.contributor_insights),
        is("resource_policy", &schema.resource_policy, |_| quoted(policy.unwrap_or_default())),
        is("kinesis_stream", &schema.kinesis_stream, kinesis_stream),
        replicas(schema),
        tags(schema),
    ];
    stated.into_iter().flatten().collect()
}

/// The indexes, each with its word and all that is known of it.
pub(super) fn indexes(schema: &TableSchema, fields: &Fields) -> Vec<(&'static str, Vec<String>)> {
    let global = schema.global_indexes.iter().map(|(name, index)| ("global_index", global_index(name, index, fields)));
    let local = schema.local_indexes.iter().map(|(name, index)| ("local_index", local_index(name, index, fields)));
    global.chain(local).collect()
}

fn is<T>(option: &str, setting: &Setting<T>, value: impl Fn(&T) -> String) -> Option<String> {
    match setting {
        Setting::Unmanaged => None,
        Setting::Off => Some(format!("{option} = off")),
        Setting::Set(set) => Some(format!("{option} = {}", value(set))),
    }
}

fn billing(billing: &Billing) -> String {
    match billing {
        Billing::OnDemand(MaxThroughput { read, write }) => {
            let max = [is("max_read", read, ToString::to_string), is("max_write", write, ToString::to_string)];
            let max: Vec<String> = max.into_iter().flatten().collect();
            if max.is_empty() { "billing = on_demand".to_owned() } else { format!("billing = on_demand({})", max.join(", ")) }
        }
        Billing::Provisioned(Throughput { read, write }) => format!("billing = provisioned(read = {read}, write = {write})"),
    }
}

fn table_class(class: &TableClass) -> String {
    let class = match class {
        TableClass::Standard => "standard",
        TableClass::StandardInfrequentAccess => "standard_infrequent_access",
    };
    format!("table_class = {class}")
}

fn encryption(encryption: &Encryption) -> String {
    match encryption {
        Encryption::AwsOwned => "encryption = aws_owned".to_owned(),
        Encryption::AwsManaged => "encryption = aws_managed".to_owned(),
        Encryption::Customer(key) => format!("encryption = kms({})", quoted(key)),
    }
}

fn recovery(recovery: &Recovery) -> String {
    recovery.days.map_or_else(|| "on".to_owned(), |days| format!("on(days = {days})"))
}

/// Off is none that is known; DynamoDB cannot switch it off.
fn warm_throughput(warm: &Setting<Throughput>) -> Option<String> {
    warm.value().map(|Throughput { read, write }| format!("warm_throughput(read = {read}, write = {write})"))
}

fn insights(insights: &Setting<Insights>) -> Option<String> {
    is("contributor_insights", insights, |insights| {
        let word = match insights {
            Insights::AccessedAndThrottled => "on",
            Insights::Throttled => "throttled_keys",
        };
        word.to_owned()
    })
}

fn kinesis_stream(stream: &KinesisStream) -> String {
    let arn = quoted(&stream.arn);
    match stream.precision {
        None => arn,
        Some(Precision::Millisecond) => format!("stream({arn}, precision = millisecond)"),
        Some(Precision::Microsecond) => format!("stream({arn}, precision = microsecond)"),
    }
}

fn replicas(schema: &TableSchema) -> Option<String> {
    match &schema.replicas {
        Setting::Unmanaged => None,
        Setting::Set(regions) if !regions.is_empty() => {
            Some(format!("replicas({})", regions.iter().map(|region| quoted(region)).collect::<Vec<_>>().join(", ")))
        }
        Setting::Off | Setting::Set(_) => Some("replicas = off".to_owned()),
    }
}

fn tags(schema: &TableSchema) -> Option<String> {
    let tags = schema.tags.iter().filter_map(|(key, value)| is(&quoted(key), value, |value| quoted(value)));
    let tags: Vec<String> = tags.collect();
    (!tags.is_empty()).then(|| format!("tags({})", tags.join(", ")))
}

fn global_index(name: &IndexName, index: &GlobalIndex, fields: &Fields) -> Vec<String> {
    let options = [
        Some(format!("name = {}", quoted(name.as_str()))),
        keys("partition_key", &index.key.partition, fields),
        keys("sort_key", &index.key.sort, fields),
        Some(projection(&index.projection, fields)),
        index.billing.as_ref().map(billing),
        warm_throughput(&index.warm_throughput),
        insights(&index.contributor_insights),
    ];
    options.into_iter().flatten().collect()
}

fn local_index(name: &IndexName, index: &LocalIndex, fields: &Fields) -> Vec<String> {
    let sort_key = format!("sort_key = {}", fields.name(&index.sort.name));
    vec![format!("name = {}", quoted(name.as_str())), sort_key, projection(&index.projection, fields)]
}

fn keys(option: &str, elements: &[KeyElement], fields: &Fields) -> Option<String> {
    let names: Vec<String> = elements.iter().map(|element| fields.name(&element.name)).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{option} = {one}")),
        many => Some(format!("{option} = [{}]", many.join(", "))),
    }
}

fn projection(projection: &Projection, fields: &Fields) -> String {
    match projection {
        Projection::All => "projection = all".to_owned(),
        Projection::KeysOnly => "projection = keys_only".to_owned(),
        Projection::Include(attributes) => {
            let names: Vec<String> = attributes.iter().map(|attribute| fields.name(attribute)).collect();
            format!("projection = include({})", names.join(", "))
        }
    }
}
