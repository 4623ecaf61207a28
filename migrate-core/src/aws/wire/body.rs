//! The bodies that come back, and what they hold; each is parsed once, and what it holds borrows from it. It never knows what was asked.

use std::borrow::Cow;
use std::fmt;

use aws_smithy_types::body::SdkBody;

use super::attributes::Attributes;
use super::read::Reader;

/// An answer that is no JSON, or not the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer of the engine cannot be read: {0}")]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// A body as it came.
pub(crate) struct Body(pub(super) SdkBody);

/// Never what it holds: that is somebody's data.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.bytes().map_or(0, <[u8]>::len))
    }
}

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
    /// Such as `ConditionalCheckFailed`, as it is written: a known code has nothing to escape.
    pub(crate) code: &'a str,
    pub(crate) message: Cow<'a, str>,
}

impl Body {
    /// Of `Scan`.
    pub(crate) fn page(&self) -> Result<Page<'_>, Unreadable> {
        let (mut items, mut last, mut scanned, mut read_units) = (None, None, None, None);
        self.answer(|reader, name| {
            match name {
                "Items" => items = Some(reader.list(Attributes::read)?),
                // The end of a scan is an answer that says so: a key of a wrong form is not one.
                "LastEvaluatedKey" => last = key(reader)?,
                "ScannedCount" => scanned = Some(reader.number()?.parse().map_err(|_| Unreadable("no count"))?),
                "ConsumedCapacity" => read_units = units(reader)?,
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        let items = items.ok_or(Unreadable("a page without its items"))?;
        Ok(Page { scanned: scanned.unwrap_or(items.len() as u64), items, last, read_units })
    }

    /// Of `BatchExecuteStatement`.
    pub(crate) fn batch(&self) -> Result<Batch<'_>, Unreadable> {
        let (mut answers, mut write_units) = (None, None);
        self.answer(|reader, name| {
            match name {
                "Responses" => answers = Some(reader.list(Answer::read)?),
                "ConsumedCapacity" => {
                    for of_table in reader.list(units)?.into_iter().flatten() {
                        *write_units.get_or_insert(0.0) += of_table;
                    }
                }
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        Ok(Batch { answers: answers.ok_or(Unreadable("a batch without its answers"))?, write_units })
    }

    /// Of `GetItem`: the item, if there is one, and the read units.
    pub(crate) fn item(&self) -> Result<(Option<Attributes<'_>>, Option<f64>), Unreadable> {
        let (mut item, mut read_units) = (None, None);
        self.answer(|reader, name| {
            match name {
                "Item" => item = Some(Attributes::read(reader)?),
                "ConsumedCapacity" => read_units = units(reader)?,
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        Ok((item, read_units))
    }

    /// Reads the whole body as an object; members that are null are as good as not there.
    fn answer<'a>(&'a self, mut each: impl FnMut(&mut Reader<'a>, &str) -> Result<(), Unreadable>) -> Result<(), Unreadable> {
        let bytes = self.0.bytes().ok_or(Unreadable("it is not there"))?;
        let text = str::from_utf8(bytes).map_err(|_| Unreadable("it is not in UTF-8"))?;
        let mut reader = Reader::new(text);
        reader.members(|reader, name| if reader.null()? { Ok(()) } else { each(reader, &name) })?;
        reader.end()
    }
}

impl<'a> Answer<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Unreadable> {
        let mut answer = Self { refusal: None, item: None };
        reader.members(|reader, name| {
            if reader.null()? {
                return Ok(());
            }
            match &*name {
                "Error" => {
                    let mut refusal = Refusal { code: "", message: Cow::Borrowed("") };
                    reader.members(|reader, name| {
                        if reader.null()? {
                            return Ok(());
                        }
                        match &*name {
                            "Code" => refusal.code = reader.raw_string()?,
                            "Message" => refusal.message = reader.string()?,
                            "Item" => answer.item = Some(Attributes::read(reader)?),
                            _ => drop(reader.skip()?),
                        }
                        Ok(())
                    })?;
                    answer.refusal = Some(refusal);
                }
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        Ok(answer)
    }
}

/// A key as text; one without attributes is none.
fn key<'a>(reader: &mut Reader<'a>) -> Result<Option<&'a str>, Unreadable> {
    let text = reader.skip()?;
    let mut attributes = 0;
    Reader::new(text).members(|reader, _| {
        attributes += 1;
        reader.skip().map(drop)
    })?;
    Ok((attributes > 0).then_some(text))
}

/// Of what was consumed, the sum over table and indexes.
fn units(reader: &mut Reader<'_>) -> Result<Option<f64>, Unreadable> {
    let mut units = None;
    reader.members(|reader, name| {
        match &*name {
            "CapacityUnits" => units = Some(reader.number()?.parse().map_err(|_| Unreadable("no capacity"))?),
            _ => drop(reader.skip()?),
        }
        Ok(())
    })?;
    Ok(units)
}
