//! Reads an item as a type of the user's, in place, as serde_dynamo would; knows no table and never copies the item.
//!
//! Why not serde_dynamo's own deserializer: its errors carry the value and no path, and it consumes the item. What fits there
//! fits here and gives the same; a test holds them together.

use std::cell::Cell;
use std::vec;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::Item;
use super::given::Given;
use super::map_key::MapKey;
use super::misfit::{Misfit, Segment};

type Result<T> = std::result::Result<T, Misfit>;

/// The item as a `T`, and what of it the type asked for.
pub(super) fn decode<T: DeserializeOwned>(item: &Item) -> Result<(T, Given)> {
    let given = Cell::new(Given::All);
    let value = T::deserialize(Reader { view: View::M(item), given: Some(&given) })?;
    Ok((value, given.get()))
}

/// A stored value, borrowed.
#[derive(Clone, Copy)]
enum View<'a> {
    S(&'a str),
    N(&'a str),
    B(&'a [u8]),
    Bool(bool),
    Null,
    M(&'a Item),
    L(&'a [AttributeValue]),
    Set(&'a AttributeValue),
    Unknown,
}

impl<'a> View<'a> {
    fn of(value: &'a AttributeValue) -> Self {
        match value {
            AttributeValue::S(text) => Self::S(text),
            AttributeValue::N(digits) => Self::N(digits),
            AttributeValue::B(bytes) => Self::B(bytes.as_ref()),
            AttributeValue::Bool(value) => Self::Bool(*value),
            AttributeValue::Null(_) => Self::Null,
            AttributeValue::M(map) => Self::M(map),
            AttributeValue::L(list) => Self::L(list),
            AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_) => Self::Set(value),
            _ => Self::Unknown,
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        match self {
            Self::L(list) => list.get(index).map(Self::of),
            Self::Set(AttributeValue::Ss(set)) => set.get(index).map(|text| Self::S(text)),
            Self::Set(AttributeValue::Ns(set)) => set.get(index).map(|digits| Self::N(digits)),
            Self::Set(AttributeValue::Bs(set)) => set.get(index).map(|bytes| Self::B(bytes.as_ref())),
            _ => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::L(list) => list.len(),
            Self::Set(AttributeValue::Ss(set) | AttributeValue::Ns(set)) => set.len(),
            Self::Set(AttributeValue::Bs(set)) => set.len(),
            _ => 0,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Set(AttributeValue::Ss(_)) => "SS",
            Self::Set(AttributeValue::Ns(_)) => "NS",
            Self::Set(_) => "BS",
            Self::Unknown => "of an unknown type",
        }
    }
}

struct Reader<'a> {
    view: View<'a>,
    /// Where to note what is asked for: at the outermost value only.
    given: Option<&'a Cell<Given>>,
}

impl<'a> Reader<'a> {
    fn inner(view: View<'a>) -> Self {
        Self { view, given: None }
    }

    fn misfit<'de, V: Visitor<'de>>(visitor: &V) -> Misfit {
        Misfit::invalid_type(Unexpected::Other(""), visitor)
    }

    fn map<'de, V: Visitor<'de>>(self, names: Names, visitor: V) -> Result<V::Value> {
        match self.view {
            View::M(map) => {
                // An item's attributes are names, whoever asks.
                let names = if self.given.is_some() { Names::All } else { names };
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_unstable_by_key(|&(name, _)| name);
                visitor.visit_map(Map { entries: entries.into_iter(), value: None, names })
            }
            _ => Err(Self::misfit(&visitor)),
        }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.view {
                View::N(digits) => match digits.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(Misfit::invalid_value(Unexpected::Other(""), &visitor)),
                },
                _ => Err(Self::misfit(&visitor)),
            }
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::S(text) => visitor.visit_string(text.to_owned()),
            View::N(digits) => {
                if let Ok(number) = digits.parse() {
                    visitor.visit_i64(number)
                } else if let Ok(number) = digits.parse() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = digits.parse() {
                    visitor.visit_f64(number)
                } else {
                    Err(Misfit::invalid_value(Unexpected::Other(""), &visitor))
                }
            }
            View::B(bytes) => visitor.visit_bytes(bytes),
            View::Bool(value) => visitor.visit_bool(value),
            View::Null => visitor.visit_unit(),
            View::M(_) => self.map(Names::None, visitor),
            View::L(_) | View::Set(_) => self.deserialize_seq(visitor),
            View::Unknown => Err(Self::misfit(&visitor)),
        }
    }

    numbers! {
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_i128 visit_i128, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64, deserialize_u128 visit_u128, deserialize_f32 visit_f32, deserialize_f64 visit_f64,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::Bool(value) => visitor.visit_bool(value),
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::S(text) => match (text.chars().next(), text.chars().nth(1)) {
                (Some(char), None) => visitor.visit_char(char),
                (_, _) => Err(Misfit::invalid_value(Unexpected::Other(""), &visitor)),
            },
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::S(text) => visitor.visit_string(text.to_owned()),
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::B(bytes) => visitor.visit_bytes(bytes),
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::Null => visitor.visit_unit(),
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.view {
            View::L(_) | View::Set(_) => visitor.visit_seq(Seq { view: self.view, next: 0 }),
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.map(Names::None, visitor)
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
        match self.view {
            View::L(_) => self.deserialize_seq(visitor),
            _ => self.map(Names::These(fields), visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        match self.view {
            View::S(text) => visitor.visit_enum(text.into_deserializer()),
            View::M(map) => match (map.iter().next(), map.len()) {
                (Some((name, value)), 1) => visitor.visit_enum(Tagged { name, value: View::of(value) }),
                (_, _) => Err(Misfit::invalid_length(map.len(), &visitor)),
            },
            _ => Err(Self::misfit(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }
}

struct Seq<'a> {
    view: View<'a>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Seq<'_> {
    type Error = Misfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        let Some(view) = self.view.element(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader::inner(view)).map(Some).map_err(|misfit| misfit.under(Segment::Index(index), view.kind()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.view.len().saturating_sub(self.next))
    }
}

/// Which keys of a map may be told.
#[derive(Clone, Copy)]
enum Names {
    All,
    These(&'static [&'static str]),
    None,
}

struct Map<'a> {
    /// By name, so that of several misfits the same is told each time.
    entries: vec::IntoIter<(&'a String, &'a AttributeValue)>,
    value: Option<(&'a str, &'a AttributeValue)>,
    names: Names,
}

impl<'de> MapAccess<'de> for Map<'_> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((name, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some((name, value));
        seed.deserialize(MapKey(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let (name, value) = self.value.take().ok_or_else(|| Misfit::custom("a value without its key"))?;
        let view = View::of(value);
        seed.deserialize(Reader::inner(view)).map_err(|misfit| {
            let told = match self.names {
                Names::All => true,
                Names::These(fields) => fields.contains(&name),
                Names::None => false,
            };
            let segment = if told { Segment::Name(name.to_owned()) } else { Segment::Hidden };
            misfit.under(segment, view.kind())
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A variant with content: a map of one entry.
struct Tagged<'a> {
    name: &'a str,
    value: View<'a>,
}

impl<'a, 'de> EnumAccess<'de> for Tagged<'a> {
    type Error = Misfit;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>)> {
        let name: StrDeserializer<'_, Misfit> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.value)))
    }
}

struct Content<'a>(View<'a>);

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(Reader::inner(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_seq(Reader::inner(self.0), visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        Reader::inner(self.0).map(Names::These(fields), visitor)
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
