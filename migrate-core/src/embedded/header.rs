//! A first look at a database file, before SQLite may touch it; it never knows what the tables are.
//!
//! SQLite takes a file that was cut off within its first page for a new one and writes over it.
//! <https://www.sqlite.org/fileformat.html#the_database_header>

use super::error::EngineError;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: usize = 100;

/// Refuses a file that is no SQLite database or that is shorter than it says.
pub(super) fn inspect(path: &Path) -> Result<(), EngineError> {
    // Beside an open database lie these two. Then SQLite knows better what the file should hold, and closing a
    // second handle would free the locks that this process has on it.
    if beside(path, "-wal") || beside(path, "-shm") {
        return Ok(());
    }
    let mut header = Vec::with_capacity(HEADER);
    let length = match File::open(path) {
        Ok(file) => read(&file, &mut header).map_err(|error| EngineError::from_io(path, error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(EngineError::from_io(path, error)),
    };
    let corrupt = |reason: String| EngineError::Corrupt { path: path.to_owned(), reason };
    if length == 0 {
        return Ok(());
    }
    if !header.starts_with(&MAGIC[..header.len().min(MAGIC.len())]) {
        return Err(corrupt("the file does not begin like one".to_owned()));
    }
    match wanted(&header) {
        Some(wanted) if length >= wanted => Ok(()),
        Some(wanted) => Err(corrupt(format!("{length} of {wanted} bytes are left"))),
        None => Err(corrupt(format!("only {length} bytes are left"))),
    }
}

fn beside(path: &Path, suffix: &str) -> bool {
    let mut name = OsString::from(path);
    name.push(suffix);
    Path::new(&name).exists()
}

fn read(file: &File, header: &mut Vec<u8>) -> io::Result<u64> {
    file.take(HEADER as u64).read_to_end(header)?;
    Ok(file.metadata()?.len())
}

/// The size that the header tells: page size and number of pages, big-endian. None if the header is cut off.
fn wanted(header: &[u8]) -> Option<u64> {
    let page = u16::from_be_bytes(header.get(16..18)?.try_into().ok()?);
    let pages = u32::from_be_bytes(header.get(28..32)?.try_into().ok()?);
    header.get(HEADER - 1)?;
    // 65,536 does not fit and is written as 1.
    let page = if page == 1 { 65_536 } else { u64::from(page) };
    Some(page * u64::from(pages))
}
