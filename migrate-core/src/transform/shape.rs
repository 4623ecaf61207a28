//! How an item becomes what the user's function takes, and back: as a type through serde, or raw; knows no table.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Item;
use super::decode;
use super::encode;
pub(super) use super::encode::Unwritable;
use super::change::{Change, Reading};
use super::error::Trouble;
use super::given::Given;
use super::misfit::{Misfit, Segment};
use crate::aws::wire::{Attributes, Unreadable};

/// A form in which functions take items.
pub(super) trait Shape: Sized {
    type Value;
    /// Whether NULL at the top of an item means that there is nothing: serde writes `None` so.
    const NULL_IS_NONE: bool;
    /// The type's name, for messages.
    fn name() -> String;
    fn decode(item: &Attributes<'_>) -> Result<(Self::Value, Given), Misfit>;
    fn encode(value: &Self::Value) -> Result<Attributes<'static>, Unwritable>;
    /// An item's own form before the function has its value.
    fn before<'a>(item: &'a Attributes<'a>, value: &Self::Value) -> Result<Cow<'a, Attributes<'a>>, Unwritable>;

    /// What of the stored item the function changed.
    fn change(
        before: &Attributes<'_>,
        value: &Self::Value,
        stored: &Attributes<'_>,
        reading: Reading<'_>,
    ) -> Result<Change, Trouble> {
        let after = Self::encode(value).map_err(Trouble::unwritable::<Self>)?;
        Ok(Change::between(before, &after, stored, reading)?)
    }

    /// What a second run would be given: `output` is the item as it would be stored, and `value` what the first run made.
    fn again(value: Self::Value, output: &Attributes<'_>) -> Result<Self::Value, Misfit>;
}

/// A type of the user's.
pub(super) struct Typed<T>(PhantomData<fn() -> T>);

impl<T: Serialize + DeserializeOwned> Shape for Typed<T> {
    type Value = T;
    const NULL_IS_NONE: bool = true;

    fn name() -> String {
        name_of::<T>()
    }

    fn decode(item: &Attributes<'_>) -> Result<(T, Given), Misfit> {
        decode::decode(item)
    }

    fn encode(value: &T) -> Result<Attributes<'static>, Unwritable> {
        encode::encode(value)
    }

    fn before<'a>(_: &'a Attributes<'a>, value: &T) -> Result<Cow<'a, Attributes<'a>>, Unwritable> {
        encode::encode(value).map(Cow::Owned)
    }

    /// A type may not say all that it holds: only what is stored counts.
    fn again(_: T, output: &Attributes<'_>) -> Result<T, Misfit> {
        decode::decode(output).map(|(value, _)| value)
    }
}

/// A type's name without its path.
pub(super) fn name_of<T>() -> String {
    let name = std::any::type_name::<T>();
    let (path, arguments) = name.split_at(name.find('<').unwrap_or(name.len()));
    let last = path.rsplit("::").next().unwrap_or(path);
    if arguments.is_empty() { last.to_owned() } else { format!("{last}<…>") }
}

/// The item itself.
pub(super) struct Raw;

impl Shape for Raw {
    type Value = Item;
    const NULL_IS_NONE: bool = false;

    fn name() -> String {
        "a raw item".to_owned()
    }

    fn decode(item: &Attributes<'_>) -> Result<(Item, Given), Misfit> {
        Ok((Item::stored(item), Given::All))
    }

    fn encode(value: &Item) -> Result<Attributes<'static>, Unwritable> {
        Ok(value.attributes())
    }

    /// As it is stored, without a copy.
    fn before<'a>(item: &'a Attributes<'a>, _: &Item) -> Result<Cow<'a, Attributes<'a>>, Unwritable> {
        Ok(Cow::Borrowed(item))
    }

    fn change(
        _: &Attributes<'_>,
        value: &Item,
        stored: &Attributes<'_>,
        reading: Reading<'_>,
    ) -> Result<Change, Trouble> {
        match value.unreadable() {
            Some(name) => Err(Trouble::misfit::<Self>(unreadable(name))),
            None => Ok(value.change(stored, reading)?),
        }
    }

    /// A raw item is what is stored of it.
    fn again(value: Item, _: &Attributes<'_>) -> Result<Item, Misfit> {
        Ok(value)
    }
}

/// An attribute of a raw item that cannot be read.
pub(super) fn unreadable(name: &str) -> Misfit {
    Misfit::unreadable(&Unreadable("its value is of no type that is known")).under(Segment::Name(name.to_owned()), "unreadable")
}
