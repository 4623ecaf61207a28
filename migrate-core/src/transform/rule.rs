//! What a user's function makes of one stored item; pure, and run on its own output before anything is written.

use std::collections::BTreeSet;

use super::change::{Change, Expected, Reading, expected, holds};
use super::error::{Again, Trouble};
use super::given::Given;
use super::same::same;
use super::shape::Shape;
use crate::aws::wire::{Attributes, Value};
use crate::error::Failure;
use crate::schema::PrimaryKey;

/// Judges one stored item.
pub(super) type Rule<'a> = dyn Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a;

/// What is to be done about an item.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Nothing.
    Leave,
    /// It is changed, as long as it is as expected.
    Update(Write),
    /// It is deleted, as long as it is as expected.
    Delete(Expected),
    /// These are put where they are not yet.
    Insert(Vec<Attributes<'static>>),
}

/// A change with its conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) expected: Expected,
}

impl Write {
    /// Whether an item is as this write left it: what is written, and all else that the function was given. Somebody else may
    /// have written the same to an item of which the function would make something else.
    pub(super) fn shows_in(&self, item: &Attributes<'_>) -> bool {
        let written = |name: &str| self.change.names().any(|written| written == name);
        self.change.shows_in(item) && holds(&self.expected, written, item)
    }
}

/// What a rule is made under: the table's key, and what the handle says of conditions and marks.
#[derive(Clone, Debug)]
pub(super) struct Terms<'a> {
    pub(super) key: &'a PrimaryKey,
    /// Only these attributes, and what is written, must be unchanged.
    pub(super) depends_on: Option<&'a BTreeSet<String>>,
    /// The attribute that each writer raises: then it alone must be unchanged.
    pub(super) version: Option<&'a str>,
    pub(super) mark: Option<&'a Mark>,
}

/// What is left on every item that is written.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) attribute: String,
    /// DynamoDB's JSON.
    pub(super) value: String,
    /// Whether an item that has it is done: for functions that are not safe to repeat.
    pub(super) exactly_once: bool,
}

/// `update` and `try_update`.
pub(super) fn update<'a, S: Shape>(
    terms: Terms<'a>,
    function: impl Fn(&mut S::Value) -> Result<(), Failure> + Send + Sync + 'a,
) -> impl Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a {
    let reading = Reading { key: terms.key, null_is_none: S::NULL_IS_NONE, key_may_lack: false };
    let function = move |value: &mut S::Value| function(value).map_err(Trouble::function);
    move |stored| {
        if terms.is_done(stored) {
            return Ok(Verdict::Leave);
        }
        let (mut value, given) = S::decode(stored).map_err(Trouble::misfit::<S>)?;
        let before = S::before(stored, &value).map_err(Trouble::unwritable::<S>)?;
        function(&mut value)?;
        let change = S::change(&before, &value, stored, reading)?;
        if change.is_empty() {
            return Ok(Verdict::Leave);
        }
        terms.is_repeatable(|| S::again(value, &change, stored, reading, &function))?;
        Ok(terms.write(change, stored, given, &before))
    }
}

/// `transform` and `try_transform`.
pub(super) fn transform<'a, Old: Shape, New: Shape>(
    terms: Terms<'a>,
    function: impl Fn(Old::Value) -> Result<New::Value, Failure> + Send + Sync + 'a,
) -> impl Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a {
    let reading = Reading { key: terms.key, null_is_none: New::NULL_IS_NONE, key_may_lack: true };
    let run = move |old: Old::Value, item: &Attributes<'_>, before: &Attributes<'_>| -> Result<Change, Trouble> {
        let new = function(old).map_err(Trouble::function)?;
        New::change(before, &new, item, reading)
    };
    move |stored| {
        if terms.is_done(stored) {
            return Ok(Verdict::Leave);
        }
        let Some((old, given)) = in_old_form::<Old, New>(stored)? else { return Ok(Verdict::Leave) };
        let before = Old::before(stored, &old).map_err(Trouble::unwritable::<Old>)?;
        let change = run(old, stored, &before)?;
        if change.is_empty() {
            return Ok(Verdict::Leave);
        }
        terms.is_repeatable(|| {
            let output = change.apply(stored);
            let Some((old, _)) = in_old_form::<Old, New>(&output)? else { return Ok(Change::default()) };
            let before = Old::before(&output, &old).map_err(Trouble::unwritable::<Old>)?;
            run(old, &output, &before)
        })?;
        Ok(terms.write(change, stored, given, &before))
    }
}

