//! The fields of a struct: the attributes of keys and the time to live; knows no other setting.

use std::collections::BTreeMap;

use super::names::Names;
use super::text::quoted;
use crate::schema::{ScalarType, TableSchema};

/// A field and all that stands above it.
#[derive(Debug)]
struct Field {
    stored: String,
    name: String,
    /// `partition_key` or `sort_key` of the table, which is in every item.
    key: Option<&'static str>,
    scalar: ScalarType,
}

/// The fields of one struct, in order.
#[derive(Debug)]
pub(super) struct Fields {
    all: Vec<Field>,
    names: BTreeMap<String, String>,
}

impl Fields {
    /// The table's key first, then those of its indexes, then the time to live.
    pub(super) fn of(schema: &TableSchema) -> Self {
        let mut fields = Self { all: Vec::new(), names: BTreeMap::new() };
        let mut names = Names::of_fields();
        let mut add = |stored: &str, key, scalar| {
            if !fields.names.contains_key(stored) {
                let name = names.of_field(stored);
                fields.names.insert(stored.to_owned(), name.clone());
                fields.all.push(Field { stored: stored.to_owned(), name, key, scalar });
            }
        };
        for (element, key) in schema.key.attributes().zip(["partition_key", "sort_key"]) {
            add(&element.name, Some(key), element.scalar);
        }
        let global = schema.global_indexes.values().flat_map(|index| index.key.attributes());
        for element in global.chain(schema.local_indexes.values().map(|index| &index.sort)) {
            add(&element.name, None, element.scalar);
        }
        if let Some(attribute) = schema.ttl.value() {
            add(attribute, None, ScalarType::N);
        }
        fields
    }

    /// An attribute as an option names it: by its field, or by itself where it is none.
    pub(super) fn name(&self, stored: &str) -> String {
        self.names.get(stored).cloned().unwrap_or_else(|| quoted(stored))
    }

    /// The lines of the struct.
    pub(super) fn text(&self) -> String {
        self.all.iter().map(Field::text).collect()
    }
}

impl Field {
    fn text(&self) -> String {
        let mut text = String::new();
        let mut serde = Vec::new();
        if let Some(key) = self.key {
            text.push_str(&format!("    #[table({key})]\n"));
        }
        if self.name.trim_start_matches("r#") != self.stored {
            serde.push(format!("rename = {}", quoted(&self.stored)));
        }
        let ty = match self.scalar {
            ScalarType::S => "String",
            ScalarType::N => "i64",
            ScalarType::B => "Bytes",
        };
        let ty = match self.key {
            Some(_) => ty.to_owned(),
            // DynamoDB refuses a NULL in a key of an index; an item without the attribute is not in the index.
            None => {
                serde.push("skip_serializing_if = \"Option::is_none\"".to_owned());
                format!("Option<{ty}>")
            }
        };
        if !serde.is_empty() {
            text.push_str(&format!("    #[serde({})]\n", serde.join(", ")));
        }
        text.push_str(&format!("    pub {}: {ty},\n", self.name));
        text
    }
}
