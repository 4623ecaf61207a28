//! A map's key as a type of the user's, and back; knows no value.

use std::fmt::Write as _;

use serde::de::{self, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::ser::{self, Error as _, Impossible};
use serde::{Serialize, forward_to_deserialize_any};

use super::encode::Unwritable;
use super::misfit::Misfit;

type Result<T> = std::result::Result<T, Misfit>;

/// A map's key: text, that may be read as a number or a boolean.
pub(super) struct MapKey<'a>(pub(super) &'a str);

macro_rules! number_keys {
    ($($method:ident $visit:ident,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.0.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(Misfit::invalid_value(Unexpected::Other(""), &visitor)),
            }
        }
    )* };
}

impl<'de> de::Deserializer<'de> for MapKey<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.0)
    }

    number_keys! {
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_i128 visit_i128, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64, deserialize_u128 visit_u128, deserialize_bool visit_bool,
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        f32 f64 char identifier str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}

/// Writes a key behind what is there: text, or what reads as such.
pub(super) struct KeyWriter<'o>(pub(super) &'o mut String);

type Written<T = ()> = std::result::Result<T, Unwritable>;

type Never = Impossible<(), Unwritable>;

macro_rules! keys {
    ($($method:ident $type:ty,)*) => { $(
        fn $method(self, key: $type) -> Written {
            write!(self.0, "{key}").map_err(Unwritable::custom)
        }
    )* };
}

macro_rules! no_keys {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => { $(
        fn $method(self, $(_: $argument),*) -> Written<$ok> {
            Err(Unwritable::KEY)
        }
    )* };
}

impl ser::Serializer for KeyWriter<'_> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    keys! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128, serialize_u8 u8,
        serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128, serialize_bool bool, serialize_char char,
    }

    fn serialize_str(self, key: &str) -> Written {
        self.0.push_str(key);
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> Written {
        key.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Written {
        Err(Unwritable::KEY)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Written {
        Err(Unwritable::KEY)
    }

    no_keys! {
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}
