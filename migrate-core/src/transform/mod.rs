//! Changing the items of a table by a function: scan, decide, write; knows no other migration, no plan and no history.
//!
//! Start from [`MigrationContext::table`](crate::MigrationContext::table) or
//! [`MigrationContext::items`](crate::MigrationContext::items).
//!
//! `docs/data.md` in the repository has every verb with an example, capacity, permissions, limits, and what nobody can promise.
//!
//! # What is written
//!
//! - Only attributes that the function changed: those whose serialised form differs before and after. All others keep their
//!   stored form, also those that the type does not know. What the function leaves alone is not written at all.
//! - A field that becomes `None` is removed from the item. A stored NULL that nobody touched stays.
//! - A changed attribute is stored as serde_dynamo writes its type. A set is read into a `Vec` as well, but is then written
//!   back as a list unless the field says `#[serde(with = "serde_dynamo::string_set")]` or one of its siblings.
//!
//! # Beside live traffic
//!
//! Every write demands that the item is still there and that each attribute which the function was given, or which is written,
//! still is as it was read. If not, the item is read again and the function runs again, up to 20 times. A write of the
//! application is never overwritten, and an item that was deleted is not brought back.
//!
//! - With raw items, and types that take whatever is there, every attribute was given. One that somebody adds in between is kept, but
//!   the function has not seen it.
//! - [`depends_on`](TableHandle::depends_on) narrows the condition to the attributes that it names and those that are written.
//! - In a table with a [version](macro@crate::Table) it alone must be unchanged, and it is raised by one.
//!
//! # NULL
//!
//! [`put_all`](TableHandle::put_all) and [`copy_to`](TableHandle::copy_to) store a `None` as NULL, as serde_dynamo does; skip it with
//! `skip_serializing_if` where it should be absent. Reading as a type, a NULL and an absent attribute are both `None`; raw items keep the
//! difference.
//!
//! # Functions run again
//!
//! A run that was interrupted goes on where it stopped, and of the pages that were under way it looks at each item again: so a function
//! meets its own output. Before an item is written the function is therefore run on what would be stored; if that would change it once
//! more, nothing is written and the error says which attributes (kind [`NotRepeatable`](crate::ErrorKind::NotRepeatable)).
//! [`exactly_once`](TableHandle::exactly_once) marks items instead.

mod answer;
mod change;
mod choose;
mod copy;
mod decode;
mod encode;
mod engine;
mod error;
mod filter;
mod flow;
mod given;
mod handle;
mod inside;
mod item;
mod items;
mod map_key;
mod misfit;
mod put;
mod read;
mod rule;
mod same;
mod shape;
mod statement;
mod target;
mod task;
mod verbs;
mod write;
mod written;

pub use aws_sdk_dynamodb::types::AttributeValue;

pub use self::filter::Filter;
pub use self::handle::TableHandle;
pub use self::item::Item;
pub use self::items::ItemsHandle;
pub use crate::aws::item_key::{ItemKey, KeyValue};
