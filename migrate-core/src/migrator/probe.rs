//! Which questions a planned change asks of a table's items, and where the answers are kept; decides nothing.

use aws_sdk_dynamodb::Client;

use super::builder::Migrator;
use crate::aws::probe::{Questions, probe};
use crate::diff::{Change, diff};
use crate::error::{Error, ErrorKind};
use crate::plan::{Expiring, Misfits, Observed, Request, VerifyKeys};
use crate::schema::{IndexName, LiveTable, Setting, SettingChange, Status, TableName, TableSchema};

/// What may be scanned without being asked: 64 MB are 8,192 read units, a thousandth of a dollar.
const CHEAP_BYTES: u64 = 64 * 1024 * 1024;
/// The same in pages, since a table's size is told hours late.
const CHEAP_PAGES: usize = 64;

impl Migrator {
    /// Looks at the items of a declared table, where a change depends on them and no earlier look has.
    pub(super) async fn probe(
        &self,
        client: &Client,
        name: &TableName,
        request: &Request,
        observed: &mut Observed,
    ) -> Result<(), Error> {
        let (Some(declared), Some(live)) = (self.declared.tables.get(name), observed.tables.get(name)) else { return Ok(()) };
        let questions = open(name, declared, live, observed);
        if questions.is_empty() || declared.is_verified() || observed.uncounted.contains(name) {
            return Ok(());
        }
        let key = live.schema.key.clone();
        let found = match (&live.status, request.verify_keys) {
            // One that is only being made holds nothing, and cannot be scanned.
            (Status::Creating, _) => Some(None),
            (Status::Active | Status::Updating, VerifyKeys::Always) => Some(Some(None)),
            (Status::Active | Status::Updating, VerifyKeys::WhenCheap) if live.size_bytes <= CHEAP_BYTES => {
                Some(Some(Some(CHEAP_PAGES)))
            }
            (Status::Active | Status::Updating | Status::Deleting | Status::Other(_), _) => None,
        };
        let answers = match found {
            None => return Ok(()),
            Some(None) => Default::default(),
            Some(Some(pages)) => match probe(client, name, &key, &questions, pages).await {
                Ok(Some(answers)) => answers,
                Err(error) if !matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::Throttled) => return Err(error),
                // Not known, as where it costs too much.
                Ok(None) | Err(_) => {
                    observed.uncounted.insert(name.clone());
                    return Ok(());
                }
            },
        };
        if questions.ttl.is_some() {
            let (items, past) = answers.ttl.unwrap_or_default();
            observed.expiring.insert(name.clone(), Expiring { items, past });
        }
        for index in questions.indexes.keys() {
            let found = answers.indexes.get(index).cloned().unwrap_or_default();
            observed.misfits.insert((name.clone(), index.clone()), Misfits { items: found.items, named: found.named });
        }
        Ok(())
    }
}

fn open(name: &TableName, declared: &TableSchema, live: &LiveTable, observed: &Observed) -> Questions {
    let mut questions = Questions::default();
    let mut ask = |index: &IndexName, key| {
        if !observed.misfits.contains_key(&(name.clone(), index.clone())) {
            questions.indexes.insert(index.clone(), key);
        }
    };
    let mut ttl = None;
    for change in diff(&live.schema, declared) {
        match change {
            Change::GlobalIndexMissing { index, declared } | Change::GlobalIndexDiffers { index, declared, .. } => {
                ask(&index, declared.key);
            }
            Change::Setting(SettingChange::Ttl(delta)) => {
                if let (Setting::Set(attribute), false) = (delta.to, observed.expiring.contains_key(name)) {
                    ttl = Some(attribute);
                }
            }
            Change::Key { .. }
            | Change::KeyType { .. }
            | Change::GlobalIndexUndeclared { .. }
            | Change::LocalIndexMissing { .. }
            | Change::LocalIndexDiffers { .. }
            | Change::LocalIndexUndeclared { .. }
            | Change::Setting(_) => {}
        }
    }
    questions.ttl = ttl;
    questions
}
