//! A table as it is found, written as the Rust struct that declares exactly that; knows no client, no history and no file.

#![deny(clippy::wildcard_enum_match_arm, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fields;
mod names;
mod options;
mod text;

use std::collections::BTreeSet;

use self::fields::Fields;
use self::names::Names;
use self::text::{comment, quoted};
use crate::schema::{LiveTable, Naming, ScalarType, Setting, Status, TableName, TableSchema, check};

/// What stands above the first struct, where numbers are keys.
const NUMBERS: &str = "\
// Numbers are `i64`: it is exact. An item whose number has a fraction or more digits is refused, never rounded; for such a table take a
// decimal type, and say `#[table(type = N)]` at the field.
";

/// A key of bytes. serde makes a list of numbers of a `Vec<u8>`.
const BYTES: &str = r#"
/// Bytes as DynamoDB stores them; a `Vec<u8>` would be stored as a list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

impl migrate_core::KeyAttribute for Bytes {
    const SCALAR: migrate_core::schema::ScalarType = migrate_core::schema::ScalarType::B;
}
"#;

/// The source of a module that declares these tables, all their settings stated; what is unknown is a comment.
///
/// A table is called as the code would call it in this environment.
///
/// ```
/// use migrate_core::schema::{KeyElement, LiveTable, Prefix, PrimaryKey, ScalarType, TableName, TableSchema};
/// let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
/// let live = LiveTable::new(TableSchema::new(TableName::new("dev-orders")?, key));
/// let source = migrate_core::source::rust([&live], &Prefix::new("dev-")?.into());
/// assert!(source.contains("#[table(name = \"orders\")]\npub struct Orders {\n    #[table(partition_key)]\n    pub id: String,\n"));
/// # Ok::<(), migrate_core::schema::NameError>(())
/// ```
pub fn rust<'a>(tables: impl IntoIterator<Item = &'a LiveTable>, naming: &Naming) -> String {
    let mut structs = Names::of_types();
    let mut scalars = BTreeSet::new();
    let mut bodies = String::new();
    for live in tables {
        scalars.extend(live.schema.key_elements().into_iter().map(|element| element.scalar));
        bodies.push_str(&table(live, naming, &mut structs));
    }
    let mut source = String::from(
        "// As found in DynamoDB, every setting stated. What is not stated is not managed: take out what is none of this code's business.\n",
    );
    if scalars.contains(&ScalarType::N) {
        source.push_str(NUMBERS);
    }
    source.push_str("use migrate_core::Table;\nuse serde::{Deserialize, Serialize};\n");
    source.push_str(&bodies);
    if scalars.contains(&ScalarType::B) {
        source.push_str(BYTES);
    }
    source
}

/// The name in the code; a table that none can mean keeps its own.
fn logical(name: &TableName, naming: &Naming) -> TableName {
    TableName::new(naming.logical(name).to_owned()).unwrap_or_else(|_| name.clone())
}

fn table(live: &LiveTable, naming: &Naming, structs: &mut Names) -> String {
    let (schema, mut notes) = declarable(live);
    let schema = schema.named(logical(&live.schema.name, naming));
    let fields = Fields::of(&schema);
    let policy = schema.resource_policy.value().map(|document| (format!("policies/{}.json", schema.name), document));
    if let Some((file, document)) = &policy {
        notes.push(format!("`{file}`, beside Cargo.toml, is to hold: {}", document.as_str()));
    }
    for (aspect, action) in &live.unknown {
        notes.push(format!("{aspect}: unknown (needs {action})"));
    }
    notes.extend(check(&schema).into_iter().map(|problem| format!("will be refused: {}", problem.what)));
    let mut source = format!("\n/// Table `{}`.\n", live.schema.name);
    notes.iter().for_each(|note| source.push_str(&comment(note)));
    source.push_str("#[derive(Clone, Debug, Serialize, Deserialize, Table)]\n");
    let name = format!("name = {}", quoted(schema.name.as_str()));
    let settings = options::settings(&schema, &fields, policy.as_ref().map(|(file, _)| file.as_str()));
    source.push_str(&text::attributes(std::iter::once(name).chain(settings)));
    for (word, options) in options::indexes(&schema, &fields) {
        source.push_str(&text::nested(word, &options));
    }
    source.push_str(&format!("pub struct {} {{\n{}", structs.of_type(schema.name.as_str()), fields.text()));
    source.push_str("    // DynamoDB knows the attributes of keys alone: add those that the code uses.\n}\n");
    source
}

/// The table without what no declaration can say, and what that is.
fn declarable(live: &LiveTable) -> (TableSchema, Vec<String>) {
    let mut schema = live.schema.clone();
    let mut notes = Vec::new();
    if live.status != Status::Active {
        notes.push(format!("it was {} when it was read: read it again when it is at rest", word(&live.status)));
    }
    for (index, _) in live.index_status.iter().filter(|(_, status)| **status == Status::Deleting) {
        schema.global_indexes.remove(index);
        notes.push(format!("index `{index}` is being deleted, and left out"));
    }
    if let Setting::Set(attribute) = &schema.ttl
        && schema.scalar_of(attribute).is_some_and(|scalar| scalar != ScalarType::N)
    {
        notes.push(format!(
            "time to live is on for {}, which is no number: nothing expires, and it is left out",
            quoted(attribute)
        ));
        schema.ttl = Setting::Unmanaged;
    }
    let (ours, theirs) = std::mem::take(&mut schema.tags).into_iter().partition(|(key, _)| !is_aws(key));
    schema.tags = ours;
    notes.extend(theirs.into_keys().map(|key| format!("tag {} is AWS's own, and left out", quoted(&key))));
    // A global table of strong consistency needs none, and the rule that replicas need one is for those that are added.
    if schema.replicas.value().is_some() && schema.stream == Setting::Off {
        notes.push("its stream is off although it has replicas, and left out".to_owned());
        schema.stream = Setting::Unmanaged;
    }
    (schema, notes)
}

fn is_aws(tag: &str) -> bool {
    tag.to_ascii_lowercase().starts_with("aws:")
}

fn word(status: &Status) -> &str {
    match status {
        Status::Creating => "CREATING",
        Status::Active => "ACTIVE",
        Status::Updating => "UPDATING",
        Status::Deleting => "DELETING",
        Status::Other(word) => word,
    }
}
