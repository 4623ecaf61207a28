//! The file of environments, `migrate.toml`: found, read, checked, and put beneath what was typed. Never knows a client nor a verb.

mod budget;
mod check;
mod choose;
mod environment;
mod error;
mod file;
mod find;
mod overlay;
mod table;

pub(super) use self::choose::{Chosen, choose};
pub(super) use self::environment::Environment;
pub(super) use self::overlay::Found;
