//! `[env.NAME.budget]`: what migrations may use there. Never knows what was typed.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::budget::{Allowance, Budget, Dollars, Percent};

/// As it is written: the values that the flags take, with or without quotes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    max_write_units: Said<Allowance>,
    max_read_units: Said<Allowance>,
    utilization: Said<Percent>,
    max_changes_per_second: Option<std::num::NonZeroU32>,
    max_cost: Said<Dollars>,
}

impl Raw {
    pub(super) fn budget(self) -> Budget {
        Budget {
            write: self.max_write_units.0,
            read: self.max_read_units.0,
            utilization: self.utilization.0,
            changes: self.max_changes_per_second.map(std::num::NonZeroU32::get),
            max_cost: self.max_cost.0,
        }
    }
}

#[derive(Debug)]
struct Said<T>(Option<T>);

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Any<T> {
            type Value = Said<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a text")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Said<T>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Said<T>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Said<T>, E> {
                text.parse().map(|said| Said(Some(said))).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}
