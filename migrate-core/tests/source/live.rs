//! Tables as nobody would make them on purpose, the same ones every time; knows no source.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::schema::{
    Aspect, Billing, Encryption, GlobalIndex, IndexKey, IndexName, Insights, KeyElement, KinesisStream, LiveTable, LocalIndex,
    MaxThroughput, Policy, Precision, PrimaryKey, Projection, Recovery, ScalarType, Setting, StreamView, TableClass, TableName,
    TableSchema, Throughput,
};

pub const PREFIX: &str = "env-";
const COUNT: usize = 40;
const TABLES: [&str; 12] =
    ["a-b.c", "a_b_c", "a.b_c", "2024", "___", "option", "table", "Self", "customerOrders", "CUSTOMER_ORDERS", "bytes", "x.1-"];
const ATTRIBUTES: [&str; 32] = [
    "id",
    "ID",
    "_id",
    "customerId",
    "customer_id",
    "customer-id",
    "PK",
    "GSI1PK",
    "type",
    "self",
    "Self",
    "crate",
    "off",
    "key",
    "include",
    "name",
    "1st",
    "a b",
    "a.b",
    "#n",
    ":v",
    "quote\"d",
    "back\\slash",
    "new\nline",
    "tab\t",
    "\u{202e}turned",
    "été",
    "ключ",
    "🔑",
    "{}",
    "gen",
    " ",
];

/// `SplitMix64`: small, and the same in every version of everything. <https://prng.di.unimi.it/splitmix64.c>
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    fn setting<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Setting<T> {
        match self.below(5) {
            0 => Setting::Unmanaged,
            1 => Setting::Off,
            _ => Setting::Set(value(self)),
        }
    }

    fn units(&mut self) -> u64 {
        u64::try_from(self.below(40_000) + 1).unwrap()
    }

    fn throughput(&mut self) -> Throughput {
        Throughput { read: self.units(), write: self.units() }
    }

    fn warm(&mut self) -> Setting<Throughput> {
        if self.often() { Setting::Set(self.throughput()) } else { Setting::Unmanaged }
    }

    fn billing(&mut self, on_demand: bool) -> Billing {
        if on_demand {
            Billing::OnDemand(MaxThroughput { read: self.setting(Self::units), write: self.setting(Self::units) })
        } else {
            Billing::Provisioned(self.throughput())
        }
    }

    fn insights(&mut self) -> Setting<Insights> {
        self.setting(|dice| dice.one(&[Insights::AccessedAndThrottled, Insights::Throttled]))
    }

    /// Attributes of a table, each of one type wherever it is used, and each once.
    fn attributes(&mut self) -> Vec<KeyElement> {
        let mut left = ATTRIBUTES.to_vec();
        let mut attributes = Vec::new();
        for _ in 0..16 {
            let name = left.remove(self.below(left.len()));
            let scalar = self.one(&[ScalarType::S, ScalarType::S, ScalarType::N, ScalarType::B]);
            attributes.push(KeyElement::new(name, scalar));
        }
        attributes
    }

    fn projection(&mut self) -> Projection {
        match self.below(3) {
            0 => Projection::All,
            1 => Projection::KeysOnly,
            _ => Projection::Include((0..=self.below(3)).map(|_| self.one(&ATTRIBUTES).to_owned()).collect()),
        }
    }

    fn some_of(&mut self, attributes: &[KeyElement], count: usize) -> Vec<KeyElement> {
        let mut left = attributes.to_vec();
        (0..count).map(|_| left.remove(self.below(left.len()))).collect()
    }
}

/// Forty of them.
pub fn tables() -> Vec<LiveTable> {
    let mut dice = Dice(3);
    (0..COUNT).map(|number| LiveTable::new(table(number, &mut dice))).map(with_something_unknown).collect()
}

fn with_something_unknown(live: LiveTable) -> LiveTable {
    let unknown = match live.schema.point_in_time_recovery {
        Setting::Unmanaged => [(Aspect::PointInTimeRecovery, "dynamodb:DescribeContinuousBackups".to_owned())].into(),
        Setting::Off | Setting::Set(_) => BTreeMap::new(),
    };
    LiveTable { unknown, ..live }
}

