//! What a user's function makes of one stored item; pure, and run on its own output before anything is written.

use super::Item;
use super::change::{Change, Reading, Write};
use super::error::{Again, Trouble};
use super::given::Given;
use super::shape::Shape;
use crate::error::Failure;
use crate::schema::PrimaryKey;

/// Judges one stored item: `None` leaves it alone.
pub(super) type Rule<'a> = dyn Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a;

/// `update` and `try_update`.
pub(super) fn update<'a, S: Shape>(
    key: &'a PrimaryKey,
    function: impl Fn(&mut S::Value) -> Result<(), Failure> + Send + Sync + 'a,
) -> impl Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a {
    let reading = Reading { key, null_is_none: S::NULL_IS_NONE, key_may_lack: false };
    let once = move |item: &Item| -> Result<(Change, Given), Trouble> {
        let (mut value, given) = S::decode(item).map_err(|misfit| Trouble::misfit::<S>(misfit))?;
        let before = encoded::<S>(&value)?;
        function(&mut value).map_err(Trouble::function)?;
        let after = encoded::<S>(&value)?;
        Ok((Change::between(&before, &after, item, reading)?, given))
    };
    move |stored| twice(key, stored, &once)
}

/// `transform` and `try_transform`.
pub(super) fn transform<'a, Old: Shape, New: Shape>(
    key: &'a PrimaryKey,
    function: impl Fn(Old::Value) -> Result<New::Value, Failure> + Send + Sync + 'a,
) -> impl Fn(&Item) -> Result<Option<Write>, Trouble> + Send + Sync + 'a {
    let reading = Reading { key, null_is_none: New::NULL_IS_NONE, key_may_lack: true };
    let once = move |item: &Item| -> Result<(Change, Given), Trouble> {
        match Old::decode(item) {
            Ok((old, given)) => {
                let before = encoded::<Old>(&old)?;
                let new = function(old).map_err(Trouble::function)?;
                let after = encoded::<New>(&new)?;
                Ok((Change::between(&before, &after, item, reading)?, given))
            }
            Err(old) => match New::decode(item) {
                // No longer the old type, and already the new one: done.
                Ok((_, given)) => Ok((Change::default(), given)),
                Err(new) => Err(Trouble::misfits::<Old, New>(old, new)),
            },
        }
    };
    move |stored| twice(key, stored, &once)
}

fn encoded<S: Shape>(value: &S::Value) -> Result<Item, Trouble> {
    S::encode(value).map_err(|reason| Trouble::Unwritable { shape: S::name(), reason })
}

/// A run that was interrupted begins again and meets its own output: whatever changes that once more is refused.
fn twice(
    key: &PrimaryKey,
    stored: &Item,
    once: &dyn Fn(&Item) -> Result<(Change, Given), Trouble>,
) -> Result<Option<Write>, Trouble> {
    let (change, given) = once(stored)?;
    if change.is_empty() {
        return Ok(None);
    }
    let (again, _) = once(&change.apply(stored)).map_err(|trouble| Trouble::NotRepeatable(Again::Fails(Box::new(trouble))))?;
    if !again.is_empty() {
        return Err(Trouble::NotRepeatable(Again::Changes(again.names().map(str::to_owned).collect())));
    }
    let expected = change.expected(stored, given, key);
    Ok(Some(Write { change, expected }))
}
