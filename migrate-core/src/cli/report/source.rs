//! Rust source as it is printed; it never knows what it declares.

use super::text::{Text, Tone};

/// The source, line by line; comments stand back.
pub(in crate::cli) fn source(source: &str) -> Text {
    let mut text = Text::new();
    for line in source.lines() {
        let tone = if line.trim_start().starts_with("//") { Tone::Faint } else { Tone::Plain };
        text.line(tone, line);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_source_stays_as_it_is() {
        let written = "// a\n\npub struct A {\n    // b\n    pub c: u8,\n}\n";
        assert_eq!(super::source(written).to_string(), written);
    }
}
