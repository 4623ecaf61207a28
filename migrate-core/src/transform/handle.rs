//! A table's items as a type: what `cx.table::<T>()` gives; a door, the work is done by the rooms behind it.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::choose::choices;
use super::items::ItemsHandle;
use super::read::as_type;
use super::shape::Typed;
use super::target::Target;
use super::{copy, encode, put, read, shape, verbs};
use crate::context::MigrationContext;
use crate::error::{Error, Result};
use crate::history::Counts;
use crate::schema::Table;

impl MigrationContext {
    /// The items of a table as the type that declares it; [`of`](TableHandle::of) takes another type.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn lowercase_emails<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Serialize, Deserialize)]
    /// struct Email {
    ///     email: String,
    /// }
    ///
    /// cx.table::<Customer>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn table<T: Table>(&self) -> TableHandle<'_, T> {
        TableHandle::new(Target::of::<T>(self))
    }

    /// The items of a table raw, as the SDK holds them.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// cx.items::<Customer>()
    ///     .update(|item| {
    ///         item.remove("legacy_flags");
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn items<T: Table>(&self) -> ItemsHandle<'_> {
        ItemsHandle::new(Target::of::<T>(self))
    }
}

/// The items of a table as a `T`. Nothing happens before one of its verbs is awaited.
///
/// Each verb returns what it did. See the [module](crate::transform) for what is written, and when.
#[must_use = "nothing happens before `.update(..).await` or another verb"]
pub struct TableHandle<'a, T> {
    target: Target<'a>,
    item: PhantomData<fn() -> T>,
}

impl<'a, T> TableHandle<'a, T> {
    fn new(target: Target<'a>) -> Self {
        Self { target, item: PhantomData }
    }

    /// The same items as a `U`: frozen in the migration, with only the fields that it reads or writes.
    ///
    /// What `U` does not know of an item stays as it is.
    pub fn of<U>(self) -> TableHandle<'a, U> {
        TableHandle::new(self.target)
    }

    choices!();
}

impl<T: Serialize + DeserializeOwned> TableHandle<'_, T> {
    /// Changes each item by a function. What it leaves alone is not written.
    ///
    /// # Errors
    ///
    /// An item does not fit `T`; the function changes its own output once more, or changes a key attribute; an item is written
    /// by others all the time; the engine refuses. What was written before stays: run again, it is found done.
    pub async fn update(self, function: impl Fn(&mut T) + Send + Sync) -> Result<Counts, Error> {
        verbs::update::<Typed<T>>(&self.target, |value| {
            function(value);
            Ok(())
        })
        .await
    }

    /// Changes each item by a function that may fail; `?` takes any error. The first failure stops.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Reading: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Serialize, Deserialize)]
    /// struct Degrees {
    ///     text: String,
    ///     degrees: Option<f64>,
    /// }
    ///
    /// cx.table::<Reading>()
    ///     .of::<Degrees>()
    ///     .try_update(|reading| {
    ///         reading.degrees = Some(reading.text.parse()?);
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update), and the function's own with the item named.
    pub async fn try_update(self, function: impl Fn(&mut T) -> Result + Send + Sync) -> Result<Counts, Error> {
        verbs::update::<Typed<T>>(&self.target, function).await
    }

    /// Turns each item from an `Old` into a `T`.
    ///
    /// Attributes that `Old` has and `T` lacks are removed, those of `T` are set, all others stay. An item that does not fit
    /// `Old` but fits `T` is done already. One that fits both is given to the function: let the types differ.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Serialize, Deserialize)]
    /// struct Euros {
    ///     price: f64,
    /// }
    /// #[derive(Serialize, Deserialize)]
    /// struct Cents {
    ///     price_cents: u64,
    /// }
    ///
    /// cx.table::<Customer>()
    ///     .of::<Cents>()
    ///     .transform::<Euros>(|old| Cents { price_cents: (old.price * 100.0).round() as u64 })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); an item fits neither type.
    pub async fn transform<Old>(self, function: impl Fn(Old) -> T + Send + Sync) -> Result<Counts, Error>
    where
        Old: Serialize + DeserializeOwned,
    {
        self.try_transform::<Old>(|old| Ok(function(old))).await
    }

    /// Turns each item from an `Old` into a `T` by a function that may fail; `?` takes any error. The first failure stops.
    ///
    /// # Errors
    ///
    /// As [`transform`](Self::transform), and the function's own with the item named.
    pub async fn try_transform<Old>(self, function: impl Fn(Old) -> Result<T> + Send + Sync) -> Result<Counts, Error>
    where
        Old: Serialize + DeserializeOwned,
    {
        verbs::transform::<Typed<Old>, Typed<T>>(&self.target, function).await
    }
}

