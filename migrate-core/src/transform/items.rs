//! A table's items raw: what `cx.items::<T>()` gives; a door, the work is done by the rooms behind it.

use std::fmt;

use super::Item;
use super::put;
use super::rule;
use super::shape::{Raw, Shape};
use super::sweep::sweep;
use super::target::Target;
use crate::aws::item_key::ItemKey;
use crate::error::{Error, Result};
use crate::history::Counts;

/// The items of a table as the SDK holds them. Nothing happens before one of its verbs is awaited.
///
/// A function is given every attribute, so a write demands that none of them changed in between; on items with more than about
/// a hundred attributes DynamoDB refuses so long a condition: use a type there. NULL is a value like any other here.
#[must_use = "nothing happens before `.update(..).await` or another verb"]
pub struct ItemsHandle<'a> {
    target: Target<'a>,
}

impl<'a> ItemsHandle<'a> {
    pub(super) fn new(target: Target<'a>) -> Self {
        Self { target }
    }

    /// Only items whose key `filter` takes; others are counted as skipped. Called again, both must take it.
    pub fn only(self, filter: impl Fn(&ItemKey) -> bool + Send + Sync + 'a) -> Self {
        Self::new(self.target.only(filter))
    }

    /// Changes each item by a function. What it leaves alone is not written.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::update`](super::TableHandle::update).
    pub async fn update(self, function: impl Fn(&mut Item) + Send + Sync) -> Result<Counts, Error> {
        let rule = rule::update::<Raw>(&self.target.key, |item| {
            function(item);
            Ok(())
        });
        sweep(&self.target, &rule).await
    }

    /// Changes each item by a function that may fail; `?` takes any error. The first failure stops.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::try_update`](super::TableHandle::try_update).
    pub async fn try_update(self, function: impl Fn(&mut Item) -> Result + Send + Sync) -> Result<Counts, Error> {
        sweep(&self.target, &rule::update::<Raw>(&self.target.key, function)).await
    }

    /// Inserts items where there are none, and never overwrites: what is there and equal counts as unchanged, what is there and
    /// different as existing. Of two items with one key the first counts.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::put_all`](super::TableHandle::put_all).
    pub async fn put_all<I>(self, items: I) -> Result<Counts, Error>
    where
        I: IntoIterator<Item = Item>,
        I::IntoIter: Send,
    {
        put::put_all(&self.target, &Raw::name(), items.into_iter(), |item| Ok(item.clone())).await
    }
}

impl fmt::Debug for ItemsHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsHandle").field("table", &self.target.table).finish_non_exhaustive()
    }
}
