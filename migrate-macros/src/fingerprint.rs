//! A migration's fingerprint: a hash over its tokens that comments and formatting do not change; never knows where it is kept.
//!
//! What rustfmt moves does not count: commas before a closing delimiter, commas after the block of a match arm, braces around a lone
//! expression in a closure or a match arm. Neither do the function's name, its visibility and its own attributes, doc comments
//! anywhere, and lint attributes inside the body. Every other token counts, also `#[cfg]` and `#[serde]` inside the body.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use sha2::{Digest, Sha256};

/// The algorithm, as the fingerprint names it: records of another one cannot be compared.
const ALGORITHM: &str = "sha256-tokens-1";

/// Attributes inside a body that say nothing about what it does.
const LINTS: [&str; 7] = ["doc", "allow", "expect", "warn", "deny", "forbid", "rustfmt"];

/// The fingerprint of a function of which `tokens` are left after its attributes, its visibility and its name are taken away.
pub fn of(tokens: impl IntoIterator<Item = TokenStream>) -> String {
    let mut text = Vec::new();
    tokens.into_iter().for_each(|part| sequence(part, &mut text));
    let mut out = format!("{ALGORITHM}:");
    for byte in Sha256::digest(&text) {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// Whether this could be a fingerprint of today's algorithm.
pub fn is_valid(text: &str) -> bool {
    text.strip_prefix(ALGORITHM)
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)))
}

/// What came before a token, as far as it matters.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Other,
    Equals,
    /// `=>`
    Arrow,
    /// `|`, which ends the parameters of a closure
    Bar,
    Pound,
}

/// Writes tokens; a comma is held back until something follows it.
fn sequence(tokens: TokenStream, out: &mut Vec<u8>) {
    let mut before = Before::Other;
    let mut comma = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let next = match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                comma = true;
                before = Before::Other;
                continue;
            }
            // `#[doc = ".."]`, `#![allow(..)]`: looked at before a comma is let out, or one would stand for nothing
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if matches!(tokens.peek(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!') && is_inner(&tokens) {
                    tokens.next();
                }
                if matches!(tokens.peek(), Some(TokenTree::Group(group)) if is_lint(group)) {
                    tokens.next();
                    continue;
                }
                flush(&mut comma, out);
                out.extend(b"p#");
                Before::Pound
            }
            TokenTree::Punct(punct) => {
                flush(&mut comma, out);
                out.push(b'p');
                out.extend(punct.as_char().to_string().as_bytes());
                match (before, punct.as_char()) {
                    (Before::Equals, '>') => Before::Arrow,
                    (_, '=') => Before::Equals,
                    (_, '|') => Before::Bar,
                    _ => Before::Other,
                }
            }
            TokenTree::Group(group) => {
                flush(&mut comma, out);
                let arm = before == Before::Arrow;
                let lone = matches!(before, Before::Arrow | Before::Bar) && is_lone_expression(&group);
                write_group(&group, lone, out);
                // `=> { a } B` and `=> a, B` are one
                comma = arm && group.delimiter() == Delimiter::Brace;
                Before::Other
            }
            TokenTree::Ident(ident) => {
                flush(&mut comma, out);
                text(b'i', &ident.to_string(), out);
                Before::Other
            }
            TokenTree::Literal(literal) => {
                flush(&mut comma, out);
                text(b'l', &literal.to_string(), out);
                Before::Other
            }
        };
        before = next;
    }
}

fn flush(comma: &mut bool, out: &mut Vec<u8>) {
    if std::mem::take(comma) {
        out.extend(b"p,");
    }
}

/// Length first, so that no two different rows of tokens are written the same.
fn text(kind: u8, text: &str, out: &mut Vec<u8>) {
    out.push(kind);
    out.extend(text.len().to_string().as_bytes());
    out.push(b':');
    out.extend(text.as_bytes());
}

fn write_group(group: &Group, bare: bool, out: &mut Vec<u8>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Brace => ('{', '}'),
        Delimiter::Bracket => ('[', ']'),
        // what a macro passed on: invisible in the source
        Delimiter::None => return sequence(group.stream(), out),
    };
    if bare {
        return sequence(group.stream(), out);
    }
    out.extend([b'g', open as u8]);
    sequence(group.stream(), out);
    out.extend([b'g', close as u8]);
}

/// A block without a `;` of its own: what rustfmt wraps around an expression and takes away again.
fn is_lone_expression(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
        && !group.stream().is_empty()
        && !group.stream().into_iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'))
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

/// Whether `!` and a lint attribute follow a `#`.
fn is_inner(tokens: &Tokens) -> bool {
    matches!(tokens.clone().nth(1), Some(TokenTree::Group(group)) if is_lint(&group))
}

fn is_lint(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if LINTS.iter().any(|lint| word == lint))
}

#[cfg(test)]
mod tests;
