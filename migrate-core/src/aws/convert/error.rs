//! Why a description cannot be read; it never knows where it came from.

/// A description that is no table as we know them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConvertError {
    #[error("the description lacks {0}")]
    Missing(&'static str),
    #[error("{what} is `{value}`, which this version does not know")]
    Unknown { what: &'static str, value: String },
    #[error("the key of {0} is neither a partition key nor a partition key with a sort key")]
    Key(String),
    #[error("the key attribute `{0}` has no type")]
    Untyped(String),
    #[error(transparent)]
    Name(#[from] crate::schema::NameError),
}
