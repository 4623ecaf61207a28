//! Which items are meant, and under which terms they are written; knows no function.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::error::Keyless;
use super::filter::Filter;
use super::rule::{self, Mark};
use crate::aws::item_key::ItemKey;
use crate::aws::wire::Attributes;
use crate::context::MigrationContext;
use crate::error::Error;
use crate::schema::{PrimaryKey, Table};

type Only<'a> = Box<dyn Fn(&ItemKey) -> bool + Send + Sync + 'a>;

/// A table by its physical name, with what writes to it must know.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) table: String,
    pub(super) key: PrimaryKey,
    pub(super) version: Option<&'static str>,
}

/// A table as a migration sees it.
pub(super) struct Target<'a> {
    pub(super) cx: &'a MigrationContext,
    pub(super) place: Place,
    /// Read through this global index.
    pub(super) index: Option<String>,
    pub(super) filter: Option<Filter>,
    only: Option<Only<'a>>,
    pub(super) terms: Terms,
}

/// What the handle says besides which items it means.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub(super) depends_on: Option<BTreeSet<String>>,
    pub(super) marked: bool,
    pub(super) exactly_once: bool,
    /// Items that fail are put aside.
    pub(super) dead_letter: bool,
    /// As many may.
    pub(super) allow_failures: u64,
}

impl Place {
    pub(super) fn of<T: Table>(cx: &MigrationContext) -> Self {
        Self { table: cx.table_name::<T>(), key: T::schema().key, version: T::VERSION }
    }

    /// What messages call it.
    pub(super) fn resource(&self) -> String {
        format!("table `{}`", self.table)
    }

    /// The key of an item that the table holds.
    pub(super) fn key_of(&self, item: &Attributes<'_>) -> Result<ItemKey, Error> {
        ItemKey::of_text(&self.key, item)
            .map_err(|attribute| Keyless::Stored { table: self.table.clone(), attribute: attribute.to_owned() }.into())
    }

    /// The key attributes of an item that the table holds.
    pub(super) fn key_attributes(&self, item: &Attributes<'_>) -> Result<Attributes<'static>, Error> {
        let mut entries = Vec::with_capacity(2);
        for element in self.key.attributes() {
            let Some(value) = item.get(&element.name) else {
                return Err(Keyless::Stored { table: self.table.clone(), attribute: element.name.clone() }.into());
            };
            entries.push((Cow::Owned(element.name.clone()), Cow::Owned(value.to_owned())));
        }
        Ok(Attributes::new(entries))
    }
}

impl<'a> Target<'a> {
    pub(super) fn of<T: Table>(cx: &'a MigrationContext) -> Self {
        Self { cx, place: Place::of::<T>(cx), index: None, filter: None, only: None, terms: Terms::default() }
    }

    /// Only those that `filter` takes too.
    pub(super) fn only(mut self, filter: impl Fn(&ItemKey) -> bool + Send + Sync + 'a) -> Self {
        self.only = Some(match self.only.take() {
            Some(before) => Box::new(move |key| before(key) && filter(key)),
            None => Box::new(filter),
        });
        self
    }

    /// Only those that DynamoDB itself finds to fit `filter` too.
    pub(super) fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(before) => before.and(filter),
            None => filter,
        });
        self
    }

    /// Whether a function by key chooses among the items.
    pub(super) fn chooses(&self) -> bool {
        self.only.is_some()
    }

    pub(super) fn takes(&self, key: &ItemKey) -> bool {
        self.only.as_ref().is_none_or(|only| only(key))
    }

    /// The mark that is left on what is written, if any: an attribute for each sequence, of which only the last migration matters.
    pub(super) fn mark(&self, place: &str) -> Option<Mark> {
        let Terms { marked, exactly_once, .. } = self.terms;
        (marked || exactly_once).then(|| {
            let mut value = r#"{"S":"#.to_owned();
            let (version, turn) = (self.cx.migration().version.get(), self.cx.terms().turn);
            crate::aws::wire::push_string(&format!("{version:04}{turn}/{place}"), &mut value);
            value.push('}');
            // Several in one migration must not undo each other's marks: each has an attribute of its own.
            let suffix = match self.cx.count(&format!("mark {}", self.place.table)) {
                1 => String::new(),
                count => format!("_{count}"),
            };
            Mark { attribute: format!("_migration_{}{suffix}", self.cx.terms().sequence), value, exactly_once }
        })
    }

    pub(super) fn rule_terms<'b>(&'b self, mark: Option<&'b Mark>) -> rule::Terms<'b> {
        rule::Terms { key: &self.place.key, depends_on: self.terms.depends_on.as_ref(), version: self.place.version, mark }
    }
}
