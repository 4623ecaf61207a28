//! Items of a wanted size for benchmarks; it never knows where they are stored.

/// The n-th item, of about `size` bytes as DynamoDB counts them; its key is `pk`, and it has strings, numbers, a flag and a list.
pub fn sample(n: u64, size: usize) -> String {
    let day = n % 28 + 1;
    // What the other attributes have: the note fills the rest.
    let note = "x".repeat(size.saturating_sub(148));
    format!(
        r#"{{"active":{{"BOOL":{}}},"age":{{"N":"{}"}},"city":{{"S":"city-{:04}"}},"created":{{"S":"2024-05-{day:02}T10:00:00Z"}},"email":{{"S":"customer-{n:010}@example.com"}},"name":{{"S":"customer {n:010}"}},"note":{{"S":"{note}"}},"pk":{{"S":"{}"}}}}"#,
        n.is_multiple_of(2),
        n % 80 + 10,
        n % 1000,
        sample_key(n),
    )
}

pub(super) fn sample_key(n: u64) -> String {
    format!("item-{n:010}")
}

/// The number of the item with this key.
pub(super) fn sample_number(key: &str) -> Option<u64> {
    key.strip_prefix("item-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::value::{Item, size};

    #[test]
    fn a_sample_has_the_size_that_was_asked_for() {
        for wanted in [200, 300, 2000] {
            let text = sample(12, wanted);
            let item: Item = serde_json::from_str(&text).unwrap();
            assert!(size(&item).abs_diff(wanted) <= 2, "{} and not {wanted}", size(&item));
            assert_eq!(serde_json::to_string(&item).unwrap(), text, "names in order");
            assert_eq!(sample_number(item["pk"]["S"].as_str().unwrap()), Some(12));
        }
    }
}
