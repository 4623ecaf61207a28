//! What SQLite writes down of its write-ahead log where other processes can read it: how many transactions there were, how many frames they have.
//!
//! The `-shm` file begins with the log's index, in the machine's byte order; its fields are part of the file format.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The log of a database file.
pub struct Log {
    database: PathBuf,
    index: Option<File>,
}

impl Log {
    pub fn of(database: &Path) -> Self {
        Self { database: database.to_owned(), index: None }
    }

    /// A file beside the database.
    pub fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.database.clone().into_os_string();
        name.push(end);
        name.into()
    }

    /// Some bytes of the index; zeros while there is none.
    fn bytes<const N: usize>(&mut self, at: u64) -> [u8; N] {
        if self.index.is_none() {
            self.index = File::open(self.beside("-shm")).ok();
        }
        let mut bytes = [0; N];
        match self.index.as_ref().map(|index| index.read_exact_at(&mut bytes, at)) {
            Some(Ok(())) => bytes,
            Some(Err(_)) | None => [0; N],
        }
    }

    fn number(&mut self, at: u64) -> u32 {
        u32::from_ne_bytes(self.bytes(at))
    }

    /// How many transactions were committed since the index was made.
    pub fn transactions(&mut self) -> u32 {
        self.number(8)
    }

    fn frames(&mut self, count: u32) -> u64 {
        let page = u16::from_ne_bytes(self.bytes(14));
        LOG_HEADER + u64::from(count) * (FRAME_HEADER + u64::from(page))
    }

    /// Where the last committed transaction ends.
    pub fn committed(&mut self) -> u64 {
        let last = self.number(16);
        self.frames(last)
    }

    /// Up to where the log may be in the database already: a machine that loses its power has this much of it.
    pub fn kept(&mut self) -> u64 {
        let attempted = self.number(128);
        self.frames(attempted)
    }

    /// How long the log's file is.
    pub fn length(&self) -> u64 {
        std::fs::metadata(self.beside("-wal")).map_or(0, |file| file.len())
    }

    /// Whether a transaction is being written now: there is more than what is committed.
    pub fn is_written(&mut self) -> bool {
        let length = self.length();
        length > self.committed()
    }
}
