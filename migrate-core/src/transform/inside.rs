//! What is inside a value that is being read: elements, entries, a variant's content; knows no scalar.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::decode::{Reader, Source, misfit};
use super::map_key::MapKey;
use super::misfit::{Misfit, Segment};
use crate::aws::wire::{Attributes, Value};

type Result<T> = std::result::Result<T, Misfit>;

/// Reads a list or a set.
pub(super) fn seq<'de, V: Visitor<'de>>(value: &Value<'_>, visitor: V) -> Result<V::Value> {
    match value {
        Value::L(_) | Value::Ss(_) | Value::Ns(_) | Value::Bs(_) => visitor.visit_seq(Seq { value, next: 0 }),
        Value::S(_) | Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null | Value::M(_) | Value::Unknown => {
            Err(misfit(&visitor))
        }
    }
}

/// Reads an item or a map.
pub(super) fn map<'de, V: Visitor<'de>>(map: &Attributes<'_>, names: Names, visitor: V) -> Result<V::Value> {
    visitor.visit_map(Map { entries: map.iter(), left: map.len(), value: None, names })
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
pub(super) enum Names {
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

/// Reads an enum.
pub(super) fn tagged<'de, V: Visitor<'de>>(map: &Attributes<'_>, visitor: V) -> Result<V::Value> {
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
