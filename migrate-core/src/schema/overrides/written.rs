//! Settings as an environment writes them: the words of `#[table(..)]` in a form of data. Knows no table, and no file either.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::schema::{Billing, Encryption, Insights, KinesisStream, MaxThroughput, Precision, Recovery, Setting, Throughput};

/// `off`, `unmanaged`, or the value itself, which is written as a `W`.
pub(super) fn stated<'de, D: Deserializer<'de>, W: Deserialize<'de> + Into<T>, T>(
    deserializer: D,
) -> Result<Option<Setting<T>>, D::Error> {
    Stated::<W>::deserialize(deserializer).map(|Stated(setting)| Some(setting.map(Into::into)))
}

/// A value that is written as a `W`.
pub(super) fn said<'de, D: Deserializer<'de>, W: Deserialize<'de> + Into<T>, T>(deserializer: D) -> Result<Option<T>, D::Error> {
    W::deserialize(deserializer).map(Into::into).map(Some)
}

/// `key = "value"`, or `key = false` for one that must not be there.
pub(super) fn tags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Setting<String>>, D::Error> {
    let tags = BTreeMap::<String, Tag>::deserialize(deserializer)?;
    Ok(tags.into_iter().map(|(key, Tag(value))| (key, value)).collect())
}

struct Stated<W>(Setting<W>);

impl<'de, W: Deserialize<'de>> Deserialize<'de> for Stated<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<W>(PhantomData<W>);
        impl<'de, W: Deserialize<'de>> Visitor<'de> for Any<W> {
            type Value = Setting<W>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`off`, `unmanaged`, or the setting")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Setting<W>, E> {
                match word {
                    "off" => Ok(Setting::Off),
                    "unmanaged" => Ok(Setting::Unmanaged),
                    word => W::deserialize(StrDeserializer::new(word)).map(Setting::Set),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Setting<W>, A::Error> {
                W::deserialize(SeqAccessDeserializer::new(seq)).map(Setting::Set)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Setting<W>, A::Error> {
                W::deserialize(MapAccessDeserializer::new(map)).map(Setting::Set)
            }
        }
        deserializer.deserialize_any(Any(PhantomData)).map(Self)
    }
}

/// A word, or something with parts.
pub(super) enum Either<W, M> {
    Word(W),
    Parts(M),
}

impl<'de, W: Deserialize<'de>, M: Deserialize<'de>> Deserialize<'de> for Either<W, M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<W, M>(PhantomData<(W, M)>);
        impl<'de, W: Deserialize<'de>, M: Deserialize<'de>> Visitor<'de> for Any<W, M> {
            type Value = Either<W, M>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, or `{ .. }`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
                W::deserialize(StrDeserializer::new(word)).map(Either::Word)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                M::deserialize(MapAccessDeserializer::new(map)).map(Either::Parts)
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

struct Tag(Setting<String>);

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl Visitor<'_> for Value {
            type Value = Tag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or `false` for a tag that must not be there")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Tag, E> {
                Ok(Tag(Setting::Set(value.to_owned())))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Tag, E> {
                if value { Err(E::invalid_value(Unexpected::Bool(value), &self)) } else { Ok(Tag(Setting::Off)) }
            }
        }
        deserializer.deserialize_any(Value)
    }
}

/// `on_demand`, `{ on_demand = { max_read = 5, max_write = "off" } }`, `{ provisioned = { read = 1, write = 1 } }`.
pub(super) type BillingWritten = Either<OnDemand, Mode>;
/// `aws_owned`, `aws_managed`, `{ kms = "arn:.." }`.
pub(super) type EncryptionWritten = Either<Owner, Kms>;
/// `on`, `{ days = 7 }`.
pub(super) type RecoveryWritten = Either<On, Days>;
/// `"arn:.."`, `{ arn = "arn:..", precision = "microsecond" }`.
pub(super) type KinesisWritten = Either<String, Stream>;
/// `["eu-west-1"]`.
pub(super) type Regions = BTreeSet<String>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnDemand {
    OnDemand,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    OnDemand(Max),
    Provisioned(Units),
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Max {
    max_read: Limit,
    max_write: Limit,
}

#[derive(Default)]
struct Limit(Setting<u64>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl Visitor<'_> for Value {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of units, `off` or `unmanaged`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Limit, E> {
                match word {
                    "off" => Ok(Limit(Setting::Off)),
                    "unmanaged" => Ok(Limit(Setting::Unmanaged)),
                    word => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }

            fn visit_u64<E: Error>(self, units: u64) -> Result<Limit, E> {
                Ok(Limit(Setting::Set(units)))
            }

            fn visit_i64<E: Error>(self, units: i64) -> Result<Limit, E> {
                u64::try_from(units)
                    .map(|units| Limit(Setting::Set(units)))
                    .map_err(|_| E::invalid_value(Unexpected::Signed(units), &self))
            }
        }
        deserializer.deserialize_any(Value)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Units {
    read: u64,
    write: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Owner {
    AwsOwned,
    AwsManaged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kms {
    kms: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum On {
    On,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    days: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keys {
    On,
    ThrottledKeys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stream {
    arn: String,
    #[serde(default)]
    precision: Option<Precision>,
}

impl From<BillingWritten> for Billing {
    fn from(written: BillingWritten) -> Self {
        match written {
            Either::Word(OnDemand::OnDemand) => Self::ON_DEMAND,
            Either::Parts(Mode::OnDemand(Max { max_read, max_write })) => {
                Self::OnDemand(MaxThroughput { read: max_read.0, write: max_write.0 })
            }
            Either::Parts(Mode::Provisioned(units)) => Self::Provisioned(units.into()),
        }
    }
}

impl From<Units> for Throughput {
    fn from(Units { read, write }: Units) -> Self {
        Self { read, write }
    }
}

impl From<EncryptionWritten> for Encryption {
    fn from(written: EncryptionWritten) -> Self {
        match written {
            Either::Word(Owner::AwsOwned) => Self::AwsOwned,
            Either::Word(Owner::AwsManaged) => Self::AwsManaged,
            Either::Parts(Kms { kms }) => Self::Customer(kms),
        }
    }
}

impl From<RecoveryWritten> for Recovery {
    fn from(written: RecoveryWritten) -> Self {
        match written {
            Either::Word(On::On) => Self { days: None },
            Either::Parts(Days { days }) => Self { days: Some(days) },
        }
    }
}

impl From<Keys> for Insights {
    fn from(written: Keys) -> Self {
        match written {
            Keys::On => Self::AccessedAndThrottled,
            Keys::ThrottledKeys => Self::Throttled,
        }
    }
}

impl From<KinesisWritten> for KinesisStream {
    fn from(written: KinesisWritten) -> Self {
        match written {
            Either::Word(arn) => Self { arn, precision: None },
            Either::Parts(Stream { arn, precision }) => Self { arn, precision },
        }
    }
}
