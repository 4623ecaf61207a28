//! An error in the manner of rustc: what happened, why, and what to do; it never knows how it came about.

use std::error::Error as _;

use super::text::{Text, Tone};
use crate::error::Error;

/// What happened, its causes, and how to mend it.
pub(in crate::cli) fn error(error: &Error) -> Text {
    let mut text = Text::new();
    text.add(Tone::Bad, format_args!("error[{}]", error.kind().code())).add(Tone::Strong, ": ");
    text.lines(Tone::Strong, "  | ", error);
    for cause in causes(error) {
        text.add(Tone::Faint, "  = because: ").lines(Tone::Plain, "    ", cause);
    }
    for help in error.help() {
        text.add(Tone::Hint, "help: ").lines(Tone::Plain, "      ", help);
    }
    text
}

/// The causes, outermost first, without those that only repeat what was said.
pub(super) fn causes(error: &Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !last.ends_with(&said) {
            causes.push(said.clone());
        }
        last = said;
        next = cause.source();
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[derive(Debug, thiserror::Error)]
    #[error("migration 0003 split_region failed")]
    struct Failed(#[source] std::io::Error);

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let cause = std::io::Error::other("the bundled file is \u{1b}[31mempty");
        let error = Error::new(ErrorKind::MigrationFailed, Failed(cause)).with_help("mend it\nand run `migrate up` again");
        assert_eq!(
            super::error(&error).to_string(),
            "error[M0701]: migration 0003 split_region failed\n\
             \x20 = because: the bundled file is \\u{1b}[31mempty\n\
             help: mend it\n      and run `migrate up` again\n"
        );
    }

    #[test]
    fn several_problems_stand_under_each_other() {
        let error = Error::new(ErrorKind::MissingNumber, "migration 2 is missing\nmigration 5 is missing");
        assert_eq!(super::error(&error).to_string(), "error[M0105]: migration 2 is missing\n  | migration 5 is missing\n");
    }

    #[test]
    fn every_code_is_explained() {
        let docs = include_str!("../../../../docs/errors.md");
        let source = include_str!("../../error.rs");
        // `Self::Target => "M0201",`: the match is exhaustive, so no code can be missing here.
        let codes: Vec<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_suffix("\",")?.split_once("=> \""))
            .map(|(_, code)| code)
            .collect();
        assert!(codes.len() > 40, "{codes:?}");
        for code in &codes {
            let heading = format!("### {code} ");
            assert!(docs.lines().any(|line| line.starts_with(&heading)), "docs/errors.md lacks a heading «{heading}…»");
        }
        let headings = docs.lines().filter(|line| line.starts_with("### M")).count();
        assert_eq!(headings, codes.len(), "docs/errors.md explains a code that is not there, or one twice");
    }
}
