//! What DynamoDB would refuse of a declared table's settings; knows no key.

use super::Rule;
use crate::schema::{Billing, Encryption, MaxThroughput, Policy, Setting, StreamView, TableSchema, Throughput};

const THROUGHPUT: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughput.html";
const ON_DEMAND: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html";
const WARM: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_WarmThroughput.html";
const RECOVERY: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html";
const TAGS: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html";
const POLICY: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html";
const KMS: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html";
const KINESIS: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html";
const REPLICAS: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html";

pub(super) const RULES: &[Rule] = &[
    Rule { name: "throughput", link: THROUGHPUT, broken: throughput },
    Rule { name: "max-throughput", link: ON_DEMAND, broken: max_throughput },
    Rule { name: "index-billing", link: THROUGHPUT, broken: index_billing },
    Rule { name: "warm-throughput", link: WARM, broken: warm_throughput },
    Rule { name: "recovery-days", link: RECOVERY, broken: recovery_days },
    Rule { name: "tags", link: TAGS, broken: tags },
    Rule { name: "resource-policy", link: POLICY, broken: resource_policy },
    Rule { name: "kms-key", link: KMS, broken: kms_key },
    Rule { name: "kinesis-arn", link: KINESIS, broken: kinesis_arn },
    Rule { name: "replicas", link: REPLICAS, broken: replicas },
];

/// The table's and its indexes', each with what it is called.
fn of_all<'a, T: 'a>(
    schema: &'a TableSchema,
    of_table: Option<T>,
    of_index: impl Fn(&'a crate::schema::GlobalIndex) -> Option<T> + 'a,
) -> impl Iterator<Item = (String, T)> + 'a {
    let indexes = schema.global_indexes.iter();
    let indexes = indexes.filter_map(move |(name, index)| Some((format!(" of index `{name}`"), of_index(index)?)));
    of_table.map(|value| (String::new(), value)).into_iter().chain(indexes)
}

fn throughput(schema: &TableSchema) -> Vec<String> {
    let none = |billing| matches!(billing, Billing::Provisioned(Throughput { read, write }) if read == 0 || write == 0);
    of_all(schema, schema.billing, |index| index.billing)
        .filter(|(_, billing)| none(*billing))
        .map(|(of, _)| format!("provisioned throughput{of} is at least 1, for reads and for writes"))
        .collect()
}

fn max_throughput(schema: &TableSchema) -> Vec<String> {
    let none = |billing| match billing {
        Billing::OnDemand(MaxThroughput { read, write }) => read == Setting::Set(0) || write == Setting::Set(0),
        Billing::Provisioned(_) => false,
    };
    of_all(schema, schema.billing, |index| index.billing)
        .filter(|(_, billing)| none(*billing))
        .map(|(of, _)| format!("the maximum throughput{of} is at least 1, or off"))
        .collect()
}

/// An index has its table's mode: without the table's, its own means nothing.
fn index_billing(schema: &TableSchema) -> Vec<String> {
    let stated = schema.global_indexes.iter().filter_map(|(name, index)| Some((name, index.billing?)));
    let wrong = stated.filter(|(_, billing)| schema.billing.is_none_or(|table| !table.same_mode(billing)));
    let mode = |billing: &Billing| match billing {
        Billing::OnDemand(_) => "on_demand",
        Billing::Provisioned(_) => "provisioned",
    };
    wrong
        .map(|(name, billing)| match &schema.billing {
            None => format!(
                "index `{name}` states its billing, and the table does not: state `billing = {}` for the table",
                mode(&billing)
            ),
            Some(table) => format!(
                "index `{name}` is {}, but its table is {}: an index is paid for as its table is",
                mode(&billing),
                mode(table)
            ),
        })
        .collect()
}

fn warm_throughput(schema: &TableSchema) -> Vec<String> {
    let table = (!schema.warm_throughput.is_unmanaged()).then_some(schema.warm_throughput);
    let index = |index: &crate::schema::GlobalIndex| (!index.warm_throughput.is_unmanaged()).then_some(index.warm_throughput);
    let broken = |(of, warm): (String, Setting<Throughput>)| match warm {
        Setting::Off => Some(format!("warm throughput{of} cannot be switched off: DynamoDB only raises it; leave it out")),
        Setting::Set(Throughput { read, write }) if read == 0 || write == 0 => {
            Some(format!("warm throughput{of} is at least 1, for reads and for writes"))
        }
        Setting::Set(_) | Setting::Unmanaged => None,
    };
    of_all(schema, table, index).filter_map(broken).collect()
}

fn recovery_days(schema: &TableSchema) -> Vec<String> {
    let days = schema.point_in_time_recovery.value().and_then(|recovery| recovery.days);
    days.filter(|days| !(1..=35).contains(days))
        .map(|days| format!("point-in-time recovery over {days} days; DynamoDB takes 1 to 35"))
        .into_iter()
        .collect()
}

