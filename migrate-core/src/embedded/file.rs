//! The lock file beside the database: who may touch the database now, and whether its tables changed since we last
//! looked; it never knows what is in the database.
//!
//! SQLite alone would do for the items, but the engine keeps each table's definition in memory: without a word from
//! the process that changed it, a second one would go on writing past a new index. So a counter is kept in the lock
//! file, and raised before a definition changes. The operating system frees the lock of a process that dies.

use super::error::EngineError;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// As long as the engine itself waits for another process while it opens a file.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct LockFile {
    file: File,
    database: PathBuf,
}

/// The right to use the database, until it is dropped.
#[derive(Debug)]
pub(super) struct Held<'a>(&'a File);

impl LockFile {
    /// Opens or creates the lock file of a database.
    pub(super) fn open(database: &Path) -> Result<Self, EngineError> {
        let mut name = OsString::from(database);
        name.push("-lock");
        let path = PathBuf::from(name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| EngineError::from_io(&path, error))?;
        Ok(Self { file, database: database.to_owned() })
    }

    pub(super) fn database(&self) -> &Path {
        &self.database
    }

    /// Waits for the other processes. There is no lock call with a time limit, hence the short naps.
    pub(super) fn hold(&self) -> Result<Held<'_>, EngineError> {
        let begin = Instant::now();
        let mut nap = Duration::from_micros(50);
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(Held(&self.file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    return Err(EngineError::from_io(&self.database, error));
                }
            }
            if begin.elapsed() > PATIENCE {
                return Err(EngineError::Busy { path: self.database.clone() });
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a thread of its own, for blocking work; the system tells nobody that a lock is free"
            )]
            std::thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(5));
        }
    }
}

impl Held<'_> {
    /// How often a table's definition was changed in this file.
    pub(super) fn generation(&self) -> io::Result<u64> {
        let mut file = self.0;
        let mut text = String::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(32).read_to_string(&mut text)?;
        // An empty or foreign text counts as zero: the worst of it is one needless reopening.
        Ok(text.trim().parse().unwrap_or(0))
    }

    /// Tells the other processes to forget what they know about the tables.
    pub(super) fn advance(&self) -> io::Result<u64> {
        let next = self.generation()?.wrapping_add(1);
        let mut file = self.0;
        file.seek(SeekFrom::Start(0))?;
        // One write of one width, so that no reader meets half a number.
        file.write_all(format!("{next:020}\n").as_bytes())?;
        Ok(next)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // If it fails the lock is freed with the file; there is nobody to tell.
        let _ = self.0.unlock();
    }
}
