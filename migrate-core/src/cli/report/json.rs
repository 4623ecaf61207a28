//! The one document that `--format json` and `--format markdown` print; it never knows how its parts came about.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::error::causes;
use super::markdown::{code, fenced};
use super::text::{Text, steers};
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::error::Error;

/// The document, put together while a command works.
/// Its keys stand in the order in which they were set: the version first, what came of it last.
#[derive(Debug)]
pub(in crate::cli) struct Document {
    keys: Vec<(&'static str, Value)>,
    /// The same in Markdown, a block each; its heading is made at the end.
    blocks: Vec<String>,
    verb: String,
    target: Option<String>,
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().map(|(key, value)| (key, value)))
    }
}

impl Document {
    /// Its version comes first: whoever reads it can tell.
    pub(in crate::cli) fn new(verb: &str) -> Self {
        let keys = vec![("format", json!(1)), ("verb", json!(verb))];
        Self { keys, blocks: Vec::new(), verb: verb.to_owned(), target: None }
    }

    /// What it is about: the target, in words.
    pub(in crate::cli) fn about(&mut self, target: impl ToString) {
        self.target = Some(target.to_string());
    }

    /// Adds a block of Markdown.
    pub(in crate::cli) fn block(&mut self, markdown: String) {
        self.blocks.extend(Some(markdown).filter(|markdown| !markdown.is_empty()));
    }

    /// Adds what people read, as it stands.
    pub(in crate::cli) fn verbatim(&mut self, text: &Text) {
        let text = text.to_string();
        if !text.trim().is_empty() {
            self.block(fenced("text", &text));
        }
    }

    pub(in crate::cli) fn set(&mut self, key: &'static str, value: Value) {
        self.keys.retain(|(known, _)| *known != key);
        self.keys.push((key, value));
    }

    /// Adds to a list.
    pub(in crate::cli) fn push(&mut self, key: &'static str, value: Value) {
        match self.keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, Value::Array(list))) => list.push(value),
            Some(_) | None => self.set(key, json!([value])),
        }
    }

    /// The text. Nothing in it steers a terminal.
    pub(in crate::cli) fn finish(self, format: Format, exit: Exit) -> String {
        match format {
            Format::Human | Format::Json | Format::Hcl => self.json(exit),
            Format::Markdown => self.markdown(exit),
        }
    }

    fn markdown(self, exit: Exit) -> String {
        let target = self.target.map(|target| format!(": {}", code(&target))).unwrap_or_default();
        let heading = format!("### `migrate {}`{target}", self.verb);
        let end = (exit != Exit::Done).then(|| format!("<sub>exit {}</sub>", exit.code()));
        let blocks: Vec<String> = std::iter::once(heading).chain(self.blocks).chain(end).collect();
        format!("{}\n", blocks.join("\n\n"))
    }

    /// It ends with what the process ends with.
    fn json(mut self, exit: Exit) -> String {
        self.set("exit", json!(exit.code()));
        let text = serde_json::to_string_pretty(&self).unwrap_or_default();
        let mut clean = String::with_capacity(text.len() + 1);
        for c in text.chars() {
            // Serde escapes those below U+0020 itself.
            if c != '\n' && steers(c) {
                clean.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
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
        let text = document.finish(Format::Json, Exit::LockHeld);
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

    #[test]
    fn the_same_for_a_pull_request() {
        let mut document = Document::new("plan");
        document.about("AWS account 1, region eu-west-1 as a|b");
        document.block("**done**".to_owned());
        document.block(String::new());
        let mut text = Text::new();
        text.plain("as it `stands`").end();
        document.verbatim(&text);
        assert_eq!(
            document.finish(Format::Markdown, Exit::Pending),
            "### `migrate plan`: <code>AWS account 1, region eu-west-1 as a&#124;b</code>

**done**

```text
as it `stands`
```

<sub>exit 2</sub>
"
        );
    }
}
