//! Through a whole table, reading: each item once, as a type; writes nothing.

use serde::de::DeserializeOwned;

use super::Item;
use super::decode::decode;
use super::error::Trouble;
use super::scan::Pages;
use super::shape::name_of;
use super::target::Target;
use crate::error::{Error, Failure};
use crate::history::Counts;

/// Gives every item of the table to `function`.
pub(super) async fn for_each<T: DeserializeOwned>(
    target: &Target<'_>,
    mut function: impl FnMut(T) -> Result<(), Failure> + Send,
) -> Result<Counts, Error> {
    let mut total = Counts::default();
    let mut pages = Pages::of(target);
    while let Some(items) = pages.next().await? {
        let mut counts = Counts::default();
        let result = items.iter().try_for_each(|item| one(target, item, &mut counts, &mut function));
        target.cx.add(counts);
        total += counts;
        result?;
        target.cx.safe_point()?;
    }
    Ok(total)
}

fn one<T: DeserializeOwned>(
    target: &Target<'_>,
    item: &Item,
    counts: &mut Counts,
    function: &mut (impl FnMut(T) -> Result<(), Failure> + Send),
) -> Result<(), Error> {
    counts.scanned += 1;
    let key = target.key_of(item)?;
    if !target.takes(&key) {
        counts.skipped += 1;
        return Ok(());
    }
    let read =
        decode(&crate::aws::wire::Attributes::of(item)).map_err(|misfit| Trouble::Misfit { shape: name_of::<T>(), misfit });
    let done = read.and_then(|(value, _)| function(value).map_err(Trouble::function));
    done.map_err(|trouble| trouble.of(&target.table, &key))?;
    Ok(())
}
