//! Which items are meant: a table, and perhaps only some of its keys; knows no function.

use super::Item;
use super::error::Keyless;
use crate::aws::item_key::ItemKey;
use crate::context::MigrationContext;
use crate::error::Error;
use crate::schema::{PrimaryKey, Table};

type Filter<'a> = Box<dyn Fn(&ItemKey) -> bool + Send + Sync + 'a>;

/// A table as a migration sees it.
pub(super) struct Target<'a> {
    pub(super) cx: &'a MigrationContext,
    /// Its physical name.
    pub(super) table: String,
    pub(super) key: PrimaryKey,
    only: Option<Filter<'a>>,
}

impl<'a> Target<'a> {
    pub(super) fn of<T: Table>(cx: &'a MigrationContext) -> Self {
        Self { cx, table: cx.table_name::<T>(), key: T::schema().key, only: None }
    }

    /// Only those that `filter` takes too.
    pub(super) fn only(mut self, filter: impl Fn(&ItemKey) -> bool + Send + Sync + 'a) -> Self {
        self.only = Some(match self.only.take() {
            Some(before) => Box::new(move |key| before(key) && filter(key)),
            None => Box::new(filter),
        });
        self
    }

    pub(super) fn takes(&self, key: &ItemKey) -> bool {
        self.only.as_ref().is_none_or(|only| only(key))
    }

    /// What messages call it.
    pub(super) fn resource(&self) -> String {
        format!("table `{}`", self.table)
    }

    /// The key of an item that the table holds.
    pub(super) fn key_of(&self, item: &Item) -> Result<ItemKey, Error> {
        ItemKey::of(&self.key, item)
            .map_err(|attribute| Keyless::Stored { table: self.table.clone(), attribute: attribute.to_owned() }.into())
    }
}
