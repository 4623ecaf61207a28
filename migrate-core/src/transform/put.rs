//! Inserts items that the caller brings where there are none; knows no function and overwrites nothing.

use super::copy::keyed;
use super::engine::{Job, Kind, Source, run};
use super::error::Keyless;
use super::rule::Verdict;
use super::same::canonical;
use super::shape::Unwritable;
use super::target::Target;
use crate::aws::wire::{Attributes, Value};
use crate::error::Error;
use crate::history::Counts;

/// Puts each item that is not there. Of two with one key the first counts.
pub(super) async fn put_all<V>(
    target: &Target<'_>,
    shape: &str,
    values: impl Iterator<Item = V> + Send,
    encode: impl Fn(&V) -> Result<Attributes<'static>, Unwritable> + Send + Sync,
) -> Result<Counts, Error> {
    let mut values = values.enumerate();
    let mut next = || {
        let (number, value) = values.next()?;
        let number = number + 1;
        let (table, shape) = (target.place.table.clone(), shape.to_owned());
        let item = encode(&value).map_err(|reason| Keyless::Unwritable { number, table, shape, reason });
        Some(item.map_err(Error::from).and_then(|item| keyed(target, number, item)))
    };
    // Nothing is read: what is put is all there is to judge.
    let rule = |_: &Attributes<'_>| Ok(Verdict::Leave);
    let name = target.cx.place("put_all", &target.place.table);
    let job = Job { target, name, kind: Kind::Puts, rule: &rule, into: &target.place };
    run(&job, Source::Items(&mut next)).await
}

/// One text for one key: `1` and `1.0` are one number.
pub(super) fn one_key(key: &Attributes<'_>) -> String {
    let mut one = String::new();
    for (name, text) in key.iter() {
        one.push_str(name);
        match Value::parse(text) {
            Ok(Value::N(digits)) => one.push_str(&format!(" N {} ", canonical(&digits))),
            Ok(value) => one.push_str(&format!(" {value:?} ")),
            Err(_) => one.push_str(text),
        }
    }
    one
}
