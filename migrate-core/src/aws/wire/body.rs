//! The bodies that come back, and what they hold; each is parsed once, and what it holds borrows from it.

use super::attributes::Attributes;

/// An answer that is no JSON, or not the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer of the engine cannot be read: {0}")]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// A body as it came.
#[derive(Debug)]
pub(crate) struct Body(pub(super) Vec<u8>);

/// A page of a scan.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) items: Vec<Attributes<'a>>,
    /// The key after which the scan goes on, as DynamoDB's JSON; without one it is at its end.
    pub(crate) last: Option<&'a str>,
    /// Items that were looked at, those that a filter left out included.
    pub(crate) scanned: u64,
    pub(crate) read_units: Option<f64>,
}

/// The answers to a batch of statements, in order.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) answers: Vec<Answer<'a>>,
    pub(crate) write_units: Option<f64>,
}

/// The answer to one statement.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) refusal: Option<Refusal<'a>>,
    /// The item that made a condition fail, where the engine sends it.
    pub(crate) item: Option<Attributes<'a>>,
}

/// Why a statement was not carried out.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    /// Such as `ConditionalCheckFailed`.
    pub(crate) code: &'a str,
    pub(crate) message: std::borrow::Cow<'a, str>,
}

impl Body {
    /// Of `Scan`.
    pub(crate) fn page(&self) -> Result<Page<'_>, Unreadable> {
        todo!()
    }

    /// Of `BatchExecuteStatement`.
    pub(crate) fn batch(&self) -> Result<Batch<'_>, Unreadable> {
        todo!()
    }

    /// Of `GetItem`: the item, if there is one, and the read units.
    pub(crate) fn item(&self) -> Result<(Option<Attributes<'_>>, Option<f64>), Unreadable> {
        todo!()
    }
}
