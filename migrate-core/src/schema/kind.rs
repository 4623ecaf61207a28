//! How Rust types map to attribute kinds: judged by traits, never by how a type is spelled; knows no table.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroU128, NonZeroUsize,
};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::{AttributeKind, ScalarType};

/// A Rust type whose serialised form can be a key: a string, a number or bytes.
///
/// Implement it for a newtype of your own that serialises as one of these. For a type of another crate say it at the field:
/// `#[table(partition_key, type = S)]`.
///
/// ```
/// use migrate_core::{KeyAttribute, schema::ScalarType};
/// # #[allow(dead_code)]
/// struct OrderId(String);
/// impl KeyAttribute for OrderId {
///     const SCALAR: ScalarType = ScalarType::S;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a DynamoDB key",
    label = "a key attribute is stored as a string, a number or bytes",
    note = "a type of your own that serialises as one of these: implement `migrate_core::KeyAttribute` for it; a type of another crate: `#[table(type = S)]` on the field (or N, or B)",
    note = "an `Option` can be a key of an index only, with `#[serde(skip_serializing_if = \"Option::is_none\")]`",
    note = "`Vec<u8>` is stored as a list of numbers: for bytes take a newtype that serialises as bytes"
)]
pub trait KeyAttribute {
    /// How DynamoDB stores it.
    const SCALAR: ScalarType;
}

macro_rules! key_attributes {
    ($scalar:ident: $($type:ty),* $(,)?) => { $(
        // an error would list these first
        #[diagnostic::do_not_recommend]
        impl KeyAttribute for $type { const SCALAR: ScalarType = ScalarType::$scalar; }
    )* };
}
key_attributes!(S: &str, Box<str>, Cow<'_, str>, char);
key_attributes!(N: u8, u16, u32, u128, usize, i8, i16, i32, i128, isize);
key_attributes!(N: NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize);
key_attributes!(N: NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize);

impl KeyAttribute for String {
    const SCALAR: ScalarType = ScalarType::S;
}

impl KeyAttribute for u64 {
    const SCALAR: ScalarType = ScalarType::N;
}

impl KeyAttribute for i64 {
    const SCALAR: ScalarType = ScalarType::N;
}

/// The key of an index whose attribute serde leaves out when there is none: an `Option` can be that too.
pub trait SparseKeyAttribute {
    /// How DynamoDB stores it.
    const SCALAR: ScalarType;
}

impl<T: KeyAttribute> SparseKeyAttribute for T {
    const SCALAR: ScalarType = T::SCALAR;
}

impl<T: KeyAttribute> SparseKeyAttribute for Option<T> {
    const SCALAR: ScalarType = T::SCALAR;
}

/// A type that can hold a time to live: seconds since 1970.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a time to live",
    label = "DynamoDB takes a number here: seconds since 1970",
    note = "take an integer or an `Option` of one; if this type is stored as a number, say so at the field: `#[table(type = N)]`"
)]
pub trait TtlAttribute {}

macro_rules! ttl_attributes {
    ($($type:ty),*) => { $(impl TtlAttribute for $type {} impl TtlAttribute for Option<$type> {})* };
}
ttl_attributes!(u32, u64, u128, usize, i32, i64, i128, isize);

/// The attribute's name, where its type can hold a time to live.
pub const fn ttl<T: TtlAttribute>(attribute: &'static str) -> &'static str {
    attribute
}

/// A type that can count an item's writes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the version of an item",
    label = "the version counts an item's writes: a whole number",
    note = "take an integer or an `Option` of one; if this type is stored as a whole number, say so at the field: `#[table(version, type = N)]`"
)]
pub trait VersionAttribute {}

macro_rules! version_attributes {
    ($($type:ty),*) => { $(
        // an error would list these first
        #[diagnostic::do_not_recommend]
        impl VersionAttribute for $type {}
    )* };
}
version_attributes!(u8, u16, u32, u128, usize, i8, i16, i32, i128, isize);
version_attributes!(NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize);

impl VersionAttribute for u64 {}
impl VersionAttribute for i64 {}
impl<T: VersionAttribute> VersionAttribute for Option<T> {}

