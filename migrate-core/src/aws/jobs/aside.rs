//! Items that failed and were put aside; never their content, only their keys and what was wrong.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::fenced::Write;
use super::shape::{JobError, Letter, canonical, read, shown};
use super::{DeadLetter, Job, JobStore, is_aside};
use crate::aws::store::now;
use crate::aws::wire::Attributes;
use crate::error::{Error, ErrorKind};
use crate::schema::PrimaryKey;

/// Stands between a job and an item that it put aside.
pub(super) const DEAD: &str = "/dead/";
/// As much of an error is kept, in bytes.
const KEPT: usize = 2_000;

/// An item that was put aside, with what tells a person about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    pub job: Job,
    pub letter: DeadLetter,
    pub at: Timestamp,
}

impl Aside {
    /// Its key for people: escaped and cut.
    pub(crate) fn shown(&self, of: Option<&PrimaryKey>) -> String {
        shown(&self.letter.key, of)
    }
}

impl DeadLetter {
    /// Its key, to be asked for.
    pub(crate) fn attributes(&self) -> Result<Attributes<'static>, Error> {
        Attributes::owned(&self.key).map_err(|unreadable| Error::new(ErrorKind::CorruptHistory, unreadable))
    }
}

impl JobStore {
    /// Puts items aside. One that is there already is only said anew.
    pub(crate) async fn put_aside(&self, place: &str, letters: &[DeadLetter]) -> Result<(), Error> {
        let job = self.job(place).await?;
        // A transaction takes an item once.
        let mut puts = BTreeMap::new();
        for DeadLetter { key, error } in letters {
            let mut error = error.clone();
            error.truncate(error.floor_char_boundary(KEPT));
            let sort = self.aside_at(place, key)?;
            let letter = Letter { job: job.clone(), key: key.clone(), error, at: now() };
            puts.insert(sort.clone(), self.put(&sort, &letter)?);
        }
        self.write(puts.into_values().collect()).await
    }

    /// The items of a job that were put aside, by when they were.
    pub(crate) async fn aside(&self, place: &str) -> Result<Vec<DeadLetter>, Error> {
        let found = self.letters(&format!("{}{DEAD}", self.at(place))).await?;
        if let Some(Aside { job, .. }) = found.first() {
            self.known().jobs.insert(place.to_owned(), job.clone());
        }
        Ok(found.into_iter().map(|aside| aside.letter).collect())
    }

    /// The items of all jobs of this turn that were put aside, by when they were.
    pub(crate) async fn all_aside(&self) -> Result<Vec<Aside>, Error> {
        self.letters(&self.at("")).await
    }

    async fn letters(&self, prefix: &str) -> Result<Vec<Aside>, Error> {
        let found = self.query(prefix).await?.into_iter().filter(|(sort, _)| is_aside(sort));
        let mut letters = Vec::new();
        for (sort, item) in found {
            let Letter { job, key, error, at } = read(self, &sort, item)?;
            canonical(&key).map_err(|error| super::shape::damaged(self, &sort, error))?;
            letters.push(Aside { job, letter: DeadLetter { key, error }, at });
        }
        letters.sort_by(|a, b| (a.at, &a.letter.key).cmp(&(b.at, &b.letter.key)));
        Ok(letters)
    }

    /// Takes an item off them: it is done.
    pub(crate) async fn settle(&self, place: &str, key: &str) -> Result<(), Error> {
        self.write(vec![Write::Delete(self.aside_at(place, key)?)]).await
    }

    /// What stands at a place: as it was opened, or as it put items aside in an earlier run.
    async fn job(&self, place: &str) -> Result<Job, Error> {
        let known = {
            let known = self.known();
            known.heads.get(place).map(|head| &head.job).or_else(|| known.jobs.get(place)).cloned()
        };
        match known {
            Some(job) => Ok(job),
            None => Ok(self.head(place).await?.job),
        }
    }

    /// A key may be longer than a sort key may be.
    fn aside_at(&self, place: &str, key: &str) -> Result<String, Error> {
        let key = canonical(key).map_err(|error: JobError| Error::new(ErrorKind::Encode, error))?;
        let hash: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}{DEAD}{hash}", self.at(place)))
    }
}
