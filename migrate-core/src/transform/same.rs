//! When two attribute values are one and the same to DynamoDB: sets without order, numbers by value; knows no item.

use crate::aws::wire::{Attributes, Value};

/// Whether DynamoDB would call them equal, given their text. What is no value is the same as its own text only.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b
        || match (Value::parse(a), Value::parse(b)) {
            (Ok(a), Ok(b)) => same_values(&a, &b),
            (_, _) => false,
        }
}

/// Whether both hold the same attributes.
pub(super) fn same_items(a: &Attributes<'_>, b: &Attributes<'_>) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|((name, a), (other, b))| name == other && same(a, b))
}

fn same_values(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::N(a), Value::N(b)) => same_number(a, b),
        (Value::Ss(a), Value::Ss(b)) => sorted(a) == sorted(b),
        (Value::Bs(a), Value::Bs(b)) => sorted(a) == sorted(b),
        (Value::Ns(a), Value::Ns(b)) => sorted(a.iter().map(|n| canonical(n))) == sorted(b.iter().map(|n| canonical(n))),
        (Value::L(a), Value::L(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::M(a), Value::M(b)) => same_items(a, b),
        // Of these it is not known what they hold.
        (Value::Unknown, Value::Unknown) => false,
        (_, _) => a == b,
    }
}

fn sorted<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values
}

fn same_number(a: &str, b: &str) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// One text for one number: `[-]digits e exponent` without zeros at either end; what is no number is itself.
pub(super) fn canonical(number: &str) -> String {
    parse(number).unwrap_or_else(|| number.to_owned())
}

fn parse(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let negative = mantissa.starts_with('-');
    let (whole, fraction) =
        mantissa.trim_start_matches(['-', '+']).split_once('.').unwrap_or((mantissa.trim_start_matches(['-', '+']), ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let exponent = exponent.checked_add(i64::try_from(digits.len() - significant.len()).ok()?)?;
    Some(format!("{}{significant}e{exponent}", if negative { "-" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        for (a, b) in [("1", "1.0"), ("100", "1E+2"), ("-0", "0"), ("0.0000001", "1e-7"), ("007", "7"), ("-1.50", "-15e-1")] {
            assert!(same_number(a, b), "{a} {b}");
        }
        let long = "12345678901234567890123456789012345678";
        for (a, b) in [("1", "-1"), ("1", "10"), (long, "12345678901234567890123456789012345679"), ("x", "y"), ("", "0")] {
            assert!(!same_number(a, b), "{a} {b}");
        }
    }

    #[test]
    fn sets_have_no_order_and_lists_do() {
        for (a, b) in [
            (r#"{"SS":["a","b"]}"#, r#"{"SS":["b","a"]}"#),
            (r#"{"NS":["1","2.0"]}"#, r#"{"NS":["2","1"]}"#),
            (r#"{"BS":["AA==","AQ=="]}"#, r#"{"BS":["AQ==","AA=="]}"#),
            (r#"{"L":[{"N":"1.0"}]}"#, r#"{"L":[{"N":"1"}]}"#),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            (r#"{"SS":["a","b"]}"#, r#"{"SS":["b","c"]}"#),
            (r#"{"NS":["1","2"]}"#, r#"{"NS":["1","3"]}"#),
            (r#"{"BS":["AA=="]}"#, r#"{"BS":["AQ=="]}"#),
            (r#"{"L":[{"N":"1"},{"N":"2"}]}"#, r#"{"L":[{"N":"2"},{"N":"1"}]}"#),
            (r#"{"L":[{"N":"1"},{"N":"2"}]}"#, r#"{"L":[{"N":"1"}]}"#),
            (r#"{"SS":["1"]}"#, r#"{"NS":["1"]}"#),
            (r#"{"SS":["1"]}"#, r#"{"L":[{"S":"1"}]}"#),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn one_value_may_have_many_texts() {
        for (a, b) in [
            (r#"{"S":"\u0061\/é"}"#, r#" { "S" : "a/\u00e9" } "#),
            (r#"{"M":{"a":{"N":"1"},"b":{"NULL":true}}}"#, r#"{"M":{"b":{"NULL": true},"\u0061":{"N":"1.0"}}}"#),
            ("no value", "no value"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            (r#"{"S":"a"}"#, r#"{"S":"A"}"#),
            (r#"{"S":"1"}"#, r#"{"N":"1"}"#),
            (r#"{"BOOL":true}"#, r#"{"BOOL":false}"#),
            (r#"{"M":{"a":{"N":"1"}}}"#, r#"{"M":{"b":{"N":"1"}}}"#),
            (r#"{"M":{"a":{"N":"1"}}}"#, r#"{"M":{}}"#),
            (r#"{"NEW":1}"#, r#"{"NEW":2}"#),
            ("no value", "no  value"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }
}