/// The attribute's name, where its type can count an item's writes.
pub const fn version<T: VersionAttribute>(attribute: &'static str) -> &'static str {
    attribute
}

/// The kind of a key's type.
pub const fn kind_of<T: KeyAttribute>() -> AttributeKind {
    match T::SCALAR {
        ScalarType::S => AttributeKind::S,
        ScalarType::N => AttributeKind::N,
        ScalarType::B => AttributeKind::B,
    }
}

/// A type whose kind is known. Others, a user's nested structs for example, need no impl: [`UnknownKind`] answers for them.
pub trait KnownKind {
    /// How serde stores it.
    const KIND: AttributeKind;
}

/// Asks for the kind of any type: `Kind::<T>::KIND` is the inherent constant where `T` has a known kind, and the trait's elsewhere.
pub struct Kind<T: ?Sized>(PhantomData<T>);

/// What is said of a type that nothing is known of.
pub trait UnknownKind {
    /// Unknown.
    const KIND: AttributeKind = AttributeKind::Unknown;
    /// Whether an item may lack it.
    const OPTIONAL: bool = false;
}

impl<T: ?Sized> UnknownKind for Kind<T> {}

impl<T: KnownKind + ?Sized> Kind<T> {
    /// How serde stores it.
    pub const KIND: AttributeKind = T::KIND;
}

impl<T> Kind<Option<T>> {
    /// Whether an item may lack it.
    pub const OPTIONAL: bool = true;
}

/// Refuses an `Option` where the key's type was stated and no trait has judged it.
pub const fn assert_not_optional(optional: bool) {
    assert!(
        !optional,
        "an `Option` can be a key of an index only, with `#[serde(skip_serializing_if = \"Option::is_none\")]`: a key of the table is in every item"
    );
}

macro_rules! kinds {
    ($kind:ident: $($type:ty),* $(,)?) => { $(impl KnownKind for $type { const KIND: AttributeKind = AttributeKind::$kind; })* };
}
kinds!(S: String, str, char, PathBuf, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr);
kinds!(N: u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64);
kinds!(N: NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize);
kinds!(N: NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize);
kinds!(Bool: bool);

macro_rules! containers {
    ($kind:ident: $($type:ty $(, $name:ident)*;)*) => { $(impl<$($name),*> KnownKind for $type { const KIND: AttributeKind = AttributeKind::$kind; })* };
}
// sets too: serde knows none, and serde_dynamo makes lists of them unless its helpers are used
containers!(L: Vec<T>, T; VecDeque<T>, T; LinkedList<T>, T; BinaryHeap<T>, T; BTreeSet<T>, T; HashSet<T, H>, T, H; [T], T;);
containers!(L: (A, B), A, B; (A, B, C), A, B, C; (A, B, C, D), A, B, C, D;);
containers!(M: BTreeMap<K, V>, K, V; HashMap<K, V, H>, K, V, H;);

impl<T, const N: usize> KnownKind for [T; N] {
    const KIND: AttributeKind = AttributeKind::L;
}

macro_rules! see_through {
    ($($type:ty),*) => { $(impl<T: KnownKind + ?Sized> KnownKind for $type { const KIND: AttributeKind = T::KIND; })* };
}
see_through!(Box<T>, Rc<T>, Arc<T>, &T);

impl<T: KnownKind> KnownKind for Option<T> {
    const KIND: AttributeKind = T::KIND;
}

impl<T: KnownKind + ToOwned + ?Sized> KnownKind for Cow<'_, T> {
    const KIND: AttributeKind = T::KIND;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nested;

    #[test]
    fn kinds_are_judged_by_type_and_fall_back_to_unknown() {
        type Alias = Option<Vec<Nested>>;
        assert_eq!(Kind::<Option<String>>::KIND, AttributeKind::S);
        assert_eq!(Kind::<Box<Cow<'static, str>>>::KIND, AttributeKind::S);
        assert_eq!(Kind::<Alias>::KIND, AttributeKind::L);
        assert_eq!(Kind::<HashMap<String, Nested>>::KIND, AttributeKind::M);
        assert_eq!(Kind::<Nested>::KIND, AttributeKind::Unknown);
        assert_eq!(Kind::<Option<Nested>>::KIND, AttributeKind::Unknown);
        assert_eq!(Kind::<[u8; 4]>::KIND, AttributeKind::L);
    }

    #[test]
    fn only_an_option_is_optional() {
        let optional =
            [Kind::<Option<Nested>>::OPTIONAL, Kind::<Option<u8>>::OPTIONAL, Kind::<u8>::OPTIONAL, Kind::<Nested>::OPTIONAL];
        assert_eq!(optional, [true, true, false, false]);
    }
}
