//! One attribute value, read from DynamoDB's JSON in place; it never knows the SDK's values.

use std::borrow::Cow;

use aws_smithy_types::base64;

use super::attributes::Attributes;
use super::body::Unreadable;
use super::read::Reader;

/// As deep as values are followed; DynamoDB stores 32 levels.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes>
pub(super) const DEEPEST: u32 = 100;

/// A stored value, borrowed from the text that it came in. Values in maps and lists are still text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    S(Cow<'a, str>),
    N(Cow<'a, str>),
    B(Vec<u8>),
    Bool(bool),
    Null,
    M(Attributes<'a>),
    L(Vec<Cow<'a, str>>),
    Ss(Vec<Cow<'a, str>>),
    Ns(Vec<Cow<'a, str>>),
    Bs(Vec<Vec<u8>>),
    /// A type that this version does not know.
    Unknown,
}

impl<'a> Value<'a> {
    /// Reads `{"S":"x"}`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(text);
        let value = tagged(&mut reader, Self::read)?;
        reader.end()?;
        Ok(value)
    }

    /// The number that `{"N":"7"}` says, if it says a whole one.
    pub(crate) fn whole_number(text: &'a str) -> Option<i128> {
        let Self::N(digits) = Self::parse(text).ok()? else { return None };
        digits.parse().ok()
    }

    /// Reads what stands behind `"S":`.
    pub(super) fn read(reader: &mut Reader<'a>, tag: &str) -> Result<Self, Unreadable> {
        Ok(match tag {
            "S" => Self::S(reader.string()?),
            "N" => Self::N(reader.string()?),
            "B" => Self::B(binary(reader)?),
            "BOOL" => Self::Bool(reader.boolean()?),
            "NULL" => {
                reader.boolean()?;
                Self::Null
            }
            "M" => Self::M(Attributes::read(reader)?),
            "L" => Self::L(reader.list(|reader| reader.skip().map(Cow::Borrowed))?),
            "SS" => Self::Ss(reader.list(Reader::string)?),
            "NS" => Self::Ns(reader.list(Reader::string)?),
            "BS" => Self::Bs(reader.list(binary)?),
            _ => {
                reader.skip()?;
                Self::Unknown
            }
        })
    }
}

/// Reads an object with one member, the type's letter; members that are null do not count, as with the SDK.
pub(super) fn tagged<'a, T>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>, &str) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let mut found = None;
    reader.members(|reader, tag| {
        if reader.null()? {
            return Ok(());
        }
        if found.is_some() {
            return Err(Unreadable("a value of two types"));
        }
        found = Some(read(reader, &tag)?);
        Ok(())
    })?;
    found.ok_or(Unreadable("a value without a type"))
}

fn binary(reader: &mut Reader<'_>) -> Result<Vec<u8>, Unreadable> {
    base64::decode(reader.string()?).map_err(|_| Unreadable("bytes that are not in base64"))
}
