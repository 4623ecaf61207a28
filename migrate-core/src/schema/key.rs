//! Keys and attributes: what DynamoDB indexes by, and what a declared struct holds; knows no settings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a key attribute: the only three that DynamoDB indexes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ScalarType {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
}

impl ScalarType {
    /// DynamoDB's letter for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

impl fmt::Display for ScalarType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An attribute that is part of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyElement {
    /// Its name, 1–255 bytes.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub scalar: ScalarType,
}

impl KeyElement {
    /// A key attribute of this name and type.
    pub fn new(name: impl Into<String>, scalar: ScalarType) -> Self {
        Self { name: name.into(), scalar }
    }
}

impl fmt::Display for KeyElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.scalar)
    }
}

/// A table's primary key; a table never changes it in place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// The partition (HASH) key.
    pub partition: KeyElement,
    /// The sort (RANGE) key, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<KeyElement>,
}

impl PrimaryKey {
    /// Its attributes in order: the partition key, then the sort key.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyElement> {
        std::iter::once(&self.partition).chain(&self.sort)
    }
}

impl fmt::Display for PrimaryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sort {
            Some(sort) => write!(f, "({}, {sort})", self.partition),
            None => write!(f, "({})", self.partition),
        }
    }
}

/// The kind of an attribute as a declared struct stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AttributeKind {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
    /// A boolean.
    #[serde(rename = "BOOL")]
    Bool,
    /// A map.
    M,
    /// A list.
    L,
    /// A string set.
    #[serde(rename = "SS")]
    StringSet,
    /// A number set.
    #[serde(rename = "NS")]
    NumberSet,
    /// A binary set.
    #[serde(rename = "BS")]
    BinarySet,
    /// A type that the derive cannot see through: a nested struct of the user's, for example.
    Unknown,
}

/// An attribute that a declared struct holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name, as stored.
    pub name: String,
    /// Its kind.
    pub kind: AttributeKind,
    /// Whether an item may lack it.
    pub optional: bool,
}
