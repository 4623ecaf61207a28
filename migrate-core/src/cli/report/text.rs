//! Text with tones, in which nothing that comes from a database can reach the terminal as a command; it never knows what it says.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use anstyle::{AnsiColor, Style};

/// What a piece of text means; the colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Change,
    Bad,
    Hint,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Change => colour(AnsiColor::Yellow),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Hint => colour(AnsiColor::Cyan),
        }
    }
}

/// Lines of text with colours; the console takes those out where they do not belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Text(String);

impl Text {
    pub(in crate::cli) fn new() -> Self {
        Self::default()
    }

    /// Adds a piece. What could steer a terminal is shown as an escape instead.
    pub(in crate::cli) fn add(&mut self, tone: Tone, piece: impl Display) -> &mut Self {
        let piece = piece.to_string();
        let (piece, style) = (clean(&piece), tone.style());
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "{style}{piece}{style:#}");
        self
    }

    pub(in crate::cli) fn plain(&mut self, piece: impl Display) -> &mut Self {
        self.add(Tone::Plain, piece)
    }

    /// Ends the line.
    pub(in crate::cli) fn end(&mut self) -> &mut Self {
        self.0.push('\n');
        self
    }

    /// A whole line in one tone.
    pub(in crate::cli) fn line(&mut self, tone: Tone, piece: impl Display) -> &mut Self {
        self.add(tone, piece).end()
    }

    /// A text of several lines: the first as it stands, the others behind `indent`.
    pub(in crate::cli) fn lines(&mut self, tone: Tone, indent: &str, text: impl Display) -> &mut Self {
        for (at, line) in text.to_string().lines().enumerate() {
            if at > 0 {
                self.plain(indent);
            }
            self.line(tone, line);
        }
        self
    }

    pub(in crate::cli) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// With colours.
    pub(in crate::cli) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without colours.
impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        anstream::adapter::strip_str(&self.0).fmt(f)
    }
}

/// Whether a character steers a terminal, turns the direction of what follows, or does not show, so that two names look like one.
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A text whose every character shows as itself.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => clean.push(' '),
            c if steers(c) => clean.extend(c.escape_unicode()),
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// A text that is coloured already, with what was typed in it: of that only colours and line ends are left as they are.
pub(in crate::cli) fn coloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut whole: String = parts.next().map(lines_of).unwrap_or_default();
    for part in parts {
        match part.split_once('m') {
            Some((codes, rest)) if codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => {
                whole.push_str(&format!("\u{1b}[{codes}m{}", lines_of(rest)));
            }
            Some(_) | None => whole.push_str(&lines_of(&format!("\u{1b}[{part}"))),
        }
    }
    whole
}

fn lines_of(text: &str) -> String {
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        let mut text = Text::new();
        text.add(Tone::Good, "a\u{1b}[2Jb\u{7}c\u{9b}d\u{202e}e\nf").end();
        assert_eq!(text.to_string(), "a\\u{1b}[2Jb\\u{7}c\\u{9b}d\\u{202e}e f\n");
        assert_eq!(text.as_str().matches('\u{1b}').count(), 2, "the colour and its end: {:?}", text.as_str());
    }

    #[test]
    fn what_is_coloured_already_keeps_its_colours_alone() {
        let text = "\u{1b}[1;31merror\u{1b}[0m: \u{1b}[2J\u{1b}]0;t\u{7}\u{202e}x\n  usage\n\u{1b}[";
        let clean = "\u{1b}[1;31merror\u{1b}[0m: \\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{202e}x\n  usage\n\\u{1b}[";
        assert_eq!(coloured(text), clean);
    }

    #[test]
    fn further_lines_are_indented() {
        let mut text = Text::new();
        text.plain("- ").lines(Tone::Plain, "  ", "one\ntwo");
        assert_eq!(text.to_string(), "- one\n  two\n");
    }
}
