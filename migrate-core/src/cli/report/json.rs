//! The one document that `--format json` prints; it never knows how its parts came about.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::error::causes;
use super::text::steers;
use crate::cli::exit::Exit;
use crate::error::Error;

/// The document, put together while a command works.
/// Its keys stand in the order in which they were set: the version first, what came of it last.
#[derive(Debug)]
pub(in crate::cli) struct Document(Vec<(&'static str, Value)>);

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl Document {
    /// Its version comes first: whoever reads it can tell.
    pub(in crate::cli) fn new(verb: &str) -> Self {
        Self(vec![("format", json!(1)), ("verb", json!(verb))])
    }

    pub(in crate::cli) fn set(&mut self, key: &'static str, value: Value) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, value));
    }

    /// Adds to a list.
    pub(in crate::cli) fn push(&mut self, key: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, Value::Array(list))) => list.push(value),
            Some(_) | None => self.set(key, json!([value])),
        }
    }

    /// The text, which ends with what the process ends with. Nothing in it steers a terminal.
    pub(in crate::cli) fn finish(mut self, exit: Exit) -> String {
        self.set("exit", json!(exit.code()));
        let text = serde_json::to_string_pretty(&self).unwrap_or_default();
        let mut clean = String::with_capacity(text.len() + 1);
        for c in text.chars() {
            // Serde escapes those below U+0020 itself; all that steers lies below U+10000.
            if c != '\n' && steers(c) {
                clean.push_str(&format!("\\u{:04x}", u32::from(c)));
            } else {
                clean.push(c);
            }
        }
        clean.push('\n');
        clean
    }
}

/// An error as data.
pub(in crate::cli) fn error(error: &Error) -> Value {
    json!({
        "code": error.kind().code(),
        "message": error.to_string(),
        "because": causes(error),
        "help": error.help(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn one_versioned_document_with_its_exit_code() {
        let mut document = Document::new("status");
        document.push("sequences", json!({"sequence": "shop\u{9b}2J\u{1b}"}));
        document.set("error", error(&Error::new(ErrorKind::LockHeld, "somebody holds it").with_help("wait")));
        let text = document.finish(Exit::LockHeld);
        assert!(text.contains("shop\\u009b2J\\u001b"), "{text}");
        assert!(text.starts_with("{\n  \"format\": 1,\n  \"verb\": \"status\","), "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            json!({
                "format": 1,
                "verb": "status",
                "sequences": [{"sequence": "shop\u{9b}2J\u{1b}"}],
                "error": {"code": "M0501", "message": "somebody holds it", "because": [], "help": ["wait"]},
                "exit": 3,
            })
        );
    }
}
