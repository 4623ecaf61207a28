//! Attribute values as DynamoDB's JSON: equality, order and size; it never knows tables.

use std::cmp::Ordering;

use serde_json::Value;

use super::number::Number;

/// An item's attributes, each such as `{"S":"x"}`.
pub(super) type Item = serde_json::Map<String, Value>;

/// A value's type and what stands behind it; none for what is no attribute value.
pub(super) fn typed(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(kind, inner)| (kind.as_str(), inner))
}

/// Whether two values are equal: numbers by value, sets in any order.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    let (Some((kind, a)), Some((other, b))) = (typed(a), typed(b)) else { return false };
    if kind != other {
        return false;
    }
    match kind {
        "N" => number(a).is_some() && number(a) == number(b),
        "SS" | "NS" | "BS" => sorted(kind, a) == sorted(kind, b),
        "L" => match (a.as_array(), b.as_array()) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            _ => false,
        },
        "M" => match (a.as_object(), b.as_object()) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b))),
            _ => false,
        },
        _ => false,
    }
}

/// The order of two values of one type that has an order.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    let ((kind, a), (other, b)) = (typed(a)?, typed(b)?);
    match (kind, other) {
        ("S", "S") => Some(a.as_str()?.cmp(b.as_str()?)),
        ("N", "N") => Some(number(a)?.cmp(&number(b)?)),
        ("B", "B") => Some(bytes(a)?.cmp(&bytes(b)?)),
        _ => None,
    }
}

/// Whether a string or binary value begins with another one.
pub(super) fn begins_with(value: &Value, start: &Value) -> bool {
    match (typed(value), typed(start)) {
        (Some(("S", value)), Some(("S", start))) => {
            matches!((value.as_str(), start.as_str()), (Some(value), Some(start)) if value.starts_with(start))
        }
        (Some(("B", value)), Some(("B", start))) => {
            matches!((bytes(value), bytes(start)), (Some(value), Some(start)) if value.starts_with(&start))
        }
        _ => false,
    }
}

pub(super) fn number(inner: &Value) -> Option<Number> {
    Number::parse(inner.as_str()?)
}

pub(super) fn bytes(inner: &Value) -> Option<Vec<u8>> {
    aws_smithy_types::base64::decode(inner.as_str()?).ok()
}

fn sorted(kind: &str, set: &Value) -> Vec<String> {
    let texts = set.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut all: Vec<String> = match kind {
        "NS" => texts.filter_map(|text| Some(Number::parse(text)?.canonical())).collect(),
        _ => texts.map(str::to_owned).collect(),
    };
    all.sort();
    all
}

/// What is wrong with a value that is to be stored.
pub(super) fn invalid(value: &Value) -> Option<String> {
    let Some((kind, inner)) = typed(value) else {
        return Some("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes".to_owned());
    };
    let texts =
        || inner.as_array().filter(|set| !set.is_empty()).map(|set| set.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    let good = match kind {
        "S" => inner.is_string(),
        "N" => number(inner).is_some(),
        "B" => bytes(inner).is_some(),
        "BOOL" => inner.is_boolean(),
        "NULL" => inner.as_bool() == Some(true),
        "SS" | "BS" => texts().flatten().is_some(),
        "NS" => texts().flatten().is_some_and(|texts| texts.iter().all(|text| Number::parse(text).is_some())),
        "L" => return inner.as_array().map_or(Some("a list is no list".to_owned()), |list| list.iter().find_map(invalid)),
        "M" => return inner.as_object().map_or(Some("a map is no map".to_owned()), |map| map.values().find_map(invalid)),
        _ => false,
    };
    (!good).then(|| format!("One or more parameter values are not valid: {kind}"))
}

/// Writes numbers as DynamoDB gives them back.
pub(super) fn normalise(value: &mut Value) {
    let trim = |text: &mut Value| {
        if let Some(number) = number(text) {
            *text = Value::from(number.plain());
        }
    };
    for (kind, inner) in value.as_object_mut().into_iter().flatten() {
        match (kind.as_str(), inner) {
            ("N", text) => trim(text),
            ("NS", Value::Array(set)) => set.iter_mut().for_each(trim),
            ("L", Value::Array(list)) => list.iter_mut().for_each(normalise),
            ("M", Value::Object(map)) => map.values_mut().for_each(normalise),
            _ => {}
        }
    }
}

/// What DynamoDB counts for an item.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
pub(super) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, inner)) = typed(value) else { return 0 };
    let text = |value: &Value| value.as_str().map_or(0, str::len);
    let decimal = |value: &Value| number(value).map_or(0, |number| number.size());
    // Four characters of base64 are three bytes, less what pads them.
    let binary = |value: &Value| {
        value.as_str().map_or(0, |text| text.len() / 4 * 3 - text.bytes().rev().take_while(|b| *b == b'=').count())
    };
    let each = |size: &dyn Fn(&Value) -> usize| inner.as_array().into_iter().flatten().map(size).sum();
    match kind {
        "S" => text(inner),
        "N" => decimal(inner),
        "B" => binary(inner),
        "BOOL" | "NULL" => 1,
        "SS" => each(&text),
        "NS" => each(&decimal),
        "BS" => each(&binary),
        "L" => 3 + inner.as_array().into_iter().flatten().map(|value| 1 + value_size(value)).sum::<usize>(),
        "M" => 3 + inner.as_object().into_iter().flatten().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_equal_by_value() {
        for (a, b) in [
            (json!({"N": "1"}), json!({"N": "1.00"})),
            (json!({"SS": ["a", "b"]}), json!({"SS": ["b", "a"]})),
            (json!({"NS": ["1", "20"]}), json!({"NS": ["2e1", "1.0"]})),
            (json!({"L": [{"N": "1"}, {"S": "x"}]}), json!({"L": [{"N": "1.0"}, {"S": "x"}]})),
            (json!({"M": {"a": {"N": "0"}}}), json!({"M": {"a": {"N": "0.0"}}})),
        ] {
            assert!(same(&a, &b), "{a} {b}");
        }
        for (a, b) in [
            (json!({"S": "1"}), json!({"N": "1"})),
            (json!({"L": [{"S": "a"}, {"S": "b"}]}), json!({"L": [{"S": "b"}, {"S": "a"}]})),
            (json!({"M": {"a": {"N": "0"}}}), json!({"M": {"b": {"N": "0"}}})),
            (json!({"SS": ["a"]}), json!({"SS": ["a", "b"]})),
        ] {
            assert!(!same(&a, &b), "{a} {b}");
        }
    }

    #[test]
    fn an_item_has_the_size_that_dynamodb_counts() {
        let item = json!({"pk": {"S": "äb"}, "n": {"N": "-123"}, "b": {"B": "AAECAw=="}, "l": {"L": [{"BOOL": true}]}});
        // 2 + 3, 1 + (2 + 1 + 1), 1 + 4, 1 + 3 + (1 + 1)
        assert_eq!(size(item.as_object().unwrap()), 5 + 5 + 5 + 6);
    }
}
