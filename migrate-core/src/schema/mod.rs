//! The vocabulary of tables: what the code declares and what is found, in one form; knows no SDK, no registry, no I/O and no text for people.

mod capacity;
mod change;
mod check;
mod declaration;
mod feature;
mod handling;
mod index;
mod key;
mod kind;
mod name;
mod naming;
mod overrides;
mod setting;
mod table;

pub use self::capacity::{Billing, MaxThroughput, Throughput};
pub use self::change::{Delta, SettingChange};
pub use self::check::{Problem, check};
pub use self::feature::{Encryption, Insights, KinesisStream, Policy, PolicyError, Precision, Recovery, TableClass};
pub use self::handling::{Aspect, Handling, Hazard, UnknownHazard};
pub use self::index::{GlobalIndex, IndexKey, LocalIndex, Projection};
pub use self::key::{Attribute, AttributeKind, KeyElement, PrimaryKey, ScalarType};
pub use self::kind::KeyAttribute;
#[cfg(feature = "aws")]
pub(crate) use self::name::is_sequence_name;
pub use self::name::{IndexName, NameError, Prefix, TableName};
pub use self::naming::{Naming, NamingError};
pub use self::overrides::{IndexOverrides, Overrides};
pub use self::setting::{Setting, StreamView};
pub use self::table::{Decreases, LiveTable, Recent, Status, Table, TableSchema};
pub use crate::migration::Management;

#[cfg(feature = "aws")]
pub(crate) use self::declaration::{DropEntry, TableEntry};

/// What generated code names.
#[doc(hidden)]
pub mod generated {
    pub use super::declaration::{
        DropEntry, Element, EncryptionDeclaration, GlobalIndexDeclaration, LocalIndexDeclaration, ProjectionDeclaration,
        TableDeclaration, TableEntry,
    };
    pub use super::kind::{Kind, SparseKeyAttribute, UnknownKind, assert_not_optional, kind_of, ttl, version};
}
