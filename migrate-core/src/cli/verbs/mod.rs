//! The commands, a room each: each asks the migrator and hands what it heard to the report. They never know a stream or a colour.

mod adopt;
mod ask;
mod baseline;
mod check;
mod control;
mod dead_letters;
mod dry_run;
mod history;
pub(super) mod iam;
mod introspect;
mod lock;
mod new;
mod plan;
mod resolve;
mod rollback;
mod status;
mod unlock;
mod up;
mod wait;

use serde_json::Value;

pub(super) use self::check::offline;
pub(super) use self::introspect::introspect;
pub(super) use self::new::new;
use super::args::Verb;
use super::connect::Connection;
use super::exit::Exit;
use super::report::Text;
use super::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

/// What came of a command for one sequence.
pub(super) struct Verdict {
    pub exit: Exit,
    /// For people.
    pub text: Text,
    /// For machines.
    pub json: Value,
    /// For a pull request; where it is `None`, what people read stands there as it is.
    pub markdown: Option<String>,
    /// What was refused, for machines; people were told.
    pub error: Option<Value>,
}

impl Verdict {
    fn new(exit: Exit, text: Text, json: Value) -> Self {
        Self { exit, text, json, markdown: None, error: None }
    }

    fn with_markdown(self, markdown: String) -> Self {
        Self { markdown: Some(markdown), ..self }
    }
}

/// Runs a command for one sequence.
pub(super) async fn run(verb: &Verb, session: &Session, migrator: &Migrator, connection: &Connection) -> Result<Verdict, Error> {
    match verb {
        Verb::Up(args) => up::up(args, session, migrator, connection).await,
        Verb::Plan(args) => plan::plan(args, session, migrator, connection).await,
        Verb::Status => status::status(session, migrator, connection).await,
        Verb::Check(args) => check::check(args, migrator).await,
        Verb::History => history::history(migrator).await,
        Verb::Baseline(args) => baseline::baseline(args, session, migrator).await,
        Verb::Adopt(args) => adopt::adopt(args, session, migrator).await,
        Verb::Wait(args) => wait::wait(args, migrator).await,
        Verb::Lock => lock::lock(migrator).await,
        Verb::Throttle(args) => control::throttle(args, migrator).await,
        Verb::Pause => control::pause(migrator).await,
        Verb::Resume => control::resume(migrator).await,
        Verb::DeadLetters(args) => dead_letters::dead_letters(args, session, migrator, connection).await,
        Verb::Resolve(args) => resolve::resolve(args, session, migrator).await,
        Verb::Rollback(args) => rollback::rollback(args, session, migrator, connection).await,
        Verb::Unlock(args) => unlock::unlock(args, session, migrator).await,
        // They need no database of a sequence, and were done before.
        Verb::New(_) | Verb::Introspect(_) | Verb::Iam(_) => {
            Err(Error::new(ErrorKind::Usage, "it runs once, whatever is declared"))
        }
    }
}

/// Data as JSON; all of it can be.
fn json(data: &impl serde::Serialize) -> Value {
    serde_json::to_value(data).unwrap_or_default()
}
