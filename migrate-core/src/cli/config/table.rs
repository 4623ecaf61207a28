//! One table in the file: a name of its own, and every setting that the core knows. Never knows which settings those are.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use crate::schema::Overrides;

/// `[env.NAME.tables.TABLE]` as it is written.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub name: Option<Spanned<String>>,
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
                let mut name = None;
                let settings = Settings { map, name: &mut name };
                let overrides = Overrides::deserialize(MapAccessDeserializer::new(settings))?;
                Ok(Table { name, overrides })
            }
        }
        deserializer.deserialize_map(Whole)
    }
}

/// The entries but `name`, which is kept. Serde's `flatten` would lose both unknown keys and lines.
struct Settings<'a, A> {
    map: A,
    name: &'a mut Option<Spanned<String>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Settings<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.map.next_key_seed(Key(seed))? {
                None => return Ok(None),
                Some(Ok(setting)) => return Ok(Some(setting)),
                Some(Err(unused)) => {
                    *self.name = Some(self.map.next_value()?);
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A key that is read where it stands, so that a mistake in it has a line; `name` gives the seed back.
struct Key<K>(K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<K> {
    type Value = Result<K::Value, K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key == "name" { Ok(Err(self.0)) } else { self.0.deserialize(StrDeserializer::new(&key)).map(Ok) }
    }
}
