//! The order of DynamoDB's numbers, of which a float cannot hold all 38 digits; it never computes with them.

use std::cmp::Ordering;

/// A number that is not 0, as `0.digits` times ten to the `point`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    point: i64,
    digits: String,
}

/// By value. What is no number counts as 0.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((a_sign, a), (b_sign, b)) = (parse(a), parse(b));
    let sizes = if a_sign < 0 { b.cmp(&a) } else { a.cmp(&b) };
    a_sign.cmp(&b_sign).then(sizes)
}

/// -1, 0 or 1, and how far from 0.
fn parse(number: &str) -> (i8, Size) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa.trim_start_matches('+')),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let zeros = all.len() - digits.len();
    let place = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let digits = digits.trim_end_matches('0').to_owned();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (0, Size { point: 0, digits: String::new() });
    }
    let point = place(whole.len()).saturating_sub(place(zeros)).saturating_add(exponent.parse().unwrap_or(0));
    (sign, Size { point, digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_to_the_last_digit() {
        let ordered = [
            "-12345678901234567890123456789012345679",
            "-12345678901234567890123456789012345678",
            "-1.5",
            "-1",
            "-1e-3",
            "0",
            "1e-130",
            "0.001",
            "0.09",
            "0.1",
            "2",
            "10",
            "10.5",
            "9007199254740992",
            "9007199254740993",
            "1E+100",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        for (a, b) in [("1", "1.0"), ("100", "1E+2"), ("-0", "0.00"), ("007", "7"), ("-1.50", "-15e-1")] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
    }
}
