//! Which environment is meant: `--env`, in the file that `--config` names or that lies nearest. Never knows what is in an environment.

use std::path::{Path, PathBuf};

use super::check::check;
use super::environment::Environment;
use super::error::ConfigError;
use super::file::Text;
use super::find::{FILE, find};
use crate::cli::args::Parsed;
use crate::error::Error;

/// What came of it.
#[derive(Debug)]
pub(in crate::cli) enum Chosen {
    /// This one.
    Environment(Box<Environment>),
    /// None was named: nothing of the file counts. The environments that are there, for a note.
    None { file: PathBuf, known: Vec<String> },
    /// None was named, and there is no file.
    NoFile,
}

/// Chooses. Every environment of the file is checked, so that a mistake in one is not found on the day when it is needed.
pub(in crate::cli) fn choose(parsed: &Parsed, folder: &Path) -> Result<Chosen, Error> {
    let global = &parsed.global;
    // Shown, and joined with what it names, as short as can be.
    let nearest = || find(folder).map(|file| file.strip_prefix(folder).map_or(file.clone(), Path::to_owned));
    let file = global.config.clone().or_else(nearest);
    let Some(name) = &global.env else {
        return unnamed(file, parsed.is_typed("config"));
    };
    let Some(path) = file else {
        let example = format!(
            "write {FILE} beside Cargo.toml:\n[env.{name}]\ntarget = \"aws\"\naccount = \"123456789012\"\nregion = \"eu-west-1\"\nnames = \"{name}-{{name}}\""
        );
        return Err(ConfigError::NoFile { name: name.clone(), looked: folder.to_owned() }
            .into_error()
            .with_help("it is looked for in the current folder and above, up to the one with `.git` or a `Cargo.lock`; or give --config PATH")
            .with_help(example));
    };
    let mut environments = read(&path)?;
    match environments.iter().position(|environment| environment.name == *name) {
        Some(at) => Ok(Chosen::Environment(Box::new(environments.swap_remove(at)))),
        None => {
            let known = environments.into_iter().map(|environment| environment.name).collect();
            Err(ConfigError::Unknown { name: name.clone(), file: path, known }.into_error())
        }
    }
}

fn unnamed(file: Option<PathBuf>, is_typed: bool) -> Result<Chosen, Error> {
    let Some(file) = file else { return Ok(Chosen::NoFile) };
    let environments = match read(&file) {
        Ok(environments) => environments,
        Err(error) if is_typed => return Err(error),
        // Nothing of it counts: neither do its mistakes.
        Err(_) => return Ok(Chosen::NoFile),
    };
    let known = environments.into_iter().map(|environment| environment.name).collect();
    if is_typed {
        return Err(ConfigError::NoEnvironment { file, known }.into_error().with_help("name one: `--env NAME`, or MIGRATE_ENV"));
    }
    Ok(Chosen::None { file, known })
}

fn read(path: &Path) -> Result<Vec<Environment>, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { file: path.to_owned(), source }.into_error())?;
    let text = Text { path, text: &text };
    text.parse()?.env.into_iter().map(|(name, raw)| check(text, &name, raw)).collect()
}
