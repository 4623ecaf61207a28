//! A table's items raw: what `cx.items::<T>()` gives; a door, the work is done by the rooms behind it.

use std::fmt;

use super::Item;
use super::choose::choices;
use super::read::as_item;
use super::shape::{Raw, Shape};
use super::target::Target;
use super::{put, read, verbs};
use crate::error::{Error, Result};
use crate::history::Counts;

/// The items of a table as the SDK holds them. Nothing happens before one of its verbs is awaited.
///
/// A function is given every attribute, so a write demands that none of them changed in between. On items with more than about 150
/// attributes DynamoDB may refuse so long a condition: use a type there, or [`depends_on`](Self::depends_on). NULL is a value like any
/// other here.
#[must_use = "nothing happens before `.update(..).await` or another verb"]
pub struct ItemsHandle<'a> {
    target: Target<'a>,
}

impl<'a> ItemsHandle<'a> {
    pub(super) fn new(target: Target<'a>) -> Self {
        Self { target }
    }

    choices!();

    /// Changes each item by a function. What it leaves alone is not written.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::update`](super::TableHandle::update).
    pub async fn update(self, function: impl Fn(&mut Item) + Send + Sync) -> Result<Counts, Error> {
        verbs::update::<Raw>(&self.target, |item| {
            function(item);
            Ok(())
        })
        .await
    }

    /// Changes each item by a function that may fail; `?` takes any error. The first failure stops.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::try_update`](super::TableHandle::try_update).
    pub async fn try_update(self, function: impl Fn(&mut Item) -> Result + Send + Sync) -> Result<Counts, Error> {
        verbs::update::<Raw>(&self.target, function).await
    }

    /// Deletes each item that `goes` takes, as long as it is as it was read: all of it, unless [`depends_on`](Self::depends_on) says less.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::delete_where`](super::TableHandle::delete_where).
    pub async fn delete_where(self, goes: impl Fn(&Item) -> bool + Send + Sync) -> Result<Counts, Error> {
        verbs::delete_where(&self.target, as_item, goes).await
    }

    /// Gives each item to a function, and writes nothing. `?` takes any error.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::for_each`](super::TableHandle::for_each).
    pub async fn for_each(self, function: impl FnMut(Item) -> Result + Send) -> Result<Counts, Error> {
        read::for_each(&self.target, as_item, function).await
    }

    /// Asks of every item whether it is as it should be, and writes nothing.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::verify`](super::TableHandle::verify).
    pub async fn verify(self, passes: impl Fn(&Item) -> bool + Send + Sync) -> Result<Counts, Error> {
        read::verify(&self.target, as_item, passes).await
    }

    /// Inserts items where there are none, and never overwrites: what is there and equal counts as unchanged, what is there and
    /// different as existing. Of two items with one key the first counts.
    ///
    /// # Errors
    ///
    /// As [`TableHandle::put_all`](super::TableHandle::put_all).
    pub async fn put_all<I>(self, items: I) -> Result<Counts, Error>
    where
        I: IntoIterator<Item: Into<Item>>,
        I::IntoIter: Send,
    {
        put::put_all(&self.target, &Raw::name(), items.into_iter().map(Into::into), Raw::encode).await
    }
}

impl fmt::Debug for ItemsHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsHandle").field("table", &self.target.place.table).finish_non_exhaustive()
    }
}
