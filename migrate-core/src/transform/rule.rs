//! What a user's function makes of one stored item; pure, and run on its own output before anything is written.

use std::collections::BTreeSet;

use super::change::{Change, Expected, Reading, expected, holds};
use super::error::{Again, Trouble};
use super::given::Given;
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

/// One run of the function: what it changes, and what it was given.
type Once<'a> = dyn Fn(&Attributes<'_>) -> Result<(Change, Names), Trouble> + 'a;

/// The attributes that the function was given, where it changed something.
type Names = BTreeSet<String>;

/// `update` and `try_update`.
pub(super) fn update<'a, S: Shape>(
    terms: Terms<'a>,
    function: impl Fn(&mut S::Value) -> Result<(), Failure> + Send + Sync + 'a,
) -> impl Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a {
    let reading = Reading { key: terms.key, null_is_none: S::NULL_IS_NONE, key_may_lack: false };
    let once = move |item: &Attributes<'_>| -> Result<(Change, Names), Trouble> {
        let (mut value, given) = S::decode(item).map_err(|misfit| Trouble::misfit::<S>(misfit))?;
        let before = S::before(item, &value).map_err(unwritable::<S>)?;
        function(&mut value).map_err(Trouble::function)?;
        let after = S::encode(&value).map_err(unwritable::<S>)?;
        let change = Change::between(&before, &after, item, reading)?;
        let names = names(&change, given, item, &before);
        Ok((change, names))
    };
    move |stored| judge(&terms, stored, &once)
}

/// `transform` and `try_transform`.
pub(super) fn transform<'a, Old: Shape, New: Shape>(
    terms: Terms<'a>,
    function: impl Fn(Old::Value) -> Result<New::Value, Failure> + Send + Sync + 'a,
) -> impl Fn(&Attributes<'_>) -> Result<Verdict, Trouble> + Send + Sync + 'a {
    let reading = Reading { key: terms.key, null_is_none: New::NULL_IS_NONE, key_may_lack: true };
    let once = move |item: &Attributes<'_>| -> Result<(Change, Names), Trouble> {
        match Old::decode(item) {
            Ok((old, given)) => {
                let before = Old::before(item, &old).map_err(unwritable::<Old>)?;
                let new = function(old).map_err(Trouble::function)?;
                let after = New::encode(&new).map_err(unwritable::<New>)?;
                let change = Change::between(&before, &after, item, reading)?;
                let names = names(&change, given, item, &before);
                Ok((change, names))
            }
            Err(old) => match New::decode(item) {
                // No longer the old type, and already the new one: done.
                Ok(_) => Ok((Change::default(), Names::new())),
                Err(new) => Err(Trouble::misfits::<Old, New>(old, new)),
            },
        }
    };
    move |stored| judge(&terms, stored, &once)
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
            Reads::Delete => {
                let given: Names = given.names(stored).map(str::to_owned).collect();
                Verdict::Delete(conditions(&terms, stored, &given, &Change::default()))
            }
        })
    }
}

/// A type that takes whatever is there may name fields as well, which its serialised form shows: absent, they were given too.
fn names(change: &Change, given: Given, item: &Attributes<'_>, before: &Attributes<'_>) -> Names {
    if change.is_empty() {
        return Names::new();
    }
    let named = match given {
        Given::Fields(_) => None,
        Given::All => Some(before.iter().map(|(name, _)| name)),
    };
    given.names(item).chain(named.into_iter().flatten()).map(str::to_owned).collect()
}

fn unwritable<S: Shape>(reason: super::shape::Unwritable) -> Trouble {
    Trouble::Unwritable { shape: S::name(), reason }
}

/// A run that was interrupted begins again and meets its own output: whatever changes that once more is refused, unless marks tell what is
/// done.
fn judge(terms: &Terms<'_>, stored: &Attributes<'_>, once: &Once<'_>) -> Result<Verdict, Trouble> {
    let exactly_once = terms.mark.filter(|mark| mark.exactly_once);
    if exactly_once.is_some_and(|mark| stored.get(&mark.attribute) == Some(mark.value.as_str())) {
        return Ok(Verdict::Leave);
    }
    let (mut change, given) = once(stored)?;
    if change.is_empty() {
        return Ok(Verdict::Leave);
    }
    if exactly_once.is_none() {
        let output = change.apply(stored);
        let (again, _) = once(&output).map_err(|trouble| Trouble::NotRepeatable(Again::Fails(Box::new(trouble))))?;
        if !again.is_empty() {
            return Err(Trouble::NotRepeatable(Again::Changes(again.names().map(str::to_owned).collect())));
        }
    }
    if let Some(mark) = terms.mark {
        change.and_set(&mark.attribute, mark.value.clone());
    }
    let expected = conditions(terms, stored, &given, &change);
    if let Some((attribute, next)) = terms.version.and_then(|version| Some((version, next(stored.get(version)?)?))) {
        change.and_set(attribute, next);
    }
    Ok(Verdict::Update(Write { change, expected }))
}

/// What must be as it was: the version alone where the item has one; else what the function depends on and what is written.
fn conditions(terms: &Terms<'_>, stored: &Attributes<'_>, given: &Names, change: &Change) -> Expected {
    if let Some(version) = terms.version.filter(|version| stored.get(version).is_some_and(|text| next(text).is_some())) {
        return expected(stored, [version], terms.key);
    }
    change.expected(stored, terms.depends_on.unwrap_or(given), terms.key)
}

/// The version after this one, where it is a whole number.
fn next(version: &str) -> Option<String> {
    match Value::parse(version).ok()? {
        Value::N(digits) => {
            let next = digits.parse::<i128>().ok()?.checked_add(1)?;
            Some(format!(r#"{{"N":"{next}"}}"#))
        }
        Value::S(_)
        | Value::B(_)
        | Value::Bool(_)
        | Value::Null
        | Value::M(_)
        | Value::L(_)
        | Value::Ss(_)
        | Value::Ns(_)
        | Value::Bs(_)
        | Value::Unknown => None,
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
