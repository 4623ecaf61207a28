//! A condition on items that DynamoDB applies while it scans, and that can be asked of one item here too; knows no table.

use std::fmt;

use serde::Serialize;

use super::same::same;
use crate::aws::wire::{self, Attributes, Value};

/// Which items a scan brings: DynamoDB leaves the others out. They are read and charged all the same, but neither sent nor looked at.
///
/// ```
/// # use migrate_core::{MigrationContext, Table};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)]
/// # struct Order { total: u64 }
/// # async fn f<App: Table>(cx: &MigrationContext) -> migrate_core::Result {
/// use migrate_core::transform::Filter;
///
/// let open = Filter::equals("status", "open").and(Filter::missing("archived_at"));
/// cx.table::<App>().of::<Order>().filter(open).update(|order| order.total = order.total.max(1)).await?;
/// # Ok(())
/// # }
/// ```
///
/// Values do not show in its `Debug`.
#[derive(Clone, PartialEq)]
pub struct Filter(Test);

#[derive(Clone, PartialEq)]
enum Test {
    Exists(String),
    Missing(String),
    Equals(String, String),
    BeginsWith(String, String),
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
}

impl Filter {
    /// Items that have the attribute, be it NULL.
    pub fn exists(attribute: impl Into<String>) -> Self {
        Self(Test::Exists(attribute.into()))
    }

    /// Items that lack the attribute.
    pub fn missing(attribute: impl Into<String>) -> Self {
        Self(Test::Missing(attribute.into()))
    }

    /// Items whose attribute has this value.
    ///
    /// # Panics
    ///
    /// The value cannot be an attribute: its `Serialize` refuses, or uses what DynamoDB does not have.
    #[track_caller]
    pub fn equals(attribute: impl Into<String>, value: impl Serialize) -> Self {
        let value = match serde_dynamo::to_attribute_value::<_, aws_sdk_dynamodb::types::AttributeValue>(value) {
            Ok(value) => value,
            Err(_) => panic!("the value of `Filter::equals` cannot be an attribute of an item"),
        };
        let mut text = String::new();
        wire::from_sdk(&value, &mut text);
        Self(Test::Equals(attribute.into(), text))
    }

    /// Items whose attribute is a text that begins so.
    pub fn begins_with(attribute: impl Into<String>, prefix: impl AsRef<str>) -> Self {
        Self(Test::BeginsWith(attribute.into(), prefix.as_ref().to_owned()))
    }

    /// Items that fit both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(match self.0 {
            Test::All(mut tests) => {
                tests.push(other.0);
                Test::All(tests)
            }
            test => Test::All(vec![test, other.0]),
        })
    }

    /// Items that fit one of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Test::Any(vec![self.0, other.0]))
    }

    /// Items that do not fit.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(Test::Not(Box::new(self.0)))
    }

    /// Whether an item fits.
    pub(super) fn takes(&self, item: &Attributes<'_>) -> bool {
        self.0.takes(item)
    }

    /// As a scan says it. Names and values stand behind placeholders, so that any name will do.
    pub(super) fn expression(&self) -> wire::Filter {
        let mut filter = wire::Filter::default();
        let expression = self.0.write(&mut filter);
        wire::Filter { expression, ..filter }
    }
}

impl Test {
    fn takes(&self, item: &Attributes<'_>) -> bool {
        match self {
            Self::Exists(name) => item.get(name).is_some(),
            Self::Missing(name) => item.get(name).is_none(),
            Self::Equals(name, value) => item.get(name).is_some_and(|there| same(there, value)),
            Self::BeginsWith(name, prefix) => {
                let text = item.get(name).and_then(|text| Value::parse(text).ok());
                text.is_some_and(|value| matches!(value, Value::S(text) if text.starts_with(prefix)))
            }
            Self::All(tests) => tests.iter().all(|test| test.takes(item)),
            Self::Any(tests) => tests.iter().any(|test| test.takes(item)),
            Self::Not(test) => !test.takes(item),
        }
    }

    fn write(&self, filter: &mut wire::Filter) -> String {
        match self {
            Self::Exists(name) => format!("attribute_exists({})", placed(filter, name)),
            Self::Missing(name) => format!("attribute_not_exists({})", placed(filter, name)),
            Self::Equals(name, value) => format!("{}={}", placed(filter, name), valued(filter, value.clone())),
            Self::BeginsWith(name, prefix) => {
                let mut value = r#"{"S":"#.to_owned();
                wire::push_string(prefix, &mut value);
                value.push('}');
                format!("begins_with({},{})", placed(filter, name), valued(filter, value))
            }
            Self::All(tests) => joined(tests, " AND ", filter),
            Self::Any(tests) => joined(tests, " OR ", filter),
            Self::Not(test) => format!("NOT ({})", test.write(filter)),
        }
    }
}

fn joined(tests: &[Test], word: &str, filter: &mut wire::Filter) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("({})", test.write(filter))).collect();
    tests.join(word)
}

fn placed(filter: &mut wire::Filter, name: &str) -> String {
    if let Some((place, _)) = filter.names.iter().find(|(_, named)| named == name) {
        return place.clone();
    }
    let place = format!("#n{}", filter.names.len());
    filter.names.push((place.clone(), name.to_owned()));
    place
}

fn valued(filter: &mut wire::Filter, value: String) -> String {
    let place = format!(":v{}", filter.values.len());
    filter.values.push((place.clone(), value));
    place
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.expression().expression).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Attributes<'_> {
        Attributes::parse(text).unwrap()
    }

    #[test]
    fn it_is_asked_here_as_dynamodb_asks_it() {
        let filter = Filter::equals("n", 1).and(Filter::missing("gone")).and(Filter::begins_with("s", "ab").or(Filter::exists("x")));
        assert!(filter.takes(&item(r#"{"n":{"N":"1.0"},"s":{"S":"abc"}}"#)));
        assert!(filter.takes(&item(r#"{"n":{"N":"1"},"x":{"NULL":true}}"#)));
        for other in [r#"{"n":{"N":"2"},"s":{"S":"abc"}}"#, r#"{"n":{"N":"1"},"gone":{"S":""},"x":{"S":""}}"#, r#"{"n":{"N":"1"}}"#] {
            assert!(!filter.takes(&item(other)), "{other}");
            assert!(filter.clone().negated().takes(&item(other)), "{other}");
        }
    }

    #[test]
    fn names_stand_behind_placeholders_and_values_do_not_show() {
        let filter = Filter::equals("a.b", "canary").and(Filter::exists("a.b"));
        let wire::Filter { expression, names, values } = filter.expression();
        assert_eq!(expression, "(#n0=:v0) AND (attribute_exists(#n0))");
        assert_eq!((names, values), (vec![("#n0".to_owned(), "a.b".to_owned())], vec![(":v0".to_owned(), r#"{"S":"canary"}"#.to_owned())]));
        assert!(!format!("{filter:?}").contains("canary"));
    }
}
