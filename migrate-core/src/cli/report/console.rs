//! The one place that writes to the streams: results to stdout, all else to stderr. It never knows what it writes.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};

use super::text::Text;
use crate::cli::args::{Format, Global};

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Level {
    /// Only results and errors.
    Quiet,
    /// Progress too.
    Normal,
    /// Everything that happens.
    Verbose,
}

/// Both streams. Clones share them.
#[derive(Clone)]
pub(in crate::cli) struct Console {
    streams: Arc<Mutex<Streams>>,
    pub(in crate::cli) format: Format,
    pub(in crate::cli) level: Level,
    /// Whether stderr can be drawn anew.
    pub(in crate::cli) is_terminal: bool,
    /// Whether somebody sits there who can be asked.
    pub(in crate::cli) can_ask: bool,
    /// The global options as they were typed: a command that is shown has them, so that it means the same database.
    typed: Arc<str>,
}

struct Streams {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
}

impl Console {
    /// The process's own streams.
    pub(in crate::cli) fn new(global: &Global) -> Self {
        let format = global.format.unwrap_or_default();
        // `Auto` looks at the stream, NO_COLOR, CLICOLOR and TERM.
        let choice = if global.no_color || format != Format::Human { ColorChoice::Never } else { ColorChoice::Auto };
        let out = Box::new(AutoStream::new(std::io::stdout(), choice));
        let err = Box::new(AutoStream::new(std::io::stderr(), choice));
        let level = match (global.quiet, global.verbose) {
            (true, _) => Level::Quiet,
            (false, true) => Level::Verbose,
            (false, false) => Level::Normal,
        };
        let is_terminal = std::io::stderr().is_terminal();
        let can_ask = is_terminal && std::io::stdin().is_terminal();
        Self { streams: Arc::new(Mutex::new(Streams { out, err })), format, level, is_terminal, can_ask, typed: Arc::from("") }
    }

    /// The same, for somebody who typed these global options.
    pub(in crate::cli) fn typing(self, options: &str) -> Self {
        Self { typed: Arc::from(options), ..self }
    }

    /// Commands in a text for people, with what was typed.
    fn pointed(&self, text: &str) -> String {
        if self.typed.is_empty() || !self.is_human() {
            return text.to_owned();
        }
        let mut parts = text.split("`migrate ");
        let mut pointed = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (command, rest) = part.split_once('`').unwrap_or((part, ""));
            let closed = if part.contains('`') { "`" } else { "" };
            let typed = if command.contains(&*self.typed) || closed.is_empty() { "" } else { &self.typed };
            pointed.push_str(&format!("`migrate {command}{typed}{closed}{rest}"));
        }
        pointed
    }

    /// Whether only results and errors are wanted.
    pub(in crate::cli) fn is_quiet(&self) -> bool {
        self.level == Level::Quiet
    }

    /// Whether people read the results.
    pub(in crate::cli) fn is_human(&self) -> bool {
        self.format == Format::Human
    }

    /// Writes to stdout. Whoever reads it may have gone (`| head`): that is their business.
    pub(in crate::cli) fn result(&self, text: &str) {
        let out = &mut self.streams.lock().unwrap_or_else(PoisonError::into_inner).out;
        let _ = out.write_all(self.pointed(text).as_bytes()).and_then(|()| out.flush());
    }

    /// Writes to stderr.
    pub(in crate::cli) fn aside(&self, text: &str) {
        let err = &mut self.streams.lock().unwrap_or_else(PoisonError::into_inner).err;
        let _ = err.write_all(self.pointed(text).as_bytes()).and_then(|()| err.flush());
    }

    /// A result for people.
    pub(in crate::cli) fn show(&self, text: &Text) {
        if self.is_human() {
            self.result(text.as_str());
        }
    }

    /// What a person reads before the result itself; `-q` leaves it out.
    pub(in crate::cli) fn remark_result(&self, text: &Text) {
        if self.level > Level::Quiet {
            self.show(text);
        }
    }

    /// A remark that `-q` leaves out.
    pub(in crate::cli) fn remark(&self, text: &Text) {
        if self.level > Level::Quiet {
            self.aside(text.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_are_shown_mean_the_database_that_was_typed() {
        let console = Console::new(&Global::default()).typing(" --env prod");
        let text =
            "help: `migrate up --accept orders:H104` once, or `#[table(accept(H104))]`; `migrate status --env prod`, `migrate";
        let pointed = "help: `migrate up --accept orders:H104 --env prod` once, or `#[table(accept(H104))]`; `migrate status --env prod`, `migrate";
        assert_eq!(console.pointed(text), pointed);
        assert_eq!(Console::new(&Global::default()).pointed(text), text);
    }
}
