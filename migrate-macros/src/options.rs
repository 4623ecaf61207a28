//! The one grammar of every macro's options: `word`, `name = value` and `name(..)` between commas; never knows an option.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parse;
use syn::{LitBool, LitStr, Path};

use crate::errors::Errors;

/// One option as written.
pub struct Entry {
    /// Its word.
    pub key: Ident,
    /// What follows the word.
    pub value: Value,
}

/// What follows an option's word.
pub enum Value {
    /// Nothing.
    Word,
    /// `= tokens`
    Is(TokenStream),
    /// `(tokens)`
    List(TokenStream),
}

/// An option of a macro: one row of its table.
pub struct Row<T> {
    /// Its word.
    pub name: &'static str,
    /// How it is written, for messages.
    pub form: &'static str,
    /// Whether it may be repeated.
    pub many: bool,
    /// Writes it down; `None` means that it is not written as [`Row::form`] says, or that a nested mistake was collected.
    pub set: fn(&mut T, &Entry, &mut Errors) -> Option<()>,
}

/// Writes a value down, if it is one.
pub fn put<T>(slot: &mut Option<T>, value: Option<T>) -> Option<()> {
    *slot = Some(value?);
    Some(())
}

/// The options that were given already, over all attributes of one item.
pub type Seen = BTreeMap<&'static str, Span>;

/// Reads options by their table into `target`, collecting every mistake.
pub fn read<T>(rows: &[Row<T>], tokens: TokenStream, target: &mut T, seen: &mut Seen, errors: &mut Errors) {
    for entry in entries(tokens, errors) {
        let Some(row) = rows.iter().find(|row| entry.key == row.name) else {
            let known: Vec<&str> = rows.iter().map(|row| row.name).filter(|name| *name != "crate").collect();
            unknown("option", &entry.key, &known, errors);
            continue;
        };
        if !row.many && seen.insert(row.name, entry.key.span()).is_some() {
            errors.on(&entry.key, format_args!("`{}` is given twice", row.name));
            continue;
        }
        let before = errors.count();
        if (row.set)(target, &entry, errors).is_none() && errors.count() == before {
            let text =
                if row.form == row.name { format!("`{}` takes no value", row.name) } else { format!("expected `{}`", row.form) };
            match &entry.value {
                Value::Is(tokens) | Value::List(tokens) if !tokens.is_empty() => errors.on(tokens, text),
                _ => errors.on(&entry.key, text),
            }
        }
    }
}

/// Refuses a word that is none of the known ones.
pub fn unknown(what: &str, word: &Ident, known: &[&str], errors: &mut Errors) {
    let near = nearest(&word.to_string(), known).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    errors.on(word, format_args!("unknown {what} `{word}`: {near}known here: {}", known.join(", ")));
}

/// Splits options at their commas.
pub fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    split(tokens).into_iter().filter_map(|part| entry(part, errors)).collect()
}

/// The tokens between top-level commas.
pub fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn entry(part: Vec<TokenTree>, errors: &mut Errors) -> Option<Entry> {
    let mut tokens = part.into_iter();
    let key = match tokens.next()? {
        TokenTree::Ident(key) => key,
        other => {
            errors.on(&other, "expected an option's name");
            return None;
        }
    };
    let value = match tokens.next() {
        None => Value::Word,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => Value::Is(tokens.by_ref().collect()),
        Some(TokenTree::Group(group)) if is_list(&group) => Value::List(group.stream()),
        Some(other) => {
            errors.on(&other, format_args!("expected `,`, `=` or `(` after `{key}`"));
            return None;
        }
    };
    if let Some(rest) = tokens.next() {
        errors.on(&rest, "expected `,`");
        return None;
    }
    Some(Entry { key, value })
}

impl Entry {
    /// A word without a value.
    pub fn word(&self) -> Option<Span> {
        matches!(self.value, Value::Word).then(|| self.key.span())
    }

    /// What stands after `=`.
    pub fn parse<T: Parse>(&self) -> Option<T> {
        match &self.value {
            Value::Is(tokens) => syn::parse2(tokens.clone()).ok(),
            Value::Word | Value::List(_) => None,
        }
    }

    /// `= "text"`
    pub fn text(&self) -> Option<LitStr> {
        self.parse()
    }

    /// `= true` or `= false`
    pub fn flag(&self) -> Option<bool> {
        self.parse::<LitBool>().map(|literal| literal.value)
    }

    /// `= path`, also as `= "path"`
    pub fn path(&self) -> Option<Path> {
        match self.text() {
            Some(text) => text.parse().ok(),
            None => match &self.value {
                Value::Is(tokens) => syn::parse::Parser::parse2(Path::parse_mod_style, tokens.clone()).ok(),
                Value::Word | Value::List(_) => None,
            },
        }
    }

    /// The parts of a list that is not empty.
    pub fn parts(&self) -> Option<Vec<Vec<TokenTree>>> {
        let Value::List(tokens) = &self.value else { return None };
        Some(split(tokens.clone())).filter(|parts| !parts.is_empty())
    }

    /// `= word(tokens)`
    pub fn call(&self, word: &str) -> Option<TokenStream> {
        let Value::Is(tokens) = &self.value else { return None };
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        match tokens.as_slice() {
            [TokenTree::Ident(found), TokenTree::Group(group)] if found == word && is_list(group) => Some(group.stream()),
            _ => None,
        }
    }

    /// `= word`, one of these
    pub fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let word: Ident = self.parse()?;
        words.iter().find(|(name, _)| word == name).map(|&(_, value)| value)
    }
}

/// Words of a list that is not empty, each known and each once, as what `known` makes of them; `None` when it is no such list.
pub fn words<T>(entry: &Entry, errors: &mut Errors, mut known: impl FnMut(&Ident, &mut Errors) -> Option<T>) -> Option<Vec<T>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for part in entry.parts()? {
        let Ok(word) = syn::parse2::<Ident>(tokens_of(&part)) else {
            errors.on(&tokens_of(&part), "expected a word without a value");
            continue;
        };
        if !seen.insert(word.to_string()) {
            errors.on(&word, format_args!("`{word}` is named twice"));
        } else if let Some(word) = known(&word, errors) {
            found.push(word);
        }
    }
    Some(found)
}

/// Whether these tokens are `word = ..`.
pub fn is_assignment(part: &[TokenTree]) -> bool {
    matches!(part, [TokenTree::Ident(_), TokenTree::Punct(punct), ..] if punct.as_char() == '=')
}

fn is_list(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis
}

/// Tokens and their place, for messages.
pub fn tokens_of(parts: &[TokenTree]) -> TokenStream {
    parts.iter().map(ToTokens::to_token_stream).collect()
}

/// The known word that is at most two edits away.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().map(|name| (distance(word, name), *name)).filter(|(edits, _)| *edits <= 2).min().map(|(_, name)| name)
}

fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        for (j, b) in right.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(0);
            let value = (diagonal + usize::from(a != *b)).min(above + 1).min(previous + 1);
            if let Some(cell) = row.get_mut(j) {
                *cell = previous;
            }
            diagonal = above;
            previous = value;
        }
        if let Some(cell) = row.last_mut() {
            *cell = previous;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("steam", &["name", "stream", "ttl"]), Some("stream"));
        assert_eq!(nearest("partition_keys", &["partition_key", "sort_key"]), Some("partition_key"));
        assert_eq!(nearest("colour", &["name", "stream", "ttl"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
