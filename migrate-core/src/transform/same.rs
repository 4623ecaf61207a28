//! When two attribute values are one and the same to DynamoDB: sets without order, numbers by value; knows no item.

use aws_sdk_dynamodb::types::AttributeValue;

/// Whether DynamoDB would call them equal.
pub(super) fn same(a: &AttributeValue, b: &AttributeValue) -> bool {
    match (a, b) {
        (AttributeValue::N(a), AttributeValue::N(b)) => same_number(a, b),
        (AttributeValue::Ss(a), AttributeValue::Ss(b)) => sorted(a) == sorted(b),
        (AttributeValue::Bs(a), AttributeValue::Bs(b)) => {
            sorted(a.iter().map(AsRef::as_ref)) == sorted(b.iter().map(AsRef::as_ref))
        }
        (AttributeValue::Ns(a), AttributeValue::Ns(b)) => {
            sorted(a.iter().map(|n| canonical(n))) == sorted(b.iter().map(|n| canonical(n)))
        }
        (AttributeValue::L(a), AttributeValue::L(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (AttributeValue::M(a), AttributeValue::M(b)) => same_items(a, b),
        _ => a == b,
    }
}

/// Whether both hold the same attributes.
pub(super) fn same_items(a: &super::Item, b: &super::Item) -> bool {
    a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
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
        let text = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let ss = |values| AttributeValue::Ss(text(values));
        assert!(same(&ss(&["a", "b"]), &ss(&["b", "a"])));
        assert!(!same(&ss(&["a", "b"]), &ss(&["b", "c"])));
        assert!(same(&AttributeValue::Ns(text(&["1", "2.0"])), &AttributeValue::Ns(text(&["2", "1"]))));
        let list = |values| AttributeValue::L(text(values).into_iter().map(AttributeValue::N).collect());
        assert!(same(&list(&["1.0"]), &list(&["1"])));
        assert!(!same(&list(&["1", "2"]), &list(&["2", "1"])));
        assert!(!same(&ss(&["1"]), &AttributeValue::Ns(text(&["1"]))));
    }
}
