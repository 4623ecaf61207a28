//! What a person meets who makes a mistake, or whose world is broken: real processes, their exit codes and their words.

mod adopt;
mod control;
mod dry_run;
mod environments;
mod hazards;
mod history;
mod iam;
mod introspect;
mod lock;
mod markdown;
mod new;
mod registry;
mod rollback;
mod saved;
mod settle;
mod target;
mod usage;
mod verbs;
mod wait;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const OLDER: &str = env!("CARGO_BIN_EXE_fixture-older");
const NEWER: &str = env!("CARGO_BIN_EXE_fixture-newer");
const EDITED: &str = env!("CARGO_BIN_EXE_fixture-edited");
const TROUBLED: &str = env!("CARGO_BIN_EXE_fixture-troubled");
const COUNTED: &str = env!("CARGO_BIN_EXE_fixture-counted");
const AWS: &str = env!("CARGO_BIN_EXE_fixture-aws");
const EMPTY: &str = env!("CARGO_BIN_EXE_fixture-empty");
const STREAMED: &str = env!("CARGO_BIN_EXE_fixture-streamed");
const UNSTREAMED: &str = env!("CARGO_BIN_EXE_fixture-unstreamed");
