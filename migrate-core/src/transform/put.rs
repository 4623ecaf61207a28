//! Inserts items where there are none; knows no function and overwrites nothing.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Item;
use super::error::{Keyless, Trouble, refused};
use super::same::{canonical, same_items};
use super::shape::Unwritable;
use super::sweep::{Done, IN_FLIGHT};
use super::target::Target;
use super::write::{Insertion, insert};
use crate::aws::item_key::{ItemKey, KeyValue};
use crate::aws::wire::Attributes;
use crate::error::Error;
use crate::history::Counts;

/// Items between two words of progress.
const ROUND: usize = 500;

/// As often is an insertion repeated whose rival is gone again.
const TRIES: usize = 20;

/// Puts each item that is not there. Of two with one key the first counts.
pub(super) async fn put_all<V>(
    target: &Target<'_>,
    shape: &str,
    values: impl Iterator<Item = V>,
    encode: impl Fn(&V) -> Result<Item, Unwritable>,
) -> Result<Counts, Error> {
    let mut total = Counts::default();
    let mut values = values.enumerate().peekable();
    while values.peek().is_some() {
        let Done { counts, result } = round(target, shape, &mut values, &encode).await;
        target.cx.add(counts);
        total += counts;
        result?;
    }
    Ok(total)
}

/// Up to [`ROUND`] items. One whose key is under way already waits for that, so that the order of the values decides.
async fn round<V>(
    target: &Target<'_>,
    shape: &str,
    values: &mut impl Iterator<Item = (usize, V)>,
    encode: &impl Fn(&V) -> Result<Item, Unwritable>,
) -> Done {
    let mut done = Done { counts: Counts::default(), result: Ok(()) };
    let mut keys = BTreeSet::new();
    let mut puts = FuturesUnordered::new();
    for (number, value) in values.take(ROUND) {
        if let Err(error) = target.cx.safe_point() {
            done.fail(error);
            break;
        }
        let encoded = encode(&value);
        drop(value);
        let (key, item) = match keyed(target, shape, number, encoded) {
            Ok(keyed) => keyed,
            Err(error) => {
                done.fail(error);
                break;
            }
        };
        if !target.takes(&key) {
            done.counts.skipped += 1;
            continue;
        }
        let repeated = !keys.insert(one_key(&key));
        while puts.len() >= IN_FLIGHT || (repeated && !puts.is_empty()) {
            if let Some(settled) = puts.next().await {
                done.take(settled);
            }
        }
        if done.result.is_err() {
            break;
        }
        puts.push(settle(target, key, item));
    }
    while let Some(settled) = puts.next().await {
        done.take(settled);
    }
    done
}

fn keyed(target: &Target<'_>, shape: &str, number: usize, encoded: Result<Item, Unwritable>) -> Result<(ItemKey, Item), Error> {
    let (number, table) = (number + 1, &target.table);
    let item = encoded.map_err(|reason| Keyless::Unwritable { number, table: table.clone(), shape: shape.to_owned(), reason })?;
    let lacks = |attribute: &str| Keyless::Put {
        number,
        table: table.clone(),
        attribute: attribute.to_owned(),
        scalar: if attribute == target.key.partition.name {
            target.key.partition.scalar
        } else {
            target.key.sort.as_ref().map_or(target.key.partition.scalar, |sort| sort.scalar)
        },
    };
    let key = ItemKey::of(&target.key, &item).map_err(lacks)?;
    if let Some(wrong) = key.wrong_type(&target.key) {
        return Err(lacks(wrong).into());
    }
    Ok((key, item))
}

/// `1` and `1.0` are one key.
fn one_key(key: &ItemKey) -> (KeyValue, Option<KeyValue>) {
    let one = |value: &KeyValue| match value {
        KeyValue::N(digits) => KeyValue::N(canonical(digits)),
        KeyValue::S(_) | KeyValue::B(_) => value.clone(),
    };
    (one(key.partition()), key.sort().map(one))
}

async fn settle(target: &Target<'_>, key: ItemKey, item: Item) -> Done {
    let mut counts = Counts::default();
    for _ in 0..TRIES {
        match insert(target, &key, &item).await {
            Ok(Insertion::Done) => counts.inserted += 1,
            Ok(Insertion::There(there)) if same_items(&Attributes::of(&there), &Attributes::of(&item)) => counts.unchanged += 1,
            Ok(Insertion::There(_)) => counts.existing += 1,
            Ok(Insertion::Gone) => {
                counts.conflicts += 1;
                continue;
            }
            Err(error) => return Done { counts, result: Err(refused(error, &target.table, &key)) },
        }
        return Done { counts, result: Ok(()) };
    }
    Done { counts, result: Err(Trouble::Contention { tries: TRIES }.of(&target.table, &key)) }
}
