//! Writes a value of the user's as an item of DynamoDB's JSON, exactly as serde_dynamo would; knows no table and no SDK map.
//!
//! Why not serde_dynamo itself: it builds a map of strings for each item, of which the text is then built again. What it
//! writes is written here, and what it refuses is refused; a test holds them together.

use std::fmt::{Display, Write as _};

use aws_smithy_types::base64;
use serde::Serialize;
use serde::ser::{self, Error as _};

use super::written::{Elements, Entries, Out};
use crate::aws::wire::{Attributes, push_string};

/// Why a value cannot be an item, without the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unwritable(&'static str);

impl Unwritable {
    const NO_MAP: Self = Self("it is not a struct or a map");
    const NO_SEQUENCE: Self = Self("a field that is to be a set is no sequence");
    pub(super) const KEY: Self = Self("a map in it has keys that are no text");
    const REFUSED: Self = Self("its `Serialize` refuses, or uses a type that DynamoDB does not have");
}

// The message of a type's own `Serialize` may hold the value.
impl ser::Error for Unwritable {
    fn custom<T: Display>(_: T) -> Self {
        Self::REFUSED
    }
}

type Result<T> = std::result::Result<T, Unwritable>;

/// The value as an item.
pub(super) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Attributes<'static>> {
    let mut out = Out::new();
    match value.serialize(Writer { out: &mut out, top: true, set: None })? {
        Kind::M => Ok(out.into_attributes()),
        Kind::S | Kind::N | Kind::B | Kind::L | Kind::Other => Err(Unwritable::NO_MAP),
    }
}

/// What was written, as far as it matters around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    S,
    N,
    B,
    M,
    L,
    Other,
}

/// The sets of DynamoDB. serde has none: serde_dynamo marks them by the name of a newtype.
#[derive(Clone, Copy)]
pub(super) enum Set {
    Text,
    Number,
    Binary,
}

impl Set {
    fn marked(name: &str) -> Option<Self> {
        match name {
            "\u{037E}STRINGSET\u{037E}" => Some(Self::Text),
            "\u{037E}NUMBERSET\u{037E}" => Some(Self::Number),
            "\u{037E}BYTESSET\u{037E}" => Some(Self::Binary),
            _ => None,
        }
    }

    pub(super) fn opening(self) -> &'static str {
        match self {
            Self::Text => r#"{"SS":["#,
            Self::Number => r#"{"NS":["#,
            Self::Binary => r#"{"BS":["#,
        }
    }

    pub(super) fn element(self) -> Kind {
        match self {
            Self::Text => Kind::S,
            Self::Number => Kind::N,
            Self::Binary => Kind::B,
        }
    }

    pub(super) fn misfit(self) -> Unwritable {
        Unwritable(match self {
            Self::Text => "a string set in it holds something else",
            Self::Number => "a number set in it holds something else",
            Self::Binary => "a binary set in it holds something else",
        })
    }
}

/// Writes one value behind what is there.
pub(super) struct Writer<'o> {
    out: &'o mut Out,
    /// Whether it is the item itself: its attributes are written apart.
    top: bool,
    /// As which set a sequence is to be written.
    set: Option<Set>,
}

impl<'o> Writer<'o> {
    pub(super) fn inner(out: &'o mut Out) -> Self {
        Self { out, top: false, set: None }
    }

    fn text(self, text: &str) -> Kind {
        self.out.text.push_str(r#"{"S":"#);
        push_string(text, &mut self.out.text);
        self.out.text.push('}');
        Kind::S
    }

    fn null(self) -> Kind {
        self.out.text.push_str(r#"{"NULL":true}"#);
        Kind::Other
    }
}

macro_rules! numbers {
    ($($method:ident $type:ty,)*) => { $(
        fn $method(self, value: $type) -> Result<Kind> {
            write!(self.out.text, r#"{{"N":"{value}"}}"#).map_err(Unwritable::custom)?;
            Ok(Kind::N)
        }
    )* };
}

impl<'o> ser::Serializer for Writer<'o> {
    type Ok = Kind;
    type Error = Unwritable;
    type SerializeSeq = Elements<'o>;
    type SerializeTuple = Elements<'o>;
    type SerializeTupleStruct = Elements<'o>;
    type SerializeTupleVariant = Elements<'o>;
    type SerializeMap = Entries<'o>;
    type SerializeStruct = Entries<'o>;
    type SerializeStructVariant = Entries<'o>;

    // Not i128 and u128: serde_dynamo refuses them, and so does serde where they are left out.
    numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64, serialize_f32 f32, serialize_f64 f64,
    }

    fn serialize_bool(self, value: bool) -> Result<Kind> {
        self.out.text.push_str(if value { r#"{"BOOL":true}"# } else { r#"{"BOOL":false}"# });
        Ok(Kind::Other)
    }

    fn serialize_char(self, value: char) -> Result<Kind> {
        Ok(self.text(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Kind> {
        Ok(self.text(value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Kind> {
        self.out.text.extend([r#"{"B":""#, &base64::encode(value), r#""}"#]);
        Ok(Kind::B)
    }

    fn serialize_none(self) -> Result<Kind> {
        Ok(self.null())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Kind> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Kind> {
        Ok(self.null())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Kind> {
        Ok(self.null())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Kind> {
        Ok(self.text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Kind> {
        let Some(set) = Set::marked(name) else { return value.serialize(self) };
        match value.serialize(Self { set: Some(set), ..self })? {
            Kind::L => Ok(Kind::Other),
            Kind::S | Kind::N | Kind::B | Kind::M | Kind::Other => Err(Unwritable::NO_SEQUENCE),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Kind> {
        let Self { out, top, .. } = self;
        let variant = out.variant(top, variant);
        value.serialize(Writer::inner(out))?;
        Ok(variant.close(out))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'o>> {
        Ok(Elements::open(self.out, self.set, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'o>> {
        Ok(Elements::open(self.out, self.set, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'o>> {
        Ok(Elements::open(self.out, self.set, None))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Elements<'o>> {
        let Self { out, top, .. } = self;
        let variant = out.variant(top, variant);
        Ok(Elements::open(out, None, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'o>> {
        Ok(Entries::open(self.out, self.top, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'o>> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Entries<'o>> {
        let Self { out, top, .. } = self;
        let variant = out.variant(top, variant);
        Ok(Entries::open(out, false, Some(variant)))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Kind> {
        let text = &mut self.out.text;
        text.push_str(r#"{"S":""#);
        let start = text.len();
        write!(text, "{value}").map_err(Unwritable::custom)?;
        if text[start..].bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            text.push_str(r#""}"#);
        } else {
            let plain = text.split_off(start);
            text.pop();
            push_string(&plain, text);
            text.push('}');
        }
        Ok(Kind::S)
    }
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
