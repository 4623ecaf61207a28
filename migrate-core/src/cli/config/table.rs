//! One table in the file: a name and a policy's file of its own, and every setting that the core knows. Never knows which settings those are.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use crate::schema::Overrides;

/// `[env.NAME.tables.TABLE]` as it is written.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub name: Option<Spanned<String>>,
    /// A file beside this one, or a word.
    pub resource_policy: Option<Spanned<String>>,
    pub overrides: Overrides,
}

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl<'de> Visitor<'de> for Whole {
            type Value = Table;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table with `name` and settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Table, A::Error> {
                let (mut name, mut resource_policy) = (None, None);
                let settings = Settings { map, name: &mut name, resource_policy: &mut resource_policy };
                let overrides = Overrides::deserialize(MapAccessDeserializer::new(settings))?;
                Ok(Table { name, resource_policy, overrides })
            }
        }
        deserializer.deserialize_map(Whole)
    }
}

/// The entries but `name` and `resource_policy`, which are kept. Serde's `flatten` would lose both unknown keys and lines.
struct Settings<'a, A> {
    map: A,
    name: &'a mut Option<Spanned<String>>,
    resource_policy: &'a mut Option<Spanned<String>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Settings<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.map.next_key_seed(Key(seed))? {
                None => return Ok(None),
                Some(Read::Setting(setting)) => return Ok(Some(setting)),
                Some(Read::Name(unused)) => {
                    *self.name = Some(self.map.next_value()?);
                    seed = unused;
                }
                Some(Read::Policy(unused)) => {
                    *self.resource_policy = Some(self.map.next_value()?);
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A key's meaning; what is kept gives the seed back.
enum Read<V, K> {
    Setting(V),
    Name(K),
    Policy(K),
}

/// A key that is read where it stands, so that a mistake in it has a line.
struct Key<K>(K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<K> {
    type Value = Read<K::Value, K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key.as_str() {
            "name" => Ok(Read::Name(self.0)),
            "resource_policy" => Ok(Read::Policy(self.0)),
            "accept" => Err(D::Error::custom(
                "a hazard is accepted in the code, `#[table(accept(..))]`, or by `--accept` of one run, and never by a file",
            )),
            key => self.0.deserialize(StrDeserializer::new(key)).map(Read::Setting),
        }
    }
}
