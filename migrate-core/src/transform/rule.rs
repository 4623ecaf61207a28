//! What a user's function makes of one stored item; pure, and run on its own output before anything is written.

use std::collections::BTreeSet;

use super::Item;
use super::change::{Change, Reading, Write};
use super::error::{Again, Trouble};
use super::given::Given;
use super::shape::Shape;
use crate::aws::wire::Attributes;
use crate::error::Failure;
use crate::schema::PrimaryKey;

/// Judges one stored item: `None` leaves it alone.
pub(super) type Rule<'a> = dyn Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a;

/// One run of the function: what it changes, and what it was given.
type Once<'a> = dyn Fn(&Item) -> Result<(Change, Names), Trouble> + 'a;

/// The attributes that the function was given, where it changed something.
type Names = BTreeSet<String>;

/// `update` and `try_update`.
pub(super) fn update<'a, S: Shape>(
    key: &'a PrimaryKey,
    function: impl Fn(&mut S::Value) -> Result<(), Failure> + Send + Sync + 'a,
) -> impl Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a {
    let reading = Reading { key, null_is_none: S::NULL_IS_NONE, key_may_lack: false };
    let once = move |item: &Item| -> Result<(Change, Names), Trouble> {
        let (mut value, given) = S::decode(&Attributes::of(item)).map_err(|misfit| Trouble::misfit::<S>(misfit))?;
        let before = encoded::<S>(&value)?;
        function(&mut value).map_err(Trouble::function)?;
        let after = encoded::<S>(&value)?;
        let change = Change::between(&before, &after, item, reading)?;
        let names = names(&change, given, item, &before);
        Ok((change, names))
    };
    move |stored| twice(key, stored, &once)
}

/// `transform` and `try_transform`.
pub(super) fn transform<'a, Old: Shape, New: Shape>(
    key: &'a PrimaryKey,
    function: impl Fn(Old::Value) -> Result<New::Value, Failure> + Send + Sync + 'a,
) -> impl Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a {
    let reading = Reading { key, null_is_none: New::NULL_IS_NONE, key_may_lack: true };
    let once = move |item: &Item| -> Result<(Change, Names), Trouble> {
        match Old::decode(&Attributes::of(item)) {
            Ok((old, given)) => {
                let before = encoded::<Old>(&old)?;
                let new = function(old).map_err(Trouble::function)?;
                let after = encoded::<New>(&new)?;
                let change = Change::between(&before, &after, item, reading)?;
                let names = names(&change, given, item, &before);
                Ok((change, names))
            }
            Err(old) => match New::decode(&Attributes::of(item)) {
                // No longer the old type, and already the new one: done.
                Ok(_) => Ok((Change::default(), Names::new())),
                Err(new) => Err(Trouble::misfits::<Old, New>(old, new)),
            },
        }
    };
    move |stored| twice(key, stored, &once)
}

/// A type that takes whatever is there may name fields as well, which its serialised form shows: absent, they were given too.
fn names(change: &Change, given: Given, item: &Item, before: &Item) -> Names {
    if change.is_empty() {
        return Names::new();
    }
    let named = match given {
        Given::Fields(_) => None,
        Given::All => Some(before.keys().map(String::as_str)),
    };
    given.names(&Attributes::of(item)).chain(named.into_iter().flatten()).map(str::to_owned).collect()
}

fn encoded<S: Shape>(value: &S::Value) -> Result<Item, Trouble> {
    let encoded = S::encode(value).map_err(|reason| Trouble::Unwritable { shape: S::name(), reason })?;
    Ok(encoded.to_item().unwrap_or_default())
}

/// A run that was interrupted begins again and meets its own output: whatever changes that once more is refused.
fn twice(key: &PrimaryKey, stored: &Item, once: &Once<'_>) -> Result<Option<Write>, Trouble> {
    let (change, given) = once(stored)?;
    if change.is_empty() {
        return Ok(None);
    }
    let (again, _) = once(&change.apply(stored)).map_err(|trouble| Trouble::NotRepeatable(Again::Fails(Box::new(trouble))))?;
    if !again.is_empty() {
        return Err(Trouble::NotRepeatable(Again::Changes(again.names().map(str::to_owned).collect())));
    }
    let expected = change.expected(stored, &given, key);
    Ok(Some(Write { change, expected }))
}
