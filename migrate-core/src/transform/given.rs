//! Which attributes a function was given; knows no values.

use crate::aws::wire::Attributes;

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
    pub(super) fn names<'a>(self, item: &'a Attributes<'_>) -> impl Iterator<Item = &'a str> {
        let (fields, all): (&[&str], _) = match self {
            Self::Fields(fields) => (fields, None),
            Self::All => (&[], Some(item.iter().map(|(name, _)| name))),
        };
        fields.iter().copied().chain(all.into_iter().flatten())
    }
}
