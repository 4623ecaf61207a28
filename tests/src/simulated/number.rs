//! DynamoDB's numbers: decimals of up to 38 digits, equal by value; it never knows where one stands.

use std::cmp::Ordering;

/// 0.d₁d₂… × 10^exponent, without zeros at either end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// −1, 0 or 1.
    sign: i8,
    exponent: i32,
    digits: Vec<u8>,
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, power) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Self { sign: 0, exponent: 0, digits });
        }
        let exponent = i32::try_from(whole.len()).ok()? - i32::try_from(leading).ok()? + power;
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
        let legal = digits.len() <= 38 && (-129..=126).contains(&exponent);
        legal.then_some(Self { sign: if negative { -1 } else { 1 }, exponent, digits })
    }

    /// One text for one value.
    pub(super) fn canonical(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(*digit)).collect();
        format!("{}{digits}e{}", if self.sign < 0 { "-" } else { "" }, self.exponent)
    }

    /// As DynamoDB gives it back: no zeros that mean nothing, no exponent.
    pub(super) fn plain(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(*digit)).collect();
        let zeros = |count: usize| "0".repeat(count);
        let unsigned = match usize::try_from(self.exponent) {
            _ if self.sign == 0 => "0".to_owned(),
            Ok(0) => format!("0.{digits}"),
            Ok(whole) if whole >= digits.len() => format!("{digits}{}", zeros(whole - digits.len())),
            Ok(whole) => format!("{}.{}", &digits[..whole], &digits[whole..]),
            Err(_) => format!("0.{}{digits}", zeros(self.exponent.unsigned_abs() as usize)),
        };
        if self.sign < 0 { format!("-{unsigned}") } else { unsigned }
    }

    /// What DynamoDB counts for it.
    pub(super) fn size(&self) -> usize {
        self.digits.len().div_ceil(2) + 1 + usize::from(self.sign < 0)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        self.sign.cmp(&other.sign).then_with(|| if self.sign < 0 { magnitude().reverse() } else { magnitude() })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn numbers_are_compared_by_value() {
        let n = |text: &str| Number::parse(text).unwrap();
        for (a, b) in [("1", "1.0"), ("100", "1e2"), ("0", "-0.000"), ("0.05", "5E-2"), ("+7", "007")] {
            assert_eq!(n(a), n(b), "{a} {b}");
        }
        let rising = ["-1e3", "-12", "-1.5", "-0.01", "0", "0.009", "0.09", "1", "9.9", "10", "100", "12345678901234567890"];
        for pair in rising.windows(2) {
            assert!(n(pair[0]) < n(pair[1]), "{pair:?}");
        }
        for (text, plain) in [("1.50", "1.5"), ("007", "7"), ("-1e3", "-1000"), ("5E-3", "0.005"), ("0.0", "0"), ("0.10", "0.1")]
        {
            assert_eq!(n(text).plain(), plain);
        }
        for wrong in ["", "-", "x", "1.2.3", "1e", "0x1"] {
            assert_eq!(Number::parse(wrong), None, "{wrong}");
        }
    }
}
