//! Reads an item as a type of the user's, in place, as serde_dynamo would; knows no table and never copies the item.
//!
//! Only what the type asks for is read: an attribute that it does not know stays unread text.
//!
//! Why not serde_dynamo's own deserializer: its errors carry the value and no path, and it consumes the SDK's map of an item.
//! What fits there fits here and gives the same; a test holds them together.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::given::Given;
use super::map_key::MapKey;
use super::misfit::{Misfit, Segment};
use crate::aws::wire::{Attributes, Value};

type Result<T> = std::result::Result<T, Misfit>;

/// The item as a `T`, and what of it the type asked for.
pub(super) fn decode<T: DeserializeOwned>(item: &Attributes<'_>) -> Result<(T, Given)> {
    let given = Cell::new(Given::All);
    let value = T::deserialize(Reader { source: Source::Item(item), given: Some(&given) })?;
    Ok((value, given.get()))
}

/// Where a value is read from.
enum Source<'a> {
    /// The item itself.
    Item(&'a Attributes<'a>),
    /// Not yet looked at.
    Text(&'a str),
    Value(Value<'a>),
}

impl Source<'_> {
    /// DynamoDB's letters for it.
    fn kind(&self) -> &'static str {
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

struct Reader<'a> {
    source: Source<'a>,
    /// Where to note what is asked for: at the outermost value only.
    given: Option<&'a Cell<Given>>,
}

impl<'a> Reader<'a> {
    fn inner(source: Source<'a>) -> Self {
        Self { source, given: None }
    }

    /// The value, where it is not the item itself.
    fn value<'de, V: Visitor<'de>>(self, visitor: &V) -> Result<Value<'a>> {
        match self.source {
            Source::Item(_) => Err(misfit(visitor)),
            Source::Text(text) => Value::parse(text).map_err(|unreadable| Misfit::unreadable(&unreadable)),
            Source::Value(value) => Ok(value),
        }
    }
}

fn misfit<'de, V: Visitor<'de>>(visitor: &V) -> Misfit {
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

fn seq<'de, V: Visitor<'de>>(value: &Value<'_>, visitor: V) -> Result<V::Value> {
    match value {
        Value::L(_) | Value::Ss(_) | Value::Ns(_) | Value::Bs(_) => visitor.visit_seq(Seq { value, next: 0 }),
        Value::S(_) | Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null | Value::M(_) | Value::Unknown => {
            Err(misfit(&visitor))
        }
    }
}

fn map<'de, V: Visitor<'de>>(map: &Attributes<'_>, names: Names, visitor: V) -> Result<V::Value> {
    visitor.visit_map(Map { entries: map.iter(), left: map.len(), value: None, names })
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

struct Seq<'a> {
    value: &'a Value<'a>,
    next: usize,
}

impl<'a> Seq<'a> {
    fn element(&self, index: usize) -> Option<Source<'a>> {
        match self.value {
            Value::L(list) => list.get(index).map(|text| Source::Text(text)),
            Value::Ss(set) => set.get(index).map(|text| Source::Value(Value::S(Cow::Borrowed(text)))),
            Value::Ns(set) => set.get(index).map(|digits| Source::Value(Value::N(Cow::Borrowed(digits)))),
            Value::Bs(set) => set.get(index).map(|bytes| Source::Value(Value::B(bytes.clone()))),
            Value::S(_) | Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null | Value::M(_) | Value::Unknown => None,
        }
    }

    fn len(&self) -> usize {
        match self.value {
            Value::L(list) | Value::Ss(list) | Value::Ns(list) => list.len(),
            Value::Bs(set) => set.len(),
            Value::S(_) | Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null | Value::M(_) | Value::Unknown => 0,
        }
    }
}

impl<'de> SeqAccess<'de> for Seq<'_> {
    type Error = Misfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        let index = self.next;
        let Some(source) = self.element(index) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(Reader::inner(source)).map(Some).map_err(|misfit| {
            let stored = self.element(index).map_or("", |source| source.kind());
            misfit.under(Segment::Index(index), stored)
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len().saturating_sub(self.next))
    }
}

/// Which keys of a map may be told.
#[derive(Clone, Copy)]
enum Names {
    All,
    These(&'static [&'static str]),
    None,
}

struct Map<'a, I> {
    /// By name, so that of several misfits the same is told each time.
    entries: I,
    left: usize,
    value: Option<(&'a str, &'a str)>,
    names: Names,
}

impl<'a, 'de, I: Iterator<Item = (&'a str, &'a str)>> MapAccess<'de> for Map<'a, I> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((name, value)) = self.entries.next() else { return Ok(None) };
        self.left = self.left.saturating_sub(1);
        self.value = Some((name, value));
        seed.deserialize(MapKey(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let (name, text) = self.value.take().ok_or_else(|| Misfit::custom("a value without its key"))?;
        seed.deserialize(Reader::inner(Source::Text(text))).map_err(|misfit| {
            let told = match self.names {
                Names::All => true,
                Names::These(fields) => fields.contains(&name),
                Names::None => false,
            };
            let segment = if told { Segment::Name(name.to_owned()) } else { Segment::Hidden };
            misfit.under(segment, Source::Text(text).kind())
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

fn tagged<'de, V: Visitor<'de>>(map: &Attributes<'_>, visitor: V) -> Result<V::Value> {
    match (map.iter().next(), map.len()) {
        (Some((name, text)), 1) => visitor.visit_enum(Tagged { name, text }),
        (_, length) => Err(Misfit::invalid_length(length, &visitor)),
    }
}

/// A variant with content: a map of one entry.
struct Tagged<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a, 'de> EnumAccess<'de> for Tagged<'a> {
    type Error = Misfit;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>)> {
        let name: StrDeserializer<'_, Misfit> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.text)))
    }
}

struct Content<'a>(&'a str);

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(Reader::inner(Source::Text(self.0)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_seq(Reader::inner(Source::Text(self.0)), visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        match Reader::inner(Source::Text(self.0)).value(&visitor)? {
            Value::M(inner) => map(&inner, Names::These(fields), visitor),
            _ => Err(misfit(&visitor)),
        }
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