fn tags(schema: &TableSchema) -> Vec<String> {
    let mut broken = Vec::new();
    for (key, value) in &schema.tags {
        let (length, value) = (key.chars().count(), value.value().map_or(0, |value| value.chars().count()));
        if !(1..=128).contains(&length) {
            broken.push(format!("the tag key `{key}` has {length} characters; DynamoDB takes 1 to 128"));
        }
        if value > 256 {
            broken.push(format!("the value of tag `{key}` has {value} characters; DynamoDB takes up to 256"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            broken.push(format!("the tag `{key}` is AWS's own: tags that begin with `aws:` cannot be set"));
        }
    }
    let set = schema.tags.values().filter(|value| value.value().is_some()).count();
    if set > 50 {
        broken.push(format!("{set} tags; DynamoDB takes up to 50"));
    }
    broken
}

fn resource_policy(schema: &TableSchema) -> Vec<String> {
    let Setting::Set(policy) = &schema.resource_policy else { return Vec::new() };
    let mut broken: Vec<String> = Policy::new(policy.as_str()).err().iter().map(ToString::to_string).collect();
    let length = policy.as_str().len();
    if length > 20 * 1024 {
        broken.push(format!("the resource policy has {length} bytes; DynamoDB takes up to 20 KB"));
    }
    broken
}

/// `arn:partition:service:region:account:…`
fn is_arn_of(arn: &str, service: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some(service) && parts.count() == 3
}

fn kms_key(schema: &TableSchema) -> Vec<String> {
    let Some(Encryption::Customer(key)) = &schema.encryption else { return Vec::new() };
    let arn = is_arn_of(key, "kms") && key.contains(":key/");
    let what = format!(
        "encryption by `{key}`: name the key by its ARN, `arn:aws:kms:REGION:ACCOUNT:key/ID`, which DescribeTable tells too"
    );
    if arn { Vec::new() } else { vec![what] }
}

fn kinesis_arn(schema: &TableSchema) -> Vec<String> {
    let Setting::Set(stream) = &schema.kinesis_stream else { return Vec::new() };
    let arn = is_arn_of(&stream.arn, "kinesis");
    let what = format!("the Kinesis stream `{}`: name it by its ARN, `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`", stream.arn);
    if arn { Vec::new() } else { vec![what] }
}

fn replicas(schema: &TableSchema) -> Vec<String> {
    let Setting::Set(regions) = &schema.replicas else { return Vec::new() };
    let mut broken = Vec::new();
    if regions.is_empty() {
        broken.push("no region is named for replicas; `replicas = off` is none".to_owned());
    }
    if matches!(schema.stream, Setting::Off | Setting::Set(StreamView::KeysOnly | StreamView::NewImage | StreamView::OldImage)) {
        broken.push("replicas need `stream = new_and_old_images`".to_owned());
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::schema::{KeyElement, KinesisStream, PrimaryKey, Recovery, ScalarType, TableName};

    type Case = (&'static str, Box<dyn Fn(&mut TableSchema)>, &'static str);

    #[test]
    fn each_rule_is_broken_once() {
        let provisioned = |read, write| Some(Billing::Provisioned(Throughput { read, write }));
        let cases: Vec<Case> = vec![
            (
                "throughput",
                Box::new(move |t| t.billing = provisioned(0, 1)),
                "provisioned throughput is at least 1, for reads and for writes",
            ),
            (
                "max-throughput",
                Box::new(|t| t.billing = Some(Billing::OnDemand(MaxThroughput { read: Setting::Set(0), write: Setting::Off }))),
                "the maximum throughput is at least 1, or off",
            ),
            (
                "index-billing",
                Box::new(move |t| {
                    let key =
                        crate::schema::IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
                    let index = crate::schema::GlobalIndex::new(key, crate::schema::Projection::All);
                    let index = crate::schema::GlobalIndex { billing: provisioned(1, 1), ..index };
                    t.global_indexes.insert(crate::schema::IndexName::checked("by-email"), index);
                }),
                "index `by-email` states its billing, and the table does not: state `billing = provisioned` for the table",
            ),
            (
                "warm-throughput",
                Box::new(|t| t.warm_throughput = Setting::Off),
                "warm throughput cannot be switched off: DynamoDB only raises it; leave it out",
            ),
            (
                "recovery-days",
                Box::new(|t| t.point_in_time_recovery = Setting::Set(Recovery { days: Some(36) })),
                "point-in-time recovery over 36 days; DynamoDB takes 1 to 35",
            ),
            (
                "tags",
                Box::new(|t| {
                    t.tags.insert("AWS:x".to_owned(), Setting::Off);
                }),
                "the tag `AWS:x` is AWS's own: tags that begin with `aws:` cannot be set",
            ),
            (
                "resource-policy",
                Box::new(|t| t.resource_policy = Setting::Set(Policy::unchecked("{"))),
                "the resource policy is no JSON: EOF while parsing an object at line 1 column 1",
            ),
            (
                "kms-key",
                Box::new(|t| t.encryption = Some(Encryption::Customer("alias/mine".to_owned()))),
                "encryption by `alias/mine`: name the key by its ARN, `arn:aws:kms:REGION:ACCOUNT:key/ID`, which DescribeTable tells too",
            ),
            (
                "kinesis-arn",
                Box::new(|t| t.kinesis_stream = Setting::Set(KinesisStream { arn: "orders".to_owned(), precision: None })),
                "the Kinesis stream `orders`: name it by its ARN, `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`",
            ),
            (
                "replicas",
                Box::new(|t| {
                    t.replicas = Setting::Set(["eu-west-1".to_owned()].into());
                    t.stream = Setting::Off;
                }),
                "replicas need `stream = new_and_old_images`",
            ),
        ];
        assert_eq!(
            cases.iter().map(|(rule, ..)| *rule).collect::<Vec<_>>(),
            RULES.iter().map(|rule| rule.name).collect::<Vec<_>>()
        );
        for (rule, break_it, what) in cases {
            let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
            let mut table = TableSchema::new(TableName::checked("orders"), key);
            assert_eq!(check(&table), []);
            break_it(&mut table);
            let found = check(&table);
            assert_eq!(found.iter().map(|problem| (problem.rule, problem.what.as_str())).collect::<Vec<_>>(), [(rule, what)]);
        }
    }
}