/// An item in its old form; `None` if it is no longer, and already in the new one: done.
fn in_old_form<Old: Shape, New: Shape>(item: &Attributes<'_>) -> Result<Option<(Old::Value, Given)>, Trouble> {
    match Old::decode(item) {
        Ok(old) => Ok(Some(old)),
        Err(old) => match New::decode(item) {
            Ok(_) => Ok(None),
            Err(new) => Err(Trouble::misfits::<Old, New>(old, new)),
        },
    }
}

/// What a function is to do with an item that it only reads.
pub(super) enum Reads {
    Leave,
    Delete,
    Insert(Vec<Attributes<'static>>),
}

/// `delete_where`, `copy_to` and those that only read.
pub(super) fn reading<'a, T>(
    terms: Terms<'a>,
    decode: impl Fn(&Attributes<'_>) -> Result<(T, Given), Trouble> + Send + Sync + 'a,
    function: impl Fn(T) -> Result<Reads, Trouble> + Send + Sync + 'a,
) -> impl Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a {
    move |stored| {
        let (value, given) = decode(stored)?;
        Ok(match function(value)? {
            Reads::Leave => Verdict::Leave,
            Reads::Insert(items) => Verdict::Insert(items),
            Reads::Delete => Verdict::Delete(terms.conditions(stored, given, None, &Change::default())),
        })
    }
}

impl Terms<'_> {
    /// Whether marks say that an item is done.
    fn is_done(&self, stored: &Attributes<'_>) -> bool {
        let mark = self.mark.filter(|mark| mark.exactly_once);
        // An engine may write the same value in another text.
        mark.is_some_and(|mark| stored.get(&mark.attribute).is_some_and(|there| same(there, &mark.value)))
    }

    /// A run that was interrupted begins again and meets its own output: whatever changes that once more is refused, unless marks tell what
    /// is done.
    fn is_repeatable(&self, again: impl FnOnce() -> Result<Change, Trouble>) -> Result<(), Trouble> {
        if self.mark.is_some_and(|mark| mark.exactly_once) {
            return Ok(());
        }
        match again() {
            Ok(again) if again.is_empty() => Ok(()),
            Ok(again) => Err(Trouble::NotRepeatable(Again::Changes(again.names().map(str::to_owned).collect()))),
            Err(trouble) => Err(Trouble::NotRepeatable(Again::Fails(Box::new(trouble)))),
        }
    }

    /// A change with its conditions; marks and versions are written with it.
    fn write(&self, mut change: Change, stored: &Attributes<'_>, given: Given, before: &Attributes<'_>) -> Verdict {
        if let Some(mark) = self.mark {
            change.and_set(&mark.attribute, mark.value.clone());
        }
        let expected = self.conditions(stored, given, Some(before), &change);
        if let Some((attribute, next)) = self.version.and_then(|version| Some((version, next(stored.get(version)?)?))) {
            change.and_set(attribute, next);
        }
        Verdict::Update(Write { change, expected })
    }

    /// What must be as it was: the version alone where the item has one; else what the function depends on and what is written.
    fn conditions(&self, stored: &Attributes<'_>, given: Given, before: Option<&Attributes<'_>>, change: &Change) -> Expected {
        if let Some(version) = self.version.filter(|version| stored.get(version).is_some_and(|text| next(text).is_some())) {
            return expected(stored, std::iter::once(version), self.key);
        }
        if let Some(names) = self.depends_on {
            return expected(stored, names.iter().map(String::as_str).chain(change.names()), self.key);
        }
        // A type that takes whatever is there may name fields as well, which its serialised form shows: absent, they were given too.
        let named = before.filter(|_| matches!(given, Given::All)).map(|before| before.iter().map(|(name, _)| name));
        expected(stored, given.names(stored).chain(named.into_iter().flatten()).chain(change.names()), self.key)
    }
}

/// The version after this one, where it is a whole number.
fn next(version: &str) -> Option<String> {
    Some(format!(r#"{{"N":"{}"}}"#, Value::whole_number(version)?.checked_add(1)?))
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
