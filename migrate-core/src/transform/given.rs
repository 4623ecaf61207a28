//! Which attributes a function was given; knows no values.

use super::Item;

/// What the user's type asked the stored item for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// A struct asked for these fields, so nothing else can have reached the function.
    Fields(&'static [&'static str]),
    /// Every attribute: a map, a flattened field, an enum, a raw item.
    All,
}

impl Given {
    /// The names, those among them that the item lacks too.
    pub(super) fn names<'a>(self, item: &'a Item) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match self {
            Self::Fields(names) => Box::new(names.iter().copied()),
            Self::All => Box::new(item.keys().map(String::as_str)),
        }
    }
}
