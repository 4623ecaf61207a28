//! That a plan was saved, with the one command that carries it out; it never knows what is in it.

use super::text::{Text, Tone};

/// Where it is, what it is, and what to type.
pub(in crate::cli) fn saved(path: &str, sha256: &str, next: &str) -> Text {
    let mut text = Text::new();
    text.add(Tone::Good, "Saved: ").line(Tone::Plain, format_args!("{path}, SHA-256 {sha256}"));
    text.add(Tone::Hint, "next: ").line(Tone::Plain, format_args!("`{next}` carries out this plan and nothing else, once"));
    text
}

/// A plan that is refused is not worth keeping.
pub(in crate::cli) fn not_saved() -> Text {
    let mut text = Text::new();
    text.line(Tone::Bad, "Not saved: what is refused cannot be carried out later either.");
    text
}

/// The same for a pull request.
pub(in crate::cli) fn saved_block(text: &Text) -> String {
    super::markdown::fenced("text", &text.to_string())
}
