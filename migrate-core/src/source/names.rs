//! Rust names for tables and attributes, each once; knows nothing of what they name.

use std::collections::BTreeSet;

/// Names that are taken already.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

/// What no struct can be called without hiding what the source itself names.
const TYPES: [&str; 14] = [
    "Bytes",
    "Clone",
    "Debug",
    "Deserialize",
    "Err",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Serialize",
    "Some",
    "String",
    "Table",
];

/// Rust's own words, kept ones too: <https://doc.rust-lang.org/reference/keywords.html>
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern",
    "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override",
    "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
/// Those that `r#` does not help, and the word that switches a setting off.
const NEVER: [&str; 4] = ["self", "super", "crate", "off"];

impl Names {
    /// For structs.
    pub(super) fn of_types() -> Self {
        Self(TYPES.map(str::to_owned).into())
    }

    /// For fields.
    pub(super) fn of_fields() -> Self {
        Self::default()
    }

    /// `customer-orders` is `CustomerOrders`.
    pub(super) fn of_type(&mut self, name: &str) -> String {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let camel: String = words.map(capital).collect();
        let base = if camel.starts_with(|c: char| c.is_ascii_alphabetic()) { camel } else { format!("Table{camel}") };
        self.once(base, "")
    }

    /// `customerId` is `customer_id`, `type` is `r#type`.
    pub(super) fn of_field(&mut self, name: &str) -> String {
        let snake = snake(name);
        let base = match snake.as_str() {
            "" => "attribute".to_owned(),
            word if word.starts_with(|c: char| c.is_ascii_digit()) => format!("attribute_{word}"),
            word if NEVER.contains(&word) => format!("{word}_"),
            word => word.to_owned(),
        };
        let name = self.once(base, "_");
        if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
    }

    fn once(&mut self, base: String, joint: &str) -> String {
        let mut name = base.clone();
        let joint = if base.ends_with('_') { "" } else { joint };
        let mut count = 2_u32;
        while !self.0.insert(name.clone()) {
            name = format!("{base}{joint}{count}");
            count += 1;
        }
        name
    }
}

/// `ORDERS` is `Orders`, `customerOrders` is `CustomerOrders`.
fn capital(word: &str) -> String {
    let shouts = !word.contains(|c: char| c.is_ascii_lowercase());
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|c| if shouts { c.to_ascii_lowercase() } else { c })).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut last = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if last.is_ascii_lowercase() || last.is_ascii_digit() {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        } else if c.is_ascii_alphanumeric() {
            snake.push(c);
        } else if !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        last = c;
    }
    snake.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_rust_names_each_once() {
        let mut names = Names::of_fields();
        let of = |name: &&str| names.of_field(name);
        let stored = [
            "id",
            "customerId",
            "customer_id",
            "PK",
            "_id",
            "GSI1PK",
            "type",
            "self",
            "off",
            "1st",
            "",
            "été",
            "#",
            "a b",
            "Self",
        ];
        let fields: Vec<String> = stored.iter().map(of).collect();
        let expected = [
            "id",
            "customer_id",
            "customer_id_2",
            "pk",
            "id_2",
            "gsi1_pk",
            "r#type",
            "self_",
            "off_",
            "attribute_1st",
            "attribute",
            "t",
            "attribute_2",
            "a_b",
            "self_2",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn structs_are_rust_names_each_once() {
        let mut names = Names::of_types();
        let tables = ["customers", "a-b.c", "a_b_c", "2024", "___", "table", "option", "customerOrders", "CUSTOMER_ORDERS"];
        let structs: Vec<String> = tables.iter().map(|name| names.of_type(name)).collect();
        assert_eq!(
            structs,
            ["Customers", "ABC", "ABC2", "Table2024", "Table2", "Table3", "Option2", "CustomerOrders", "CustomerOrders2"]
        );
    }
}
