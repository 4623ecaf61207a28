//! The job that all do, and the items it is done to: 301 bytes each, 424 on the wire; knows no client and no server.

/// The table.
pub const TABLE: &str = "orders";

/// Bytes of an item's JSON in a page, without the comma behind it.
pub const ON_WIRE: usize = 424;

/// Bytes of an item as DynamoDB counts them; a page of a scan without a limit holds 1 MB of them.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
pub const SIZE: usize = 301;

/// Segments of the scan, and requests at once of those that send them one by one in each segment.
pub const SEGMENTS: usize = 8;

/// Items of a page, where the client says how many.
pub const PAGE: i32 = 500;

const NOTE: &str = "Please ring twice and leave the parcel with the neighbours on the first floor if nobody is at home, they know about it already. OK.";

/// Digits of an item's number.
const DIGITS: usize = 9;

/// Items rendered one after another into a page.
#[derive(Debug)]
pub struct Renderer {
    text: Vec<u8>,
    /// Where the item's number stands in it.
    numbers: Vec<usize>,
    cents: usize,
}

impl Default for Renderer {
    fn default() -> Self {
        let text = format!(
            r#"{{"id":{{"S":"order-#########"}},"customer":{{"S":"customer-4821"}},"email":{{"S":"Buyer.#########@Example.COM"}},"status":{{"S":"paid"}},"total":{{"N":"123.__"}},"currency":{{"S":"EUR"}},"placed_on":{{"S":"2024-06-10"}},"carrier":{{"S":"post"}},"address":{{"S":"Hauptstrasse 12, 10115 Berlin"}},"note":{{"S":"{NOTE}"}}}}"#
        );
        let numbers = text.match_indices("#########").map(|(at, _)| at).collect();
        let cents = text.find("__").unwrap_or_default();
        Self { text: text.into_bytes(), numbers, cents }
    }
}

impl Renderer {
    /// Appends the JSON of the item of this number.
    pub fn item(&self, number: usize, page: &mut Vec<u8>) {
        let begin = page.len();
        page.extend_from_slice(&self.text);
        let item = &mut page[begin..];
        for at in &self.numbers {
            digits(number, &mut item[*at..*at + DIGITS]);
        }
        // No zero at the end, which DynamoDB would not keep.
        digits(11 * (1 + number % 9), &mut item[self.cents..self.cents + 2]);
    }

    /// The id of the item of this number.
    pub fn id(number: usize) -> String {
        format!("order-{number:09}")
    }

    /// The number in an id.
    pub fn number(id: &str) -> Option<usize> {
        id.strip_prefix("order-")?.parse().ok()
    }
}

fn digits(mut number: usize, place: &mut [u8]) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The first job, raw: what becomes of `email`. A second run changes nothing.
pub fn email(before: &str) -> String {
    before.to_ascii_lowercase()
}

/// The second job, from one shape to another: what becomes of `total`, in euros, when it is called `total_cents`.
pub fn cents(euros: f64) -> u64 {
    (euros * 100.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_the_size_that_the_figures_are_of() {
        let renderer = Renderer::default();
        for number in [0, 7, 999_999] {
            let mut text = Vec::new();
            renderer.item(number, &mut text);
            assert_eq!(text.len(), ON_WIRE, "{}", String::from_utf8_lossy(&text));
            let item: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&text).unwrap();
            assert_eq!(item["id"]["S"], Renderer::id(number));
            assert_eq!(Renderer::number(&Renderer::id(number)), Some(number));
            // A number takes a byte for two digits, and one more.
            let size: usize = item
                .iter()
                .map(|(name, value)| {
                    let text = value["S"].as_str().map_or(4, str::len);
                    name.len() + text
                })
                .sum();
            assert_eq!(size, SIZE);
        }
    }

    #[test]
    fn both_jobs_change_every_item() {
        assert_eq!(email("Buyer.000000007@Example.COM"), "buyer.000000007@example.com");
        assert_eq!(cents("123.88".parse().unwrap()), 12_388);
    }
}
