//! Legal declarations read off a tape of bytes, so that one that fails shrinks towards a small one; it never knows an engine.

use crate::case::{maximum, provisioned};
use crate::cases::policy;
use migrate_core::schema::{
    Billing, Encryption, GlobalIndex, Hazard, IndexKey, Insights, KeyElement, KinesisStream, LocalIndex, MaxThroughput,
    Precision, PrimaryKey, Projection, Recovery, ScalarType, Setting, StreamView, TableClass, TableSchema, Throughput,
};
use migrate_tests::scenario::{index_name, table_name};

pub struct Tape<'a>(pub std::slice::Iter<'a, u8>);

impl Tape<'_> {
    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % n
    }

    /// True in `n` of 16 cases; never on a tape that shrank to nothing.
    pub fn chance(&mut self, n: usize) -> bool {
        self.below(16) >= 16 - n
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn some<T>(&mut self, chance: usize, value: impl Fn(&mut Self) -> T) -> Option<T> {
        self.chance(chance).then(|| value(self))
    }

    fn setting<T>(&mut self, value: impl Fn(&mut Self) -> T) -> Setting<T> {
        match self.below(3) {
            0 => Setting::Unmanaged,
            1 => Setting::Off,
            _ => Setting::Set(value(self)),
        }
    }
}

const POOL: [(&str, ScalarType); 6] = [
    ("id", ScalarType::S),
    ("at", ScalarType::N),
    ("email", ScalarType::S),
    ("raw", ScalarType::B),
    ("size", ScalarType::N),
    ("city", ScalarType::S),
];

/// Different attributes, none of them in `not`.
fn elements(tape: &mut Tape<'_>, count: usize, not: &[KeyElement]) -> Vec<KeyElement> {
    let mut chosen: Vec<KeyElement> = Vec::new();
    for _ in 0..count {
        let start = tape.below(POOL.len());
        let mut pool = (0..POOL.len()).map(|n| POOL[(start + n) % POOL.len()]);
        let free = pool.find_map(|(name, scalar)| {
            let element = KeyElement::new(name, scalar);
            (!not.contains(&element) && !chosen.contains(&element)).then_some(element)
        });
        chosen.extend(free);
    }
    chosen
}

fn projection(tape: &mut Tape<'_>) -> Projection {
    let some = Projection::Include(["p", "q"].into_iter().take(1 + tape.below(2)).map(str::to_owned).collect());
    tape.one(&[Projection::All, Projection::KeysOnly, some])
}

fn global(tape: &mut Tape<'_>) -> GlobalIndex {
    let count = 1 + tape.below(2);
    let partition = elements(tape, count, &[]);
    let count = tape.below(3);
    let sort = elements(tape, count, &partition);
    GlobalIndex::new(IndexKey { partition, sort }, projection(tape))
}

/// A table with everything that is legal, much of it unmanaged, and every hazard accepted.
pub fn table(tape: &mut Tape<'_>) -> TableSchema {
    let partition = elements(tape, 1, &[]).remove(0);
    let sort = tape.chance(8).then(|| elements(tape, 1, std::slice::from_ref(&partition)).remove(0));
    let mut table = TableSchema::new(table_name("customers"), PrimaryKey { partition, sort });
    for n in 0..tape.below(4) {
        table.global_indexes.insert(index_name(&format!("by-{n}")), global(tape));
    }
    if table.key.sort.is_some() {
        for n in 0..tape.below(3) {
            let sort = elements(tape, 1, std::slice::from_ref(&table.key.partition)).remove(0);
            let local = LocalIndex { sort, projection: projection(tape) };
            table.local_indexes.insert(index_name(&format!("local-{n}")), local);
        }
    }
    capacity(tape, &mut table);
    described(tape, &mut table);
    apart(tape, &mut table);
    table.handling.accept.extend(Hazard::ALL);
    table
}

fn on_demand(tape: &mut Tape<'_>) -> Billing {
    let mut units = || tape.setting(|tape| 1 + tape.below(3) as u64);
    let max = MaxThroughput { read: units(), write: units() };
    tape.one(&[Billing::ON_DEMAND, maximum(7, 8), Billing::OnDemand(max)])
}

fn units(tape: &mut Tape<'_>) -> Billing {
    provisioned(1 + tape.below(4) as u64, 1 + tape.below(4) as u64)
}

/// No less than what AWS gives by itself: it makes no table with less.
fn warm(tape: &mut Tape<'_>) -> Setting<Throughput> {
    let units = Throughput { read: 12_000 + tape.below(3) as u64, write: 4_000 + tape.below(3) as u64 };
    if tape.chance(4) { Setting::Set(units) } else { Setting::Unmanaged }
}

fn insights(tape: &mut Tape<'_>) -> Setting<Insights> {
    tape.setting(|tape| tape.one(&[Insights::Throttled, Insights::AccessedAndThrottled]))
}

fn capacity(tape: &mut Tape<'_>, table: &mut TableSchema) {
    let billing = if tape.chance(8) { units(tape) } else { on_demand(tape) };
    table.billing = tape.chance(11).then_some(billing);
    table.warm_throughput = warm(tape);
    for index in table.global_indexes.values_mut() {
        index.billing = match table.billing {
            Some(Billing::Provisioned(_)) => tape.some(6, units),
            Some(Billing::OnDemand(_)) => tape.some(6, on_demand),
            None => None,
        };
        (index.warm_throughput, index.contributor_insights) = (warm(tape), insights(tape));
    }
}

fn described(tape: &mut Tape<'_>, table: &mut TableSchema) {
    let views = [StreamView::NewAndOldImages, StreamView::KeysOnly, StreamView::NewAndOldImages];
    table.stream = tape.setting(|tape| tape.one(&views));
    table.deletion_protection = tape.one(&[None, Some(true), Some(false)]);
    table.table_class = tape.some(5, |tape| tape.one(&[TableClass::Standard, TableClass::StandardInfrequentAccess]));
    // The account's own key cannot be told from another one: see `docs/hazards.md`, H108.
    let mine = Encryption::Customer("arn:aws:kms:eu-central-1:123456789012:key/mine".to_owned());
    table.encryption = tape.some(5, |tape| tape.one(&[Encryption::AwsOwned, mine.clone()]));
    if table.stream == Setting::Set(StreamView::NewAndOldImages) {
        table.replicas =
            tape.setting(|tape| ["eu-west-1", "us-east-1"].into_iter().take(1 + tape.below(2)).map(str::to_owned).collect());
    }
}

fn apart(tape: &mut Tape<'_>, table: &mut TableSchema) {
    table.ttl = tape.setting(|tape| tape.one(&["expires", "until"]).to_owned());
    table.point_in_time_recovery = tape.setting(|tape| Recovery { days: tape.some(8, |tape| 1 + tape.below(35) as u8) });
    for key in ["team", "cost"].into_iter().take(tape.below(3)) {
        let value = if tape.chance(4) { Setting::Off } else { Setting::Set(tape.one(&["a", "b"]).to_owned()) };
        table.tags.insert(key.to_owned(), value);
    }
    table.contributor_insights = insights(tape);
    table.resource_policy = match tape.below(3) {
        0 => Setting::Unmanaged,
        1 => Setting::Off,
        _ => policy(tape.one(&["GetItem", "Query"])),
    };
    table.kinesis_stream = tape.setting(|tape| KinesisStream {
        arn: format!("arn:aws:kinesis:eu-central-1:123456789012:stream/{}", tape.below(2)),
        precision: tape.some(5, |tape| tape.one(&[Precision::Millisecond, Precision::Microsecond])),
    });
}
