//! Reads an item as a type of the user's, in place, as serde_dynamo would; knows no table and never copies the item.
//!
//! Only what the type asks for is read: an attribute that it does not know stays unread text.
//!
//! Why not serde_dynamo's own deserializer: its errors carry the value and no path, and it consumes the SDK's map of an item.
//! What fits there fits here and gives the same; a test holds them together.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::{self, DeserializeOwned, Error as _, IntoDeserializer, Unexpected, Visitor};

use super::given::Given;
use super::inside::{Names, map, seq, tagged};
use super::misfit::Misfit;
use crate::aws::wire::{Attributes, Value};

type Result<T> = std::result::Result<T, Misfit>;

/// The item as a `T`, and what of it the type asked for.
pub(super) fn decode<T: DeserializeOwned>(item: &Attributes<'_>) -> Result<(T, Given)> {
    let given = Cell::new(Given::All);
    let value = T::deserialize(Reader { source: Source::Item(item), given: Some(&given) })?;
    Ok((value, given.get()))
}

/// Where a value is read from.
pub(super) enum Source<'a> {
    /// The item itself.
    Item(&'a Attributes<'a>),
    /// Not yet looked at.
    Text(&'a str),
    Value(Value<'a>),
}

impl Source<'_> {
    /// DynamoDB's letters for it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Item(_) => "M",
            Self::Text(text) => Value::parse(text).map_or("unreadable", |value| kind(&value)),
            Self::Value(value) => kind(value),
        }
    }
}

fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::S(_) => "S",
        Value::N(_) => "N",
        Value::B(_) => "B",
        Value::Bool(_) => "BOOL",
        Value::Null => "NULL",
        Value::M(_) => "M",
        Value::L(_) => "L",
        Value::Ss(_) => "SS",
        Value::Ns(_) => "NS",
        Value::Bs(_) => "BS",
        Value::Unknown => "of an unknown type",
    }
}

/// A value that a type asks for.
pub(super) struct Reader<'a> {
    source: Source<'a>,
    /// Where to note what is asked for: at the outermost value only.
    given: Option<&'a Cell<Given>>,
}

impl<'a> Reader<'a> {
    pub(super) fn inner(source: Source<'a>) -> Self {
        Self { source, given: None }
    }

    /// The value, where it is not the item itself.
    pub(super) fn value<'de, V: Visitor<'de>>(self, visitor: &V) -> Result<Value<'a>> {
        match self.source {
            Source::Item(_) => Err(misfit(visitor)),
            Source::Text(text) => Value::parse(text).map_err(|unreadable| Misfit::unreadable(&unreadable)),
            Source::Value(value) => Ok(value),
        }
    }
}

/// Of another type than the visitor expects.
pub(super) fn misfit<'de, V: Visitor<'de>>(visitor: &V) -> Misfit {
    Misfit::invalid_type(Unexpected::Other(""), visitor)
}

fn unfitting<'de, V: Visitor<'de>>(visitor: &V) -> Misfit {
    Misfit::invalid_value(Unexpected::Other(""), visitor)
}

fn text<'de, V: Visitor<'de>>(text: Cow<'_, str>, visitor: V) -> Result<V::Value> {
    match text {
        Cow::Borrowed(text) => visitor.visit_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.value(&visitor)? {
                Value::N(digits) => match digits.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(unfitting(&visitor)),
                },
                _ => Err(misfit(&visitor)),
            }
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Source::Item(item) = self.source {
            return map(item, Names::All, visitor);
        }
        match self.value(&visitor)? {
            Value::S(found) => text(found, visitor),
            Value::N(digits) => {
                if let Ok(number) = digits.parse() {
                    visitor.visit_i64(number)
                } else if let Ok(number) = digits.parse() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = digits.parse() {
                    visitor.visit_f64(number)
                } else {
                    Err(unfitting(&visitor))
                }
            }
            Value::B(bytes) => visitor.visit_byte_buf(bytes),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Null => visitor.visit_unit(),
            Value::M(inner) => map(&inner, Names::None, visitor),
            list @ (Value::L(_) | Value::Ss(_) | Value::Ns(_) | Value::Bs(_)) => seq(&list, visitor),
            Value::Unknown => Err(misfit(&visitor)),
        }
    }

    numbers! {
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_i128 visit_i128, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64, deserialize_u128 visit_u128, deserialize_f32 visit_f32, deserialize_f64 visit_f64,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value(&visitor)? {
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value(&visitor)? {
            Value::S(text) => match (text.chars().next(), text.chars().nth(1)) {
                (Some(char), None) => visitor.visit_char(char),
                (_, _) => Err(unfitting(&visitor)),
            },
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value(&visitor)? {
            Value::S(found) => text(found, visitor),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value(&visitor)? {
            Value::B(bytes) => visitor.visit_byte_buf(bytes),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Source::Item(_) = self.source {
            return visitor.visit_some(self);
        }
        match self.value(&visitor)? {
            Value::Null => visitor.visit_none(),
            value => visitor.visit_some(Reader::inner(Source::Value(value))),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value(&visitor)? {
            Value::Null => visitor.visit_unit(),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        seq(&self.value(&visitor)?, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Source::Item(item) = self.source {
            return map(item, Names::All, visitor);
        }
        match self.value(&visitor)? {
            Value::M(inner) => map(&inner, Names::None, visitor),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if let Some(given) = self.given {
            given.set(Given::Fields(fields));
        }
        // An item's attributes are names, whoever asks.
        if let Source::Item(item) = self.source {
            return map(item, Names::All, visitor);
        }
        match self.value(&visitor)? {
            Value::M(inner) => map(&inner, Names::These(fields), visitor),
            list @ Value::L(_) => seq(&list, visitor),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        if let Source::Item(item) = self.source {
            return tagged(item, visitor);
        }
        match self.value(&visitor)? {
            Value::S(text) => visitor.visit_enum((*text).into_deserializer()),
            Value::M(inner) => tagged(&inner, visitor),
            _ => Err(misfit(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
