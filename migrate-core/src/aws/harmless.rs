//! Texts of an engine and of the SDK without what they repeat of a request: values of items, and the headers that were signed. Knows no request.

use std::error::Error as StdError;
use std::fmt;

use crate::error::BoxError;

/// Where a text goes over to what was sent, and where it comes back; without an end it does not. These are the ones that are known to do so.
const REPEATED: [(&str, &str); 5] = [
    // "The parameter cannot be converted to a numeric value: 12x"
    ("numeric value: ", ""),
    // "Input collection [a, a] contains duplicates."
    ("nput collection [", " contains duplicates"),
    // "Value 'x' at 'key' failed to satisfy constraint: …"; the first of several ends it, since a value may hold anything.
    ("Value '", "' at '"),
    // "The request signature we calculated does not match …": the headers follow, the session token among them.
    ("The Canonical String for this request", ""),
    ("x-amz-security-token", ""),
];
const CUT: char = '…';

/// A message without what it may repeat of the request.
pub(crate) fn harmless(message: &str) -> String {
    let mut text = message.to_owned();
    for (begin, end) in REPEATED {
        let Some((before, behind)) = text.split_once(begin) else { continue };
        let rest = if end.is_empty() { None } else { behind.rfind(end).map(|at| &behind[at..]) };
        text = format!("{before}{begin}{CUT}{}", rest.unwrap_or_default());
    }
    text
}

/// The same for an error and all that caused it: an error that repeats nothing stays what it is, and can be asked for its type.
pub(crate) fn quiet(error: BoxError) -> BoxError {
    let texts =
        std::iter::successors(Some(&*error as &(dyn StdError + 'static)), |&error| error.source()).map(ToString::to_string);
    let texts: Vec<String> = texts.collect();
    let quiet: Vec<String> = texts.iter().map(|text| harmless(text)).collect();
    if quiet == texts {
        return error;
    }
    let told = quiet.into_iter().rev().fold(None, |source, text| Some(Box::new(Told { text, source })));
    told.map_or(error, |told| told as BoxError)
}

/// What an error said.
#[derive(Debug)]
struct Told {
    text: String,
    source: Option<Box<Told>>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Told {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|told| told as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Failure, chain};

    #[test]
    fn what_a_message_repeats_of_a_request_is_cut() {
        for (message, told) in [
            ("no such table", "no such table"),
            (
                "The parameter cannot be converted to a numeric value: CANARY",
                "The parameter cannot be converted to a numeric value: …",
            ),
            ("invalid: Input collection [CANARY, C] contains duplicates.", "invalid: Input collection [… contains duplicates."),
            // A value that looks like the end of itself.
            (
                "Input collection [a] contains duplicates, CANARY] contains duplicates! under root",
                "Input collection [… contains duplicates! under root",
            ),
            ("Input collection [CANARY", "Input collection […"),
            (
                "1 validation error detected: Value 'CANARY' at 'CANARY' at 'key' failed to satisfy constraint",
                "1 validation error detected: Value '…' at 'key' failed to satisfy constraint",
            ),
            (
                "does not match. The Canonical String for this request should have been 'CANARY",
                "does not match. The Canonical String for this request…",
            ),
            ("headers: x-amz-security-token:CANARY", "headers: x-amz-security-token…"),
        ] {
            assert_eq!(harmless(message), told);
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("while it was stored")]
    struct Around(#[source] std::io::Error);

    #[test]
    fn an_error_that_repeats_something_keeps_its_causes_and_one_that_does_not_keeps_its_type() {
        let of = |text: &str| BoxError::from(Failure::from(Around(std::io::Error::other(text.to_owned()))));
        let told = quiet(of("a numeric value: CANARY"));
        assert_eq!(chain(&*told), "while it was stored: a numeric value: …");
        assert!(!format!("{told:?}").contains("CANARY"), "{told:?}");
        assert!(quiet(of("disk full")).is::<Around>());
    }
}
