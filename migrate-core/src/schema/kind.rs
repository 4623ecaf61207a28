//! How Rust types map to attribute kinds: judged by traits, never by how a type is spelled; knows no table.

use std::borrow::Cow;

use super::ScalarType;

/// A Rust type whose serialised form can be a key: a string, a number or bytes.
///
/// Implement it for a newtype of your own that serialises as one of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a DynamoDB key",
    label = "a key attribute is a string, a number or bytes",
    note = "implement `migrate_core::KeyAttribute` for a type of your own that serialises as one of these"
)]
pub trait KeyAttribute {
    /// How DynamoDB stores it.
    const SCALAR: ScalarType;
}

macro_rules! key_attributes {
    ($scalar:ident: $($type:ty),*) => { $(impl KeyAttribute for $type { const SCALAR: ScalarType = ScalarType::$scalar; })* };
}
key_attributes!(S: String, &str, Box<str>, Cow<'_, str>, char);
key_attributes!(N: u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);
