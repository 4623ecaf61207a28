//! The vocabulary of tables: what the code declares and what is found, in one form; knows no SDK, no registry, no I/O and no text for people.

mod check;
mod declaration;
mod index;
mod key;
mod kind;
mod name;
mod naming;
mod overrides;
mod setting;
mod table;

pub use self::check::{Problem, check};
pub use self::index::{GlobalIndex, IndexKey, LocalIndex, Projection};
pub use self::key::{Attribute, AttributeKind, KeyElement, PrimaryKey, ScalarType};
pub use self::kind::KeyAttribute;
pub use self::name::{IndexName, NameError, Prefix, TableName};
pub use self::naming::{Naming, NamingError};
pub use self::overrides::Overrides;
pub use self::setting::{Billing, Setting, StreamView, Throughput};
pub use self::table::{LiveTable, Status, Table, TableSchema};

#[cfg(feature = "aws")]
pub(crate) use self::declaration::{DropEntry, TableEntry};

/// What generated code names.
#[doc(hidden)]
pub mod generated {
    pub use super::declaration::{
        DropEntry, Element, GlobalIndexDeclaration, LocalIndexDeclaration, ProjectionDeclaration, TableDeclaration, TableEntry,
    };
    pub use super::kind::{Kind, SparseKeyAttribute, UnknownKind, assert_not_optional, kind_of, ttl};
}
