//! Why the engine could not be opened; it never knows requests, whose errors are DynamoDB's own.

use std::io;
use std::path::PathBuf;

/// The embedded engine could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The file holds something else, or it is damaged.
    #[error(
        "`{}` is not a database of the embedded engine, or it is damaged ({reason}); nothing in it was changed: \
         move it away to start with an empty one, or restore it from a copy", path.display()
    )]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What the engine found.
        reason: String,
    },
    /// The file or its directory cannot be written by this user.
    #[error(
        "`{}` cannot be written ({reason}); nothing was changed: make the file and its directory writable, \
         or choose another path", path.display()
    )]
    NotWritable {
        /// The path that refused.
        path: PathBuf,
        /// What the operating system or the engine said.
        reason: String,
    },
    /// The path names a directory.
    #[error("`{}` is a directory; name a file in it", path.display())]
    IsDirectory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads through something that is no directory.
    #[error("`{}` is not a directory, so that no database can lie in it; choose another path", path.display())]
    NotDirectory {
        /// What is in the way.
        path: PathBuf,
    },
    /// Another process holds the file and does not let go.
    #[error("`{}` is held by another process; wait until it ends, or end it", path.display())]
    Busy {
        /// The database file.
        path: PathBuf,
    },
    /// The path cannot be used for another reason of the operating system.
    #[error("`{}` cannot be opened", path.display())]
    Io {
        /// The path that refused.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The engine failed for another reason.
    #[error("the embedded engine cannot open `{}`: {reason}", path.display())]
    Other {
        /// The database file, `:memory:` for the engine without one.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
}

impl EngineError {
    pub(super) fn from_io(path: &std::path::Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { path, reason: source.to_string() }
            }
            io::ErrorKind::NotADirectory => Self::NotDirectory { path },
            _ => Self::Io { path, source },
        }
    }

    /// The engine passes SQLite's own sentences on, as texts: they are the only thing there is to go by.
    pub(super) fn from_engine(path: &std::path::Path, error: &dynoxide::DynoxideError) -> Self {
        let path = path.to_owned();
        let reason = error.to_string();
        let says = |sentences: &[&str]| sentences.iter().any(|text| reason.contains(text));
        if says(&["not a valid SQLite database", "file is not a database", "malformed"]) {
            Self::Corrupt { path, reason }
        } else if says(&["readonly database", "unable to open database file"]) {
            Self::NotWritable { path, reason }
        } else if says(&["database is locked"]) {
            Self::Busy { path }
        } else {
            Self::Other { path, reason }
        }
    }
}
