//! The environment, looked at through one function so that decisions can be tested; knows no variable's meaning.
#![allow(clippy::disallowed_methods, reason = "the one room that reads the environment")]

/// Looks a variable up; an empty one counts as unset, as CI systems set those.
pub(super) type Lookup<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// The process's own environment.
pub(super) fn process(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder that the process works in; an empty path, which means the same, if it has no name any more.
pub(super) fn folder() -> std::path::PathBuf {
    std::env::current_dir().unwrap_or_default()
}

/// Whether a variable is there and empty.
pub(super) fn is_empty(name: &std::ffi::OsStr) -> bool {
    std::env::var_os(name).is_some_and(|value| value.is_empty())
}
