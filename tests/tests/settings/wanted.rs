//! What a live table must show once it is as declared, and what of it is nobody's business, in the words of [`crate::seen`].

use migrate_core::schema::{
    Billing, Encryption, Insights, MaxThroughput, Policy, Precision, Projection, Setting, StreamView, TableClass, TableSchema,
    Throughput,
};

/// A fact, and its words.
pub type Fact = (String, String);

/// What must show.
pub fn wanted(table: &TableSchema) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |what: &str, words: Option<String>| facts.extend(words.map(|words| (what.to_owned(), words)));
    fact("mode", table.billing.map(mode));
    fact("units", table.billing.and_then(units));
    fact("maximum", table.billing.and_then(maximum));
    fact("warm", warm(table.warm_throughput));
    fact("insights", insights(table.contributor_insights));
    for (name, index) in &table.global_indexes {
        let names = index.key.attributes().map(|element| element.name.as_str()).collect::<Vec<_>>().join(", ");
        let projection = match &index.projection {
            Projection::All => "ALL".to_owned(),
            Projection::KeysOnly => "KEYS_ONLY".to_owned(),
            Projection::Include(names) => format!("INCLUDE {}", names.iter().cloned().collect::<Vec<_>>().join(" ")),
        };
        fact(&format!("index {name}"), Some(format!("({names}) {projection}")));
        fact(&format!("units {name}"), index.billing.and_then(units));
        fact(&format!("maximum {name}"), index.billing.and_then(maximum));
        fact(&format!("warm {name}"), warm(index.warm_throughput));
        fact(&format!("insights {name}"), insights(index.contributor_insights));
    }
    let view = |view| match view {
        StreamView::KeysOnly => "KEYS_ONLY",
        StreamView::NewImage => "NEW_IMAGE",
        StreamView::OldImage => "OLD_IMAGE",
        StreamView::NewAndOldImages => "NEW_AND_OLD_IMAGES",
    };
    fact("stream", or("off", table.stream.map(|it| view(it).to_owned())));
    fact("protected", table.deletion_protection.map(|on| on.to_string()));
    let class = |class| match class {
        TableClass::Standard => "STANDARD",
        TableClass::StandardInfrequentAccess => "STANDARD_INFREQUENT_ACCESS",
    };
    fact("class", table.table_class.map(|it| class(it).to_owned()));
    let key = |encryption| match encryption {
        Encryption::AwsOwned => "none".to_owned(),
        Encryption::AwsManaged => "KMS".to_owned(),
        Encryption::Customer(arn) => arn,
    };
    fact("encryption", table.encryption.clone().map(key));
    fact("replicas", or("none", table.replicas.clone().map(|regions| regions.into_iter().collect::<Vec<_>>().join(" "))));
    fact("ttl", or("off", table.ttl.clone()));
    fact("recovery", or("off", table.point_in_time_recovery.map(|it| it.days.map_or("on".to_owned(), |days| days.to_string()))));
    for (key, value) in &table.tags {
        fact(&format!("tag {key}"), or("none", value.clone()));
    }
    fact("policy allows", or("none", table.resource_policy.clone().map(|policy| action(&policy))));
    let kinesis = table.kinesis_stream.clone().map(|stream| {
        let name = stream.arn.rsplit('/').next().unwrap_or_default().to_owned();
        match stream.precision {
            None => name,
            Some(Precision::Millisecond) => format!("{name} MILLISECOND"),
            Some(Precision::Microsecond) => format!("{name} MICROSECOND"),
        }
    });
    fact("kinesis", or("off", kinesis));
    facts
}

/// The facts that a declaration leaves as they are.
pub fn unmanaged(table: &TableSchema) -> Vec<Fact> {
    let managed: Vec<String> = wanted(table).into_iter().map(|(what, _)| what).collect();
    let own = [
        "stream",
        "protected",
        "class",
        "encryption",
        "replicas",
        "ttl",
        "recovery",
        "tag team",
        "tag cost",
        "tag theirs",
        "policy allows",
        "kinesis",
        "insights",
    ];
    let mut all: Vec<String> = own.map(str::to_owned).to_vec();
    // Billing takes its parts with it when its mode changes.
    if table.billing.is_none() {
        all.extend(["mode", "units", "maximum"].map(str::to_owned));
    }
    all.retain(|fact| !managed.contains(fact));
    all.into_iter().map(|fact| (fact, String::new())).collect()
}

/// Whether what is seen is as wanted: a number of warm throughput at least, and what a value leaves open anything.
pub fn satisfied(fact: &str, wanted: &str, seen: &str) -> bool {
    let pair = |words: &str| {
        let (read, write) = words.split_once('/')?;
        Some((read.parse::<u64>().ok()?, write.parse::<u64>().ok()?))
    };
    match fact.split(' ').next().unwrap_or_default() {
        "warm" => pair(seen).zip(pair(wanted)).is_some_and(|(seen, wanted)| seen.0 >= wanted.0 && seen.1 >= wanted.1),
        "maximum" => {
            let of = |words: &str| words.split_once('/').map_or(("-".into(), "-".into()), |(a, b)| (a.to_owned(), b.to_owned()));
            let (seen, wanted) = (of(seen), of(wanted));
            (wanted.0 == "*" || wanted.0 == seen.0) && (wanted.1 == "*" || wanted.1 == seen.1)
        }
        "recovery" if wanted == "on" => seen != "off",
        "kinesis" => seen == wanted || seen.split(' ').next() == Some(wanted),
        _ => seen == wanted,
    }
}

fn or(off: &str, setting: Setting<String>) -> Option<String> {
    match setting {
        Setting::Unmanaged => None,
        Setting::Off => Some(off.to_owned()),
        Setting::Set(words) => Some(words),
    }
}

fn mode(billing: Billing) -> String {
    match billing {
        Billing::OnDemand(_) => "PAY_PER_REQUEST".to_owned(),
        Billing::Provisioned(_) => "PROVISIONED".to_owned(),
    }
}

fn units(billing: Billing) -> Option<String> {
    match billing {
        Billing::OnDemand(_) => None,
        Billing::Provisioned(Throughput { read, write }) => Some(format!("{read}/{write}")),
    }
}

/// `*` is whatever it is.
fn maximum(billing: Billing) -> Option<String> {
    let part = |units: Setting<u64>| or("-", units.map(|units| units.to_string())).unwrap_or_else(|| "*".to_owned());
    match billing {
        Billing::OnDemand(MaxThroughput { read, write }) => Some(format!("{}/{}", part(read), part(write))),
        Billing::Provisioned(_) => None,
    }
}

fn warm(units: Setting<Throughput>) -> Option<String> {
    units.value().map(|units| format!("{}/{}", units.read, units.write))
}

fn insights(insights: Setting<Insights>) -> Option<String> {
    let word = |insights| match insights {
        Insights::AccessedAndThrottled => "ACCESSED_AND_THROTTLED_KEYS".to_owned(),
        Insights::Throttled => "THROTTLED_KEYS".to_owned(),
    };
    or("off", insights.map(word))
}

fn action(policy: &Policy) -> String {
    let document: serde_json::Value = serde_json::from_str(policy.as_str()).unwrap_or_default();
    document.pointer("/Statement/0/Action").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
