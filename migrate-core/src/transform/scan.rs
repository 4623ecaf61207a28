//! The pages of a table, each read once, up to the true end; knows no function and no write.

use super::Item;
use super::target::Target;
use crate::aws::fault::explain;
use crate::error::Error;

/// Where a scan stands.
enum Next {
    Begin,
    After(Item),
    /// A page came without a key to go on from: nothing else ends a scan.
    End,
}

/// A consistent scan, page by page.
pub(super) struct Pages<'a> {
    target: &'a Target<'a>,
    next: Next,
}

impl<'a> Pages<'a> {
    pub(super) fn of(target: &'a Target<'a>) -> Self {
        Self { target, next: Next::Begin }
    }

    /// The next page, which may be empty; `None` after the last.
    ///
    /// A failed request leaves the scan where it was.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Item>>, Error> {
        let start = match &self.next {
            Next::Begin => None,
            Next::After(key) => Some(key.clone()),
            Next::End => return Ok(None),
        };
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
        let page = self
            .target
            .cx
            .client()
            .scan()
            .table_name(&self.target.table)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| explain("dynamodb:Scan", &self.target.resource(), error))?;
        self.next = match page.last_evaluated_key {
            Some(key) => Next::After(key),
            None => Next::End,
        };
        Ok(Some(page.items.unwrap_or_default()))
    }
}
