//! What the macros write down: static data, turned into a [`TableSchema`] here and registered through `inventory`.

use super::{
    Attribute, AttributeKind, Billing, GlobalIndex, IndexKey, IndexName, KeyElement, LocalIndex, PrimaryKey, Projection,
    ScalarType, Setting, StreamView, TableName, TableSchema,
};
use crate::migration::Location;

/// Name and type of a key attribute.
pub type Element = (&'static str, ScalarType);

/// A projection as a constant.
#[derive(Clone, Copy, Debug)]
pub enum ProjectionDeclaration {
    /// Every attribute.
    All,
    /// None.
    KeysOnly,
    /// These.
    Include(&'static [&'static str]),
}

/// A global index as a constant.
#[derive(Clone, Copy, Debug)]
pub struct GlobalIndexDeclaration {
    /// Its name.
    pub name: &'static str,
    /// Partition attributes in order.
    pub partition: &'static [Element],
    /// Sort attributes in order.
    pub sort: &'static [Element],
    /// What it holds.
    pub projection: ProjectionDeclaration,
}

/// A local index as a constant.
#[derive(Clone, Copy, Debug)]
pub struct LocalIndexDeclaration {
    /// Its name.
    pub name: &'static str,
    /// Its sort attribute.
    pub sort: Element,
    /// What it holds.
    pub projection: ProjectionDeclaration,
}

/// A table as a constant. The derive checks it; nothing else makes one.
#[derive(Clone, Debug)]
pub struct TableDeclaration {
    /// The logical name.
    pub name: &'static str,
    /// The partition key.
    pub partition_key: Element,
    /// The sort key.
    pub sort_key: Option<Element>,
    /// Name, kind and optionality of each field.
    pub attributes: &'static [(&'static str, AttributeKind, bool)],
    /// Global indexes.
    pub global_indexes: &'static [GlobalIndexDeclaration],
    /// Local indexes.
    pub local_indexes: &'static [LocalIndexDeclaration],
    /// Billing, if stated.
    pub billing: Option<Billing>,
    /// The stream, if stated.
    pub stream: Setting<StreamView>,
    /// The time to live, if stated.
    pub ttl: Setting<&'static str>,
    /// Deletion protection, if stated.
    pub deletion_protection: Option<bool>,
}

impl TableDeclaration {
    /// The schema that it states.
    pub fn schema(&self) -> TableSchema {
        TableSchema {
            name: TableName::checked(self.name),
            key: PrimaryKey { partition: element(self.partition_key), sort: self.sort_key.map(element) },
            attributes: self
                .attributes
                .iter()
                .map(|&(name, kind, optional)| Attribute { name: name.to_owned(), kind, optional })
                .collect(),
            global_indexes: self
                .global_indexes
                .iter()
                .map(|index| {
                    let key = IndexKey {
                        partition: index.partition.iter().copied().map(element).collect(),
                        sort: index.sort.iter().copied().map(element).collect(),
                    };
                    (IndexName::checked(index.name), GlobalIndex { key, projection: projection(index.projection) })
                })
                .collect(),
            local_indexes: self
                .local_indexes
                .iter()
                .map(|index| {
                    let local = LocalIndex { sort: element(index.sort), projection: projection(index.projection) };
                    (IndexName::checked(index.name), local)
                })
                .collect(),
            billing: self.billing,
            stream: self.stream.clone(),
            ttl: match self.ttl {
                Setting::Unmanaged => Setting::Unmanaged,
                Setting::Off => Setting::Off,
                Setting::Set(attribute) => Setting::Set(attribute.to_owned()),
            },
            deletion_protection: self.deletion_protection,
        }
    }
}

fn element((name, scalar): Element) -> KeyElement {
    KeyElement::new(name, scalar)
}

fn projection(declared: ProjectionDeclaration) -> Projection {
    match declared {
        ProjectionDeclaration::All => Projection::All,
        ProjectionDeclaration::KeysOnly => Projection::KeysOnly,
        ProjectionDeclaration::Include(names) => Projection::Include(names.iter().map(|&name| name.to_owned()).collect()),
    }
}

/// A declared table, as linked into a binary.
#[derive(Debug)]
pub struct TableEntry {
    /// The name of the sequence that declares it.
    pub sequence: &'static str,
    /// Its schema.
    pub schema: fn() -> TableSchema,
    /// Where the derive stands.
    pub location: Location,
}
inventory::collect!(TableEntry);

/// Consent in code to drop a table or an index, as linked into a binary: `drop_table!`, `drop_index!`.
#[derive(Debug)]
pub struct DropEntry {
    /// The name of the sequence that consents.
    pub sequence: &'static str,
    /// The table's logical name.
    pub table: &'static str,
    /// The index's name; `None` drops the whole table.
    pub index: Option<&'static str>,
    /// Where the macro stands.
    pub location: Location,
}
inventory::collect!(DropEntry);
