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
        Self { streams: Arc::new(Mutex::new(Streams { out, err })), format, level, is_terminal, can_ask }
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
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes to stderr.
    pub(in crate::cli) fn aside(&self, text: &str) {
        let err = &mut self.streams.lock().unwrap_or_else(PoisonError::into_inner).err;
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
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
