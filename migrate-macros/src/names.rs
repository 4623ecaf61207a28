//! Names that DynamoDB takes, and the identifiers made of them; never knows where a name stands.

use syn::LitStr;

use crate::errors::Errors;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const MIN: usize = 3;
const MAX: usize = 255;
const MAX_ATTRIBUTE: usize = 255;

/// Checks the name of a table or an index.
pub fn check(what: &str, literal: &LitStr, errors: &mut Errors) {
    let name = literal.value();
    if let Some(character) = name.chars().find(|&c| !is_allowed(c)) {
        let arn = if matches!(character, ':' | '/') { " (and an ARN could point at another account)" } else { "" };
        errors.on(
            literal,
            format_args!("{what} has the character {character:?}: DynamoDB takes letters, digits, `_`, `.` and `-`{arn}"),
        );
    } else if !(MIN..=MAX).contains(&name.len()) {
        errors.on(literal, format_args!("{what} has a length of {}: DynamoDB takes {MIN} to {MAX}", name.len()));
    }
}

/// Checks the name of a sequence, which becomes part of keys and of lock names.
pub fn check_sequence(literal: &LitStr, errors: &mut Errors) {
    let name = literal.value();
    if name.is_empty() || name.len() > MAX || !name.chars().all(is_allowed) {
        errors.on(literal, "a sequence's name is 1 to 255 letters, digits, `_`, `.` or `-`");
    }
}

/// Whether an attribute of this name can be part of a key.
pub fn fits_key(attribute: &str) -> bool {
    (1..=MAX_ATTRIBUTE).contains(&attribute.len())
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

/// The constant that only one declaration or drop of this table may define; its name is what E0592 shows.
pub fn table_once(table: &str) -> String {
    let (base, marks) = escape(table);
    format!("table_{base}_is_declared_once{marks}")
}

/// The constant that only one declaration or drop of this index may define.
pub fn index_once(table: &str, index: &str) -> String {
    let (index_base, index_marks) = escape(index);
    let (table_base, table_marks) = escape(table);
    // without it, index `a` of table `b_of_c` and index `a_of_b` of table `c` would be one
    let length = if index.contains("_of_") || table.contains("_of_") { format!("_len{}", index.len()) } else { String::new() };
    format!(
        "index_{index_base}_of_{table_base}_is_declared_once{length}{index_marks}{}",
        if table_marks.is_empty() { String::new() } else { format!("_table{table_marks}") }
    )
}

/// The name as part of an identifier, and marks that tell apart what became the same: `a-b` is `a_b` with `_dash1`.
fn escape(name: &str) -> (String, String) {
    let mut marks = String::new();
    let base = name
        .char_indices()
        .map(|(at, character)| match character {
            '-' => {
                marks.push_str(&format!("_dash{at}"));
                '_'
            }
            '.' => {
                marks.push_str(&format!("_dot{at}"));
                '_'
            }
            c if is_allowed(c) => c,
            _ => '_',
        })
        .collect();
    (base, marks)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn different_tables_have_different_constants() {
        let names = ["a_b", "a-b", "a.b", "a__b", "a_-b", "a-_b", "A_b", "a_b_is_declared_once_dash1", "a_b_dash1"];
        let constants: BTreeSet<String> = names.iter().map(|name| table_once(name)).collect();
        assert_eq!(constants.len(), names.len());
        assert_eq!(table_once("customers"), "table_customers_is_declared_once");
    }

    #[test]
    fn different_indexes_have_different_constants() {
        let pairs = [
            ("b_of_c", "a"),
            ("c", "a_of_b"),
            ("b-of_c", "a"),
            ("b_of_c", "a.b"),
            ("c", "a-b"),
            ("c", "a_b"),
            ("c-d", "a_b"),
            ("c_d", "a-b"),
            ("c_d", "a_b"),
        ];
        let constants: BTreeSet<String> = pairs.iter().map(|(table, index)| index_once(table, index)).collect();
        assert_eq!(constants.len(), pairs.len());
        assert_eq!(index_once("customers", "by_email"), "index_by_email_of_customers_is_declared_once");
    }
}
