//! How an item becomes what the user's function takes, and back: as a type through serde, or raw; knows no table.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use super::Item;
use super::decode::decode;
use super::given::Given;
use super::misfit::Misfit;

/// Why a value cannot be an item, without the value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unwritable(&'static str);

/// A form in which functions take items.
pub(super) trait Shape {
    type Value;
    /// Whether NULL at the top of an item means that there is nothing: serde writes `None` so.
    const NULL_IS_NONE: bool;
    /// The type's name, for messages.
    fn name() -> String;
    fn decode(item: &Item) -> Result<(Self::Value, Given), Misfit>;
    fn encode(value: &Self::Value) -> Result<Item, Unwritable>;
}

/// A type of the user's.
pub(super) struct Typed<T>(PhantomData<fn() -> T>);

impl<T: Serialize + DeserializeOwned> Shape for Typed<T> {
    type Value = T;
    const NULL_IS_NONE: bool = true;

    fn name() -> String {
        name_of::<T>()
    }

    fn decode(item: &Item) -> Result<(T, Given), Misfit> {
        decode(item)
    }

    fn encode(value: &T) -> Result<Item, Unwritable> {
        typed_item(value)
    }
}

/// A type's name without its path.
pub(super) fn name_of<T>() -> String {
    let name = std::any::type_name::<T>();
    let (path, arguments) = name.split_at(name.find('<').unwrap_or(name.len()));
    let last = path.rsplit("::").next().unwrap_or(path);
    if arguments.is_empty() { last.to_owned() } else { format!("{last}<…>") }
}

/// A value of the user's as an item.
pub(super) fn typed_item<T: Serialize>(value: &T) -> Result<Item, Unwritable> {
    to_item(value).map_err(|error| Unwritable(reason(&error)))
}

/// The item itself.
pub(super) struct Raw;

impl Shape for Raw {
    type Value = Item;
    const NULL_IS_NONE: bool = false;

    fn name() -> String {
        "a raw item".to_owned()
    }

    fn decode(item: &Item) -> Result<(Item, Given), Misfit> {
        Ok((item.clone(), Given::All))
    }

    fn encode(value: &Item) -> Result<Item, Unwritable> {
        Ok(value.clone())
    }
}

/// serde_dynamo's own sentences hold no value; those of a type's `Serialize` may.
fn reason(error: &serde_dynamo::Error) -> &'static str {
    match error.to_string().as_str() {
        "Not a map-like object" => "it is not a struct or a map",
        "Not a set-like sequence" => "a field that is to be a set is no sequence",
        "Key must be a string" => "a map in it has keys that are no text",
        "String set element does not serialize to string" => "a string set in it holds something else",
        "Number set element does not serialize to number" => "a number set in it holds something else",
        "Binary set element does not serialize to binary" => "a binary set in it holds something else",
        _ => "its `Serialize` refuses, or uses a type that DynamoDB does not have",
    }
}
