//! New items from what is there: of another key, in another table, several from one. What is there already is never overwritten, unless it
//! is older by the version that both count.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::{Job, Kind, Source, run};
use super::error::{Keyless, Trouble};
use super::read::as_type;
use super::rule::{self, Reads};
use super::shape::{Shape, Typed};
use super::target::{Place, Target};
use crate::aws::item_key::ItemKey;
use crate::aws::wire::Attributes;
use crate::error::{Error, Failure};
use crate::history::Counts;
use crate::schema::{ScalarType, Table};

/// Puts what `function` makes of each item into the table of `D`, where it is not yet.
pub(super) async fn copy_each<T, D, I>(
    target: &Target<'_>,
    function: impl Fn(T) -> Result<I, Failure> + Send + Sync,
) -> Result<Counts, Error>
where
    T: DeserializeOwned,
    D: Table + Serialize + DeserializeOwned,
    I: IntoIterator<Item = D>,
{
    let into = Place::of::<D>(target.cx);
    let encode = |value: D| -> Result<Attributes<'static>, Trouble> {
        let unwritable = |reason| Trouble::Unwritable { shape: Typed::<D>::name(), reason };
        let item = Typed::<D>::encode(&value).map_err(unwritable)?;
        match lacks(&into, &item) {
            None => Ok(item),
            Some((attribute, scalar)) => {
                Err(Trouble::Keyless { table: into.table.clone(), attribute: attribute.to_owned(), scalar })
            }
        }
    };
    let rule = rule::reading(target.rule_terms(None), as_type::<T>, |value| {
        let made = function(value).map_err(Trouble::function)?;
        Ok(Reads::Insert(made.into_iter().map(encode).collect::<Result<_, _>>()?))
    });
    let name = target.cx.place(&format!("copy to {} from", into.table), &target.place.table);
    run(&Job { target, name, kind: Kind::Writes, rule: &rule, into: &into }, Source::Scan).await
}

/// The key attribute that an item lacks, or has of another type.
pub(super) fn lacks<'a>(place: &'a Place, item: &Attributes<'_>) -> Option<(&'a str, ScalarType)> {
    let attribute = match ItemKey::of_text(&place.key, item) {
        Ok(key) => key.wrong_type(&place.key)?,
        Err(attribute) => attribute,
    };
    let element = place.key.attributes().find(|element| element.name == attribute)?;
    Some((attribute, element.scalar))
}

/// The caller's item as what is put, if it is one that is meant.
pub(super) fn keyed(
    target: &Target<'_>,
    number: usize,
    item: Attributes<'static>,
) -> Result<Option<Attributes<'static>>, Error> {
    if let Some((attribute, scalar)) = lacks(&target.place, &item) {
        let table = target.place.table.clone();
        return Err(Keyless::Put { number, table, attribute: attribute.to_owned(), scalar }.into());
    }
    Ok(target.takes(&target.place.key_of(&item)?).then_some(item))
}
