//! Whatever a `Serialize` can say: values for the law that holds our writing to serde_dynamo's.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};
use serde::{Serialize, Serializer};
use serde_dynamo::{binary_set, number_set, string_set};

/// Names that meet, and some that JSON escapes.
const NAMES: [&str; 7] = ["a", "b", "é", "", "\"", "\n", "a b"];

/// Whatever a `Serialize` can say.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Signed(i64),
    Large(u64),
    Huge(i128),
    Short(f32),
    Real(f64),
    Flag(bool),
    Letter(char),
    Text(String),
    Shown(String),
    Bytes(Vec<u8>),
    Unit,
    UnitStruct,
    UnitVariant(&'static str),
    Refuses,
    None,
    Some(Box<Tree>),
    Newtype(Box<Tree>),
    NewtypeVariant(&'static str, Box<Tree>),
    Texts(Box<Tree>),
    Numbers(Box<Tree>),
    Binaries(Box<Tree>),
    Seq(Vec<Tree>),
    Tuple(Vec<Tree>),
    TupleStruct(Vec<Tree>),
    TupleVariant(&'static str, Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
    Struct(Vec<(&'static str, Tree)>),
    StructVariant(&'static str, Vec<(&'static str, Tree)>),
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Large(value) => serializer.serialize_u64(*value),
            Self::Huge(value) => serializer.serialize_i128(*value),
            Self::Short(value) => serializer.serialize_f32(*value),
            Self::Real(value) => serializer.serialize_f64(*value),
            Self::Flag(value) => serializer.serialize_bool(*value),
            Self::Letter(value) => serializer.serialize_char(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Shown(value) => serializer.collect_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Unit => serializer.serialize_unit(),
            Self::UnitStruct => serializer.serialize_unit_struct("T"),
            Self::UnitVariant(name) => serializer.serialize_unit_variant("T", 0, name),
            Self::Refuses => Err(S::Error::custom("no")),
            Self::None => serializer.serialize_none(),
            Self::Some(inner) => serializer.serialize_some(inner),
            Self::Newtype(inner) => serializer.serialize_newtype_struct("T", inner),
            Self::NewtypeVariant(name, inner) => serializer.serialize_newtype_variant("T", 0, name, inner),
            Self::Texts(inner) => string_set::serialize(inner, serializer),
            Self::Numbers(inner) => number_set::serialize(inner, serializer),
            Self::Binaries(inner) => binary_set::serialize(inner, serializer),
            Self::Seq(list) => {
                let mut seq = serializer.serialize_seq(None)?;
                list.iter().try_for_each(|value| seq.serialize_element(value))?;
                seq.end()
            }
            Self::Tuple(list) => {
                let mut seq = serializer.serialize_tuple(list.len())?;
                list.iter().try_for_each(|value| seq.serialize_element(value))?;
                seq.end()
            }
            Self::TupleStruct(list) => {
                let mut seq = serializer.serialize_tuple_struct("T", list.len())?;
                list.iter().try_for_each(|value| seq.serialize_field(value))?;
                seq.end()
            }
            Self::TupleVariant(name, list) => {
                let mut seq = serializer.serialize_tuple_variant("T", 0, name, list.len())?;
                list.iter().try_for_each(|value| seq.serialize_field(value))?;
                seq.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                entries.iter().try_for_each(|(key, value)| {
                    map.serialize_key(key)?;
                    map.serialize_value(value)
                })?;
                map.end()
            }
            Self::Struct(fields) => {
                let mut map = serializer.serialize_struct("T", fields.len())?;
                fields.iter().try_for_each(|(name, value)| map.serialize_field(name, value))?;
                map.end()
            }
            Self::StructVariant(name, fields) => {
                let mut map = serializer.serialize_struct_variant("T", 0, name, fields.len())?;
                fields.iter().try_for_each(|(name, value)| map.serialize_field(name, value))?;
                map.end()
            }
        }
    }
}

pub(super) fn name() -> impl Strategy<Value = &'static str> {
    select(&NAMES[..])
}

/// Keys; rarely one that is none.
pub(super) fn key() -> impl Strategy<Value = Tree> {
    prop_oneof![
        60 => name().prop_map(|name| Tree::Text(name.to_owned())),
        10 => (-3..3_i64).prop_map(Tree::Signed),
        10 => any::<i128>().prop_map(Tree::Huge),
        10 => any::<bool>().prop_map(Tree::Flag),
        10 => any::<char>().prop_map(Tree::Letter),
        10 => ".{0,2}".prop_map(Tree::Shown),
        10 => name().prop_map(Tree::UnitVariant),
        10 => name().prop_map(|name| Tree::Newtype(Box::new(Tree::Texts(Box::new(Tree::Text(name.to_owned())))))),
        1 => select(vec![Tree::Real(1.0), Tree::Unit, Tree::None, Tree::Some(Box::new(Tree::Flag(true))), Tree::Tuple(Vec::new())]),
        1 => select(vec![Tree::UnitStruct, Tree::Struct(Vec::new()), Tree::NewtypeVariant("a", Box::new(Tree::Unit))]),
    ]
}

fn leaf() -> impl Strategy<Value = Tree> {
    prop_oneof![
        10 => any::<i64>().prop_map(Tree::Signed),
        10 => any::<u64>().prop_map(Tree::Large),
        10 => any::<f32>().prop_map(Tree::Short),
        10 => any::<f64>().prop_map(Tree::Real),
        10 => any::<bool>().prop_map(Tree::Flag),
        10 => any::<char>().prop_map(Tree::Letter),
        20 => ".{0,4}".prop_map(Tree::Text),
        10 => any::<String>().prop_map(Tree::Shown),
        10 => vec(any::<u8>(), 0..5).prop_map(Tree::Bytes),
        10 => select(vec![Tree::Unit, Tree::UnitStruct, Tree::None]),
        10 => name().prop_map(Tree::UnitVariant),
        // Sets that can be written.
        10 => vec(".{0,4}".prop_map(Tree::Text), 0..4).prop_map(|set| Tree::Texts(Box::new(Tree::Seq(set)))),
        10 => vec((-9..9_i64).prop_map(Tree::Signed), 0..4).prop_map(|set| Tree::Numbers(Box::new(Tree::Newtype(Box::new(Tree::Tuple(set)))))),
        10 => vec(vec(any::<u8>(), 0..5).prop_map(Tree::Bytes), 0..4).prop_map(|set| Tree::Binaries(Box::new(Tree::TupleStruct(set)))),
        1 => Just(Tree::Refuses),
        1 => any::<i128>().prop_map(Tree::Huge),
    ]
}

pub(super) fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(4, 24, 5, |inner| {
        let list = || vec(inner.clone(), 0..4);
        let fields = || vec((name(), inner.clone()), 0..5);
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            10 => boxed().prop_map(Tree::Some),
            10 => boxed().prop_map(Tree::Newtype),
            10 => (name(), boxed()).prop_map(|(name, inner)| Tree::NewtypeVariant(name, inner)),
            1 => boxed().prop_map(Tree::Texts),
            1 => boxed().prop_map(Tree::Numbers),
            1 => boxed().prop_map(Tree::Binaries),
            10 => list().prop_map(Tree::Seq),
            10 => list().prop_map(Tree::Tuple),
            10 => list().prop_map(Tree::TupleStruct),
            10 => (name(), list()).prop_map(|(name, list)| Tree::TupleVariant(name, list)),
            20 => vec((key(), inner.clone()), 0..5).prop_map(Tree::Map),
            20 => fields().prop_map(Tree::Struct),
            10 => (name(), fields()).prop_map(|(name, fields)| Tree::StructVariant(name, fields)),
        ]
    })
}
