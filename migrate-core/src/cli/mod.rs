//! The command line, as a library: `main!` calls [`main`], arguments become calls of the migrator, results become text or JSON. It never
//! knows how a plan is made or carried out.

mod args;
mod config;
mod connect;
mod consent;
mod entry;
mod environment;
mod exit;
mod identity;
mod report;
mod saved;
mod scaffold;
mod session;
mod target;
mod verbs;

pub use self::entry::{Main, Pin, main};
