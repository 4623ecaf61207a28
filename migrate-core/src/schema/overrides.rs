//! What an environment says otherwise about a table's settings; never its key nor an index's shape. Knows no environment and no file.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Billing, Setting, StreamView, TableSchema};

/// Settings of one table that count instead of what the code says: `None` leaves the code's.
///
/// A setting is written as in `#[table(..)]`; `off` switches it off, `unmanaged` leaves it as it is found. A setting more is a field
/// here, and a line in [`apply`](Self::apply).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    /// How it is paid for: `on_demand`, or `provisioned` with `read` and `write`.
    pub billing: Option<Billing>,
    /// Its stream.
    #[serde(deserialize_with = "stated")]
    pub stream: Option<Setting<StreamView>>,
    /// The attribute that holds the time to live.
    #[serde(deserialize_with = "stated")]
    pub ttl: Option<Setting<String>>,
    /// Whether DynamoDB refuses to delete it.
    pub deletion_protection: Option<bool>,
}

impl Overrides {
    /// The schema with these settings in place of its own.
    #[must_use]
    pub fn apply(&self, schema: TableSchema) -> TableSchema {
        let Self { billing, stream, ttl, deletion_protection } = self.clone();
        TableSchema {
            billing: billing.or(schema.billing),
            stream: stream.unwrap_or(schema.stream),
            ttl: ttl.unwrap_or(schema.ttl),
            deletion_protection: deletion_protection.or(schema.deletion_protection),
            ..schema
        }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `off`, `unmanaged`, or the value itself.
fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Setting<T>>, D::Error> {
    struct Stated<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Stated<T> {
        type Value = Setting<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("`off`, `unmanaged`, or the setting")
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<Setting<T>, E> {
            match word {
                "off" => Ok(Setting::Off),
                "unmanaged" => Ok(Setting::Unmanaged),
                word => T::deserialize(StrDeserializer::new(word)).map(Setting::Set),
            }
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Setting<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(Setting::Set)
        }
    }
    deserializer.deserialize_any(Stated(PhantomData)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::{KeyElement, PrimaryKey, ScalarType, TableName, Throughput};
    use super::*;

    fn read(json: &str) -> Result<Overrides, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn declared() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema {
            stream: Setting::Set(StreamView::KeysOnly),
            deletion_protection: Some(false),
            ..TableSchema::new(TableName::checked("orders"), key)
        }
    }

    #[test]
    fn what_is_said_counts_and_what_is_not_said_stays() {
        assert_eq!(Overrides::default().apply(declared()), declared());
        assert!(Overrides::default().is_empty());
        let all = read(
            r#"{"billing": {"provisioned": {"read": 5, "write": 6}}, "stream": "off", "ttl": "gone_at", "deletion_protection": true}"#,
        );
        let schema = all.unwrap().apply(declared());
        assert_eq!(schema.billing, Some(Billing::Provisioned(Throughput { read: 5, write: 6 })));
        assert_eq!((schema.stream, schema.ttl), (Setting::Off, Setting::Set("gone_at".to_owned())));
        assert_eq!((schema.deletion_protection, schema.key), (Some(true), declared().key));
        let left = read(r#"{"stream": "unmanaged", "billing": "on_demand"}"#).unwrap().apply(declared());
        assert_eq!((left.stream, left.billing), (Setting::Unmanaged, Some(Billing::ON_DEMAND)));
        assert_eq!(left.deletion_protection, Some(false));
        assert_eq!(read(r#"{"stream": "new_image"}"#).unwrap().stream, Some(Setting::Set(StreamView::NewImage)));
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        assert!(read(r#"{"key": "other"}"#).unwrap_err().contains("unknown field `key`, expected one of `billing`, `stream`"));
        assert!(read(r#"{"stream": "new_imag"}"#).unwrap_err().contains("unknown variant `new_imag`"));
        assert!(read(r#"{"stream": 5}"#).unwrap_err().contains("`off`, `unmanaged`, or the setting"));
    }
}
