//! All that a person or a machine reads: every sentence, glyph, colour and JSON key, and the only place that prints. It never knows the client.

mod baseline;
mod check;
pub(super) mod comment;
mod console;
mod control;
mod dead_letters;
mod dry_run;
mod error;
mod history;
#[cfg(test)]
mod hostile_tests;
mod json;
mod lines;
mod markdown;
mod pass;
mod pieces;
mod plan;
mod progress;
mod saved;
mod source;
mod status;
mod text;
mod up;
mod wait;
mod words;

pub(super) use self::baseline::{Stage, adopt, baseline};
pub(super) use self::check::{Finding, check, check_offline};
pub(super) use self::console::Console;
pub(super) use self::control::in_force;
pub(super) use self::dead_letters::{dead_letters, dead_letters_markdown, retried, retried_markdown};
pub(super) use self::dry_run::{dry_run, dry_run_markdown};
pub(super) use self::error::error;
pub(super) use self::history::history;
pub(super) use self::json::{Document, error as error_json};
pub(super) use self::lines::{postponed, unknown};
pub(super) use self::plan::{plan, refusals};
pub(super) use self::progress::Progress;
pub(super) use self::saved::{not_saved, saved, saved_block};
pub(super) use self::source::source;
pub(super) use self::status::{lock, status};
pub(super) use self::text::{Text, Tone, coloured};
pub(super) use self::up::up;
pub(super) use self::wait::wait;
