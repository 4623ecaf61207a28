//! What can go wrong with an item, told with its table and key and without any other value of it; knows no request.

use super::change::KeyChanged;
use super::misfit::Misfit;
use super::shape::{Shape, Unwritable};
use crate::aws::item_key::ItemKey;
use crate::error::{BoxError, Error, ErrorKind, Failure};
use crate::schema::ScalarType;

/// Of an item, before its table and key are named.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("does not fit `{shape}`: {misfit}")]
    Misfit { shape: String, misfit: Misfit },
    #[error("fits neither `{old}` ({old_misfit}) nor `{new}` ({new_misfit})")]
    Misfits { old: String, old_misfit: Box<Misfit>, new: String, new_misfit: Box<Misfit> },
    #[error("cannot be written as `{shape}`: {reason}")]
    Unwritable { shape: String, reason: Unwritable },
    #[error("was refused by the migration's function")]
    Function(#[source] BoxError),
    #[error("would get another `{attribute}`, which is part of its key")]
    KeyChanged { attribute: String },
    #[error("{0}")]
    NotRepeatable(Again),
    #[error("was changed by others {tries} times while its change was being written")]
    Contention { tries: usize },
    #[error("could not be written: {0}")]
    Refused(Error),
    #[error("would make one for table `{table}` that has no `{attribute}` of type {scalar}, which is part of the key")]
    Keyless { table: String, attribute: String, scalar: ScalarType },
}

/// What the function does to its own output.
#[derive(Debug, thiserror::Error)]
pub(super) enum Again {
    #[error("would change once more if the function ran on its own output: {}", quoted(.0))]
    Changes(Vec<String>),
    #[error("would not survive a second run: the function's own output {0}")]
    Fails(Box<Trouble>),
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{}`", name.escape_debug())).collect::<Vec<_>>().join(", ")
}

impl Trouble {
    pub(super) fn misfit<S: Shape>(misfit: Misfit) -> Self {
        Self::Misfit { shape: S::name(), misfit }
    }

    pub(super) fn misfits<Old: Shape, New: Shape>(old_misfit: Misfit, new_misfit: Misfit) -> Self {
        Self::Misfits { old: Old::name(), old_misfit: Box::new(old_misfit), new: New::name(), new_misfit: Box::new(new_misfit) }
    }

    pub(super) fn unwritable<S: Shape>(reason: Unwritable) -> Self {
        Self::Unwritable { shape: S::name(), reason }
    }

    pub(super) fn function(failure: Failure) -> Self {
        Self::Function(failure.into())
    }

    /// What the user's function said. Everything else is told in full already.
    fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Function(error) => Some(&**error),
            Self::NotRepeatable(Again::Fails(trouble)) => trouble.cause(),
            Self::NotRepeatable(Again::Changes(_))
            | Self::Misfit { .. }
            | Self::Misfits { .. }
            | Self::Unwritable { .. }
            | Self::KeyChanged { .. }
            | Self::Contention { .. }
            | Self::Keyless { .. }
            | Self::Refused(_) => None,
        }
    }

    /// Whether it is about this one item: then others may fare better. A function that is not safe to repeat fails for all.
    pub(super) fn is_of_the_item(&self) -> bool {
        !matches!(self, Self::NotRepeatable(_))
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Misfit { .. } | Self::Misfits { .. } => ErrorKind::Decode,
            Self::Unwritable { .. } | Self::KeyChanged { .. } | Self::Keyless { .. } => ErrorKind::Encode,
            Self::Function(_) => ErrorKind::MigrationFailed,
            Self::NotRepeatable(_) => ErrorKind::NotRepeatable,
            Self::Contention { .. } => ErrorKind::Contention,
            Self::Refused(error) => error.kind(),
        }
    }

    fn help(&self) -> Option<&'static str> {
        match self {
            Self::Misfit { .. } | Self::Misfits { .. } => Some(
                "let the type take what is stored (an `Option`, `#[serde(default)]`), or leave items of other entities out with \
                 `.only(|key| ..)`",
            ),
            Self::KeyChanged { .. } => Some(
                "an item's key cannot change in place: `copy_to` makes items of another key, `delete_where` deletes the old ones",
            ),
            Self::NotRepeatable(_) => Some(
                "make the function give the same result on its own output, since a run that was interrupted begins again: skip \
                 what is done already, read the clock outside of the function, use a `BTreeSet` for a list without order",
            ),
            Self::Contention { .. } => Some("run it again when the item is written less often"),
            Self::Unwritable { .. } | Self::Function(_) | Self::Refused(_) | Self::Keyless { .. } => None,
        }
    }

    /// With the table and the item named.
    pub(super) fn of(self, table: &str, key: &ItemKey) -> Error {
        let (kind, help) = (self.kind(), self.help());
        let keyless = format!("an item of table `{table}` {self}");
        let error = Error::new(kind, ItemError { table: table.to_owned(), key: key.clone(), trouble: self }).keyless(keyless);
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

impl From<KeyChanged> for Trouble {
    fn from(KeyChanged(attribute): KeyChanged) -> Self {
        Self::KeyChanged { attribute }
    }
}

#[derive(Debug)]
struct ItemError {
    table: String,
    key: ItemKey,
    trouble: Trouble,
}

impl std::fmt::Display for ItemError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "item {} of table `{}` {}", self.key, self.table, self.trouble)
    }
}

impl std::error::Error for ItemError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.trouble.cause()
    }
}

/// Items that a migration's `verify` does not find as they should be.
#[derive(Debug)]
pub(super) struct Unverified {
    pub(super) table: String,
    pub(super) failed: u64,
    pub(super) of: u64,
    /// The first of them.
    pub(super) named: Vec<ItemKey>,
}

impl std::fmt::Display for Unverified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { table, failed, of, named } = self;
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        let more = if *failed > named.len() as u64 { ", …" } else { "" };
        write!(f, "{failed} of {of} items of table `{table}` are not as `verify` wants them: {}{more}", named.join(", "))
    }
}

impl std::error::Error for Unverified {}

impl From<Unverified> for Error {
    fn from(unverified: Unverified) -> Self {
        let Unverified { table, failed, of, named: _ } = &unverified;
        let keyless = format!("{failed} of {of} items of table `{table}` are not as `verify` wants them");
        Self::new(ErrorKind::Unverified, unverified)
            .keyless(keyless)
            .with_help("nothing was undone; look at these items, mend them or the function, and run it again")
    }
}

/// Of an item without a key to name it by.
#[derive(Debug, thiserror::Error)]
pub(super) enum Keyless {
    #[error(
        "item number {number} given to `put_all` for table `{table}` has no `{attribute}` of type {scalar}, which is part of the key"
    )]
    Put { number: usize, table: String, attribute: String, scalar: ScalarType },
    #[error("item number {number} given to `put_all` for table `{table}` cannot be written as `{shape}`: {reason}")]
    Unwritable { number: usize, table: String, shape: String, reason: Unwritable },
    #[error("an item of table `{table}` has no key attribute `{attribute}`: the table's key is not the declared one")]
    Stored { table: String, attribute: String },
}

impl From<Keyless> for Error {
    fn from(keyless: Keyless) -> Self {
        let kind = match &keyless {
            Keyless::Put { .. } | Keyless::Unwritable { .. } => ErrorKind::Encode,
            Keyless::Stored { .. } => ErrorKind::Decode,
        };
        Self::new(kind, keyless)
    }
}