fn table(number: usize, dice: &mut Dice) -> TableSchema {
    let name = TABLES.get(number).map_or_else(|| format!("{PREFIX}table-{number}"), |name| format!("{PREFIX}{name}"));
    let attributes = dice.attributes();
    let (key, others) = attributes.split_at(2);
    let sort = dice.often().then(|| key[1].clone());
    let on_demand = dice.often();
    let local = if sort.is_some() { dice.below(3) } else { 0 };
    let replicas =
        dice.setting(|dice| BTreeSet::from([dice.one(&["eu-west-1", "us-gov-west-1"]).to_owned(), "ap-south-1".to_owned()]));
    let views = [StreamView::KeysOnly, StreamView::NewImage, StreamView::OldImage, StreamView::NewAndOldImages];
    let stream = match replicas {
        Setting::Set(_) => Setting::Set(StreamView::NewAndOldImages),
        Setting::Off | Setting::Unmanaged => dice.setting(|dice| dice.one(&views)),
    };
    TableSchema {
        global_indexes: (0..dice.below(4)).map(|at| (index("global", at), global_index(dice, &attributes, on_demand))).collect(),
        local_indexes: (0..local)
            .map(|at| (index("local", at), LocalIndex { sort: dice.one(others), projection: dice.projection() }))
            .collect(),
        billing: Some(dice.billing(on_demand)),
        stream,
        ttl: dice.setting(|dice| {
            let numbers: Vec<&KeyElement> = attributes.iter().filter(|element| element.scalar == ScalarType::N).collect();
            if numbers.is_empty() || dice.often() { "expiresAt".to_owned() } else { dice.one(&numbers).name.clone() }
        }),
        deletion_protection: Some(dice.often()),
        table_class: dice.one(&[None, Some(TableClass::Standard), Some(TableClass::StandardInfrequentAccess)]),
        encryption: dice.one(&[
            None,
            Some(Encryption::AwsOwned),
            Some(Encryption::AwsManaged),
            Some(Encryption::Customer("arn:aws:kms:eu-west-1:123456789012:key/1234abcd".to_owned())),
        ]),
        point_in_time_recovery: dice.setting(|dice| Recovery { days: dice.one(&[None, Some(1), Some(35)]) }),
        tags: ["team", "cost-center", "type", "a \"b\"", "\n"][dice.below(5)..]
            .iter()
            .map(|key| ((*key).to_owned(), Setting::Set(dice.one(&["", "x", "é \"\\"]).to_owned())))
            .collect(),
        warm_throughput: dice.warm(),
        contributor_insights: dice.insights(),
        resource_policy: if dice.below(8) == 0 { policy(number) } else { dice.one(&[Setting::Unmanaged, Setting::Off]) },
        kinesis_stream: dice.setting(|dice| KinesisStream {
            arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/changes".to_owned(),
            precision: dice.one(&[None, Some(Precision::Millisecond), Some(Precision::Microsecond)]),
        }),
        replicas,
        ..TableSchema::new(TableName::new(name).unwrap(), PrimaryKey { partition: key[0].clone(), sort })
    }
}

fn policy(number: usize) -> Setting<Policy> {
    Setting::Set(Policy::new(&format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Sid\": \"{number}\\n\"}}]}}")).unwrap())
}

fn index(kind: &str, at: usize) -> IndexName {
    IndexName::new(format!("{kind}.{at}")).unwrap()
}

fn global_index(dice: &mut Dice, attributes: &[KeyElement], on_demand: bool) -> GlobalIndex {
    let (partition, sort) = (dice.below(4) + 1, dice.below(5));
    let mut partition = dice.some_of(attributes, partition + sort);
    let sort = partition.split_off(partition.len() - sort);
    GlobalIndex {
        billing: (!on_demand || dice.often()).then(|| dice.billing(on_demand)),
        warm_throughput: dice.warm(),
        contributor_insights: dice.insights(),
        ..GlobalIndex::new(IndexKey { partition, sort }, dice.projection())
    }
}
