//! Verbs that only read what they go through: each item once, as a type.

use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;

use super::Item;
use super::decode::decode;
use super::engine::{Job, Kind, Source, run};
use super::error::{Trouble, Unverified};
use super::given::Given;
use super::rule::{self, Reads};
use super::shape::{Raw, Shape, name_of, unreadable};
use super::target::Target;
use crate::aws::item_key::ItemKey;
use crate::aws::wire::Attributes;
use crate::context::Mode;
use crate::error::{Error, Failure};
use crate::history::Counts;

/// As many items that do not pass are named.
const NAMED: usize = 5;

/// Reads an item as a type.
pub(super) fn as_type<T: DeserializeOwned>(item: &Attributes<'_>) -> Result<(T, Given), Trouble> {
    decode(item).map_err(|misfit| Trouble::Misfit { shape: name_of::<T>(), misfit })
}

/// Reads an item raw.
pub(super) fn as_item(item: &Attributes<'_>) -> Result<(Item, Given), Trouble> {
    let (item, given) = Raw::decode(item).map_err(Trouble::misfit::<Raw>)?;
    // The function may look at any of it, and would take what cannot be read for absent.
    item.iter().for_each(drop);
    match item.unreadable() {
        Some(name) => Err(Trouble::misfit::<Raw>(unreadable(name))),
        None => Ok((item, given)),
    }
}

/// Gives every item of the table to `function`.
pub(super) async fn for_each<T>(
    target: &Target<'_>,
    decode: impl Fn(&Attributes<'_>) -> Result<(T, Given), Trouble> + Send + Sync,
    function: impl FnMut(T) -> Result<(), Failure> + Send,
) -> Result<Counts, Error> {
    // One after the other: the event loop is one task.
    let function = Mutex::new(function);
    let rule = rule::reading(target.rule_terms(None), decode, |value| {
        let mut function = function.lock().unwrap_or_else(PoisonError::into_inner);
        function(value).map_err(Trouble::function)?;
        Ok(Reads::Leave)
    });
    let name = target.cx.place("for_each", &target.place.table);
    run(&Job { target, name, kind: Kind::Reads, rule: &rule, into: &target.place }, Source::Scan).await
}

/// Asks of every item whether it is as it should be.
pub(super) async fn verify<T>(
    target: &Target<'_>,
    decode: impl Fn(&Attributes<'_>) -> Result<(T, Given), Trouble> + Send + Sync,
    passes: impl Fn(&T) -> bool + Send + Sync,
) -> Result<Counts, Error> {
    let failed: Mutex<(u64, Vec<ItemKey>)> = Mutex::default();
    let note = |item: &Attributes<'_>| {
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.0 += 1;
        if failed.1.len() < NAMED {
            failed.1.extend(ItemKey::of_text(&target.place.key, item));
        }
    };
    let rule = |item: &Attributes<'_>| {
        // An item that is not even of the type does not pass either.
        if !decode(item).is_ok_and(|(value, _)| passes(&value)) {
            note(item);
        }
        Ok(rule::Verdict::Leave)
    };
    let name = target.cx.place("verify", &target.place.table);
    let counts = run(&Job { target, name, kind: Kind::Reads, rule: &rule, into: &target.place }, Source::Scan).await?;
    let (failed, named) = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed > 0 && matches!(target.cx.terms().mode, Mode::Try { .. }) {
        let table = &target.place.table;
        target.cx.note(format!("of table {table} {failed} of {} items do not pass `verify` as they are: what would be changed before was not", counts.scanned));
        return Ok(counts);
    }
    if failed == 0 { Ok(counts) } else { Err(Unverified { table: target.place.table.clone(), failed, of: counts.scanned, named }.into()) }
}
