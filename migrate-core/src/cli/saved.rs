//! A saved plan's file: written once, for its owner alone; read only if it is the very one that was consented to. Knows nothing of what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use sha2::{Digest, Sha256};

use super::connect::{Connection, Described};
use crate::error::{Error, ErrorKind};
use crate::plan::{Place, Request, SavedPlan, Unreadable};

/// Which saved plan `up` carries out. It consents to what is in it: so it is never taken from the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct SavedArgs {
    /// Carry out this plan, which `plan --out` saved, and nothing else
    #[arg(long, value_name = "FILE", requires = "sha256")]
    pub plan: Option<PathBuf>,
    /// The SHA-256 of the plan that was approved, as `plan --out` told it
    #[arg(long, value_name = "HASH", requires = "plan", value_parser = sha256)]
    pub sha256: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum SavedError {
    #[error("`--out {0}`: there is something already")]
    Taken(String),
    #[error("`--out -`: a plan is saved to a file, for its owner alone")]
    Stdout,
    #[error("the plan cannot be saved to {path}")]
    Unwritable { path: String, source: std::io::Error },
    #[error("{path} cannot be read")]
    Missing { path: String, source: std::io::Error },
    #[error("{path} is no saved plan")]
    NoPlan { path: String, source: Unreadable },
    #[error("{path} was saved by another version of migrate-core")]
    OtherFormat { path: String, source: Unreadable },
    #[error("{path} is not the plan that was consented to: its SHA-256 is {found}, and `--sha256` says {given}")]
    OtherHash { path: String, found: String, given: String },
    #[error("the plan cannot be read back as it was written: this is a fault of the framework")]
    NotReadBack,
    #[error("a saved plan is bound to its account, and who this is is not known: {0}")]
    NoAccount(String),
    #[error("{variable} says otherwise than the saved plan, which is made for {planned}")]
    Variable { variable: &'static str, planned: String },
}

fn sha256(text: &str) -> Result<String, String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok(text.to_ascii_lowercase()) } else { Err("a SHA-256 is 64 hexadecimal digits".to_owned()) }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is typed beside `--plan` and is said by the plan itself.
pub(super) fn contradiction(matches: &ArgMatches) -> Option<String> {
    let own = matches.subcommand_matches("up").unwrap_or(matches);
    let typed = |id: &&str| own.value_source(id) == Some(ValueSource::CommandLine);
    typed(&"plan").then_some(())?;
    let found = ["phase", "to", "drop", "accept", "no_backup", "verify_keys"].into_iter().find(typed)?.replace('_', "-");
    Some(format!("`--{found}` cannot stand beside `--plan`: the saved plan says it"))
}

/// What a variable says must be what the plan was made for: the same command line may then be typed in the same environment.
pub(super) fn agree(request: &Request, phase: Option<crate::plan::Phase>, to: Option<u32>) -> Result<(), Error> {
    let usage = |variable, planned: String| {
        let error = Error::new(ErrorKind::Usage, SavedError::Variable { variable, planned });
        error.with_help(format!("unset {variable}, or make a new plan"))
    };
    if phase.is_some_and(|phase| phase != request.phase) {
        return Err(usage("MIGRATE_PHASE", format!("phase `{}`", format!("{:?}", request.phase).to_lowercase())));
    }
    if to.is_some_and(|to| request.to.map(crate::migration::Version::get) != Some(to)) {
        return Err(usage("MIGRATE_TO", request.to.map_or_else(|| "all migrations".to_owned(), |to| format!("`--to {to}`"))));
    }
    Ok(())
}

/// Which database a plan is bound to. Whose role it is does not count: often one plans and another carries out.
pub(super) fn place(connection: &Connection) -> Result<Place, Error> {
    let place = |engine: &str, account, region, at| Place { engine: engine.to_owned(), account, region, at };
    match connection.described.clone() {
        Described::Embedded { path } => Ok(place("embedded", None, None, Some(path))),
        Described::Endpoint { url, account, region } => Ok(place("endpoint", account, Some(region), Some(url))),
        Described::Aws { account: None, .. } => {
            let why = connection.unknown.clone().unwrap_or_else(|| "STS does not say".to_owned());
            Err(Error::new(ErrorKind::Credentials, SavedError::NoAccount(why))
                .with_help("plan and run with a role and a network that reach AWS STS"))
        }
        Described::Aws { account, region, .. } => Ok(place("aws", account, Some(region), None)),
    }
}

/// Whether a plan may be saved there: what is there already may be somebody's approved plan.
pub(super) fn free(path: &Path) -> Result<(), Error> {
    let usage = |error| Error::new(ErrorKind::Usage, error).with_help("name a new file: `--out FILE`");
    if path == Path::new("-") {
        return Err(usage(SavedError::Stdout));
    }
    // A link that leads nowhere is there too.
    if fs::symlink_metadata(path).is_ok() { Err(usage(SavedError::Taken(path.display().to_string()))) } else { Ok(()) }
}

/// Writes a plan as a whole or not at all, and returns its SHA-256.
pub(super) fn write(path: &Path, plan: &SavedPlan) -> Result<String, Error> {
    let text = plan.encode();
    if SavedPlan::decode(text.as_bytes()).as_ref() != Ok(plan) {
        return Err(Error::new(ErrorKind::Service, SavedError::NotReadBack).with_help("please report it"));
    }
    free(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = new_file(&beside, text.as_bytes()).and_then(|()| {
        // Unlike a renamed file, a link takes no other's place.
        fs::hard_link(&beside, path).or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Err(error),
            _ => new_file(path, text.as_bytes()),
        })
    });
    let _ = fs::remove_file(&beside);
    written.map_err(|source| {
        let path = path.display().to_string();
        Error::new(ErrorKind::Usage, SavedError::Unwritable { path, source })
            .with_help("name a new file in a folder that is there")
    })?;
    Ok(hash(text.as_bytes()))
}

/// A file that is new and its owner's alone: names of tables and what guards them are nobody else's business.
fn new_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// Reads the plan that was consented to. Nothing of another one is looked at.
pub(super) fn read(path: &Path, given: &str) -> Result<SavedPlan, Error> {
    let shown = || path.display().to_string();
    let mut bytes = Vec::new();
    let most = u64::try_from(SavedPlan::LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|source| {
        Error::new(ErrorKind::Usage, SavedError::Missing { path: shown(), source })
            .with_help("name a file that `migrate plan --out FILE` saved")
    })?;
    let anew = "make a new one, `migrate plan --out FILE`, and carry out what you have looked at";
    let no_plan = |source| {
        Error::new(ErrorKind::Usage, SavedError::NoPlan { path: shown(), source })
            .with_help("`migrate plan --out FILE` saves one; `plan --format json` is for reading alone")
    };
    if bytes.len() > SavedPlan::LONGEST {
        return Err(no_plan(Unreadable::TooLong));
    }
    let found = hash(&bytes);
    if found != given {
        let error = SavedError::OtherHash { path: shown(), found, given: given.to_owned() };
        return Err(Error::new(ErrorKind::StalePlan, error)
            .with_help("was it edited, cut short, or made anew after it was approved?")
            .with_help(anew));
    }
    SavedPlan::decode(&bytes).map_err(|source| match source {
        Unreadable::OtherFormat { .. } => {
            Error::new(ErrorKind::StalePlan, SavedError::OtherFormat { path: shown(), source }).with_help(anew)
        }
        Unreadable::TooLong | Unreadable::NoPlan(_) => no_plan(source),
    })
}
