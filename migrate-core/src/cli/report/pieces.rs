//! A change of settings in pieces, each with its old and its new value; it never knows whether the table is new.

use crate::schema::{Delta, IndexName, SettingChange, TableSchema};

/// One value that becomes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    name: String,
    from: String,
    to: String,
}

impl Piece {
    fn new<T: std::fmt::Display>(name: impl Into<String>, delta: &Delta<T>) -> Self {
        Self { name: name.into(), from: delta.from.to_string(), to: delta.to.to_string() }
    }

    fn switch(name: impl Into<String>, delta: &Delta<bool>) -> Self {
        let word = |on| if on { "on" } else { "off" };
        Self::new(name, &Delta::new(word(delta.from), word(delta.to)))
    }

    /// For a table that was something else before.
    pub(super) fn changed(&self) -> String {
        format!("{}: {} → {}", self.name, self.from, self.to)
    }

    /// For a table that is new.
    pub(super) fn made(&self) -> String {
        format!("{} {}", self.name, self.to)
    }
}

/// The values that one call changes.
pub(super) fn pieces(change: &SettingChange) -> Vec<Piece> {
    let words = change.aspect().words();
    let of = |index: Option<&IndexName>| index.map_or_else(|| words.to_owned(), |index| format!("{words} of index {index}"));
    match change {
        SettingChange::DeletionProtection(delta) => vec![Piece::switch(words, delta)],
        SettingChange::TableClass(delta) => vec![Piece::new(words, delta)],
        SettingChange::Stream(delta) => vec![Piece::new(words, delta)],
        SettingChange::Capacity { table, indexes } => {
            let table = table.iter().map(|delta| Piece::new(words, delta));
            table.chain(indexes.iter().map(|(index, delta)| Piece::new(of(Some(index)), delta))).collect()
        }
        SettingChange::Encryption(delta) => vec![Piece::new(words, delta)],
        SettingChange::Ttl(delta) => vec![Piece::new(words, delta)],
        SettingChange::Replica { region, present } => vec![Piece::switch(format!("replica in {region}"), present)],
        SettingChange::Tags { tags } => tags.iter().map(|(key, delta)| Piece::new(format!("tag {key}"), delta)).collect(),
        SettingChange::PointInTimeRecovery(delta) => vec![Piece::new(words, delta)],
        SettingChange::WarmThroughput { index, units } => vec![Piece::new(of(index.as_ref()), units)],
        SettingChange::ContributorInsights { index, insights } => vec![Piece::new(of(index.as_ref()), insights)],
        SettingChange::ResourcePolicy { policy, .. } => vec![Piece::new(words, policy)],
        SettingChange::KinesisStream(delta) => vec![Piece::new(words, delta)],
    }
}

/// What a new table gets with its creation, besides its key.
pub(super) fn made(schema: &TableSchema) -> Vec<String> {
    let global = schema.global_indexes.iter().map(|(name, index)| {
        let billing = index.billing.map(|billing| format!("billing {billing}"));
        let warm = index.warm_throughput.value().map(|units| format!("warm throughput {units}"));
        let stated: Vec<String> = billing.into_iter().chain(warm).collect();
        let more = if stated.is_empty() { String::new() } else { format!(", {}", stated.join(", ")) };
        format!("global index {name} {index}{more}")
    });
    let local = schema.local_indexes.iter().map(|(name, index)| format!("local index {name} {index}"));
    let mut lines: Vec<String> = global.chain(local).collect();
    let protection = schema.deletion_protection.map(|on| if on { "deletion protection" } else { "deletion protection off" });
    let stated = [
        schema.billing.map(|billing| format!("billing {billing}")),
        schema.table_class.map(|class| format!("table class {class}")),
        (!schema.stream.is_unmanaged()).then(|| format!("stream {}", schema.stream)),
        schema.encryption.as_ref().map(|encryption| format!("encryption {encryption}")),
        protection.map(str::to_owned),
    ];
    let stated: Vec<String> = stated.into_iter().flatten().collect();
    if !stated.is_empty() {
        lines.push(stated.join(", "));
    }
    lines.extend(schema.tags.iter().filter_map(|(key, tag)| Some(format!("tag {key} {}", tag.value()?))));
    lines.extend(schema.warm_throughput.value().map(|units| format!("warm throughput {units}")));
    lines.extend(schema.resource_policy.value().map(|policy| format!("resource policy {policy}")));
    lines
}
