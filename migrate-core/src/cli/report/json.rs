//! The one document that `--format json` prints; it never knows how its parts came about.

use serde_json::{Map, Value, json};

use super::error::causes;
use super::text::steers;
use crate::cli::exit::Exit;
use crate::error::Error;

/// The document, put together while a command works.
#[derive(Debug)]
pub(in crate::cli) struct Document(Map<String, Value>);

impl Document {
    /// Its version comes first: whoever reads it can tell.
    pub(in crate::cli) fn new(verb: &str) -> Self {
        Self(Map::from_iter([("format".to_owned(), json!(1)), ("verb".to_owned(), json!(verb))]))
    }

    pub(in crate::cli) fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Adds to a list.
    pub(in crate::cli) fn push(&mut self, key: &str, value: Value) {
        if let Value::Array(list) = self.0.entry(key).or_insert_with(|| json!([])) {
            list.push(value);
        }
    }

    /// The text, which ends with what the process ends with. Nothing in it steers a terminal.
    pub(in crate::cli) fn finish(mut self, exit: Exit) -> String {
        self.set("exit", json!(exit.code()));
        let text = serde_json::to_string_pretty(&Value::Object(self.0)).unwrap_or_default();
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