impl<T: DeserializeOwned> TableHandle<'_, T> {
    /// Gives each item to a function, and writes nothing: to derive other items from them, for example. `?` takes any error.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Order: Table, Summary: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Deserialize)]
    /// struct Total {
    ///     cents: u64,
    /// }
    ///
    /// let mut sum = 0;
    /// cx.table::<Order>()
    ///     .of::<Total>()
    ///     .for_each(|order| {
    ///         sum += order.cents;
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The items are read page by page, each as it is then: other items may change in between.
    ///
    /// # Errors
    ///
    /// An item does not fit `T`; the function's own with the item named; the engine refuses.
    pub async fn for_each(self, function: impl FnMut(T) -> Result + Send) -> Result<Counts, Error> {
        read::for_each(&self.target, as_type::<T>, function).await
    }

    /// Asks of every item whether it is as it should be, and writes nothing. For the end of a migration, or as one of its own.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Email { email: String }
    /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// cx.table::<Customer>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
    /// cx.table::<Customer>().of::<Email>().verify(|customer| customer.email == customer.email.to_lowercase()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Items do not pass, or do not fit `T` (kind [`Unverified`](crate::ErrorKind::Unverified), the first of them named); the engine
    /// refuses.
    pub async fn verify(self, passes: impl Fn(&T) -> bool + Send + Sync) -> Result<Counts, Error> {
        read::verify(&self.target, as_type::<T>, passes).await
    }

    /// Deletes each item that `goes` takes, as long as it is as it was read.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Session: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Deserialize)]
    /// struct Kind {
    ///     kind: String,
    /// }
    ///
    /// let counts = cx.table::<Session>().of::<Kind>().delete_where(|session| session.kind == "legacy").await?;
    /// cx.note(format!("{} sessions are gone", counts.deleted));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An item does not fit `T`; an item is written by others all the time; the engine refuses.
    pub async fn delete_where(self, goes: impl Fn(&T) -> bool + Send + Sync) -> Result<Counts, Error> {
        verbs::delete_where(&self.target, as_type::<T>, goes).await
    }

    /// Puts what `function` makes of each item into the table of `D`: another table, or another key in the same. The old items stay;
    /// [`delete_where`](Self::delete_where) is a step of its own.
    ///
    /// An item is put where there is none, and in the place of one whose [version](macro@crate::Table) is lower. One that is there with
    /// other content is left alone, and counted as existing: of every item that was read the counts tell what became of it.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Order: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// # #[derive(Serialize, Deserialize)]
    /// # struct ByDay { day: String, id: String }
    /// # impl Table for ByDay {
    /// #     fn schema() -> migrate_core::schema::TableSchema {
    /// #         use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};
    /// #         let (partition, sort) = (KeyElement::new("day", ScalarType::S), KeyElement::new("id", ScalarType::S));
    /// #         TableSchema::new(TableName::new("by-day").unwrap(), PrimaryKey { partition, sort: Some(sort) })
    /// #     }
    /// # }
    /// #[derive(Deserialize)]
    /// struct OldOrder {
    ///     id: String,
    ///     placed_at: String,
    /// }
    ///
    /// let counts = cx.table::<Order>().of::<OldOrder>().copy_to(|old| ByDay { day: old.placed_at, id: old.id }).await?;
    /// assert_eq!(counts.scanned, counts.inserted + counts.changed + counts.unchanged + counts.existing);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An item does not fit `T`, or what is made of it lacks a key attribute; the engine refuses.
    pub async fn copy_to<D>(self, function: impl Fn(T) -> D + Send + Sync) -> Result<Counts, Error>
    where
        D: Table + Serialize + DeserializeOwned,
    {
        copy::copy_each(&self.target, |item| Ok([function(item)])).await
    }

    /// As [`copy_to`](Self::copy_to), with a function that may fail and that makes several items of one, or none; `?` takes any error.
    ///
    /// # Errors
    ///
    /// As [`copy_to`](Self::copy_to), and the function's own with the item named.
    pub async fn copy_each_to<D, I>(self, function: impl Fn(T) -> Result<I> + Send + Sync) -> Result<Counts, Error>
    where
        D: Table + Serialize + DeserializeOwned,
        I: IntoIterator<Item = D>,
    {
        copy::copy_each(&self.target, function).await
    }
}

impl<T: Serialize> TableHandle<'_, T> {
    /// Inserts items where there are none, and never overwrites: what is there and equal counts as unchanged, what is there and
    /// different as existing. Of two items with one key the first counts.
    ///
    /// An item is stored as serde_dynamo writes it, NULL for a `None` included.
    ///
    /// ```
    /// # use migrate_core::{MigrationContext, Table};
    /// # use serde::{Deserialize, Serialize};
    /// # async fn f<Region: Table>(cx: &MigrationContext) -> migrate_core::Result {
    /// #[derive(Serialize)]
    /// struct Name {
    ///     code: &'static str,
    ///     name: &'static str,
    /// }
    ///
    /// let names = [Name { code: "AK", name: "Alaska" }, Name { code: "HI", name: "Hawaii" }];
    /// cx.table::<Region>().of::<Name>().put_all(names).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An item cannot be written, or lacks an attribute of the key; the engine refuses. What was inserted before stays.
    pub async fn put_all<I>(self, items: I) -> Result<Counts, Error>
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send,
    {
        put::put_all(&self.target, &shape::name_of::<T>(), items.into_iter(), encode::encode::<T>).await
    }
}

impl<T> fmt::Debug for TableHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableHandle").field("table", &self.target.place.table).finish_non_exhaustive()
    }
}
