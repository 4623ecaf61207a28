//! The errors that leave this crate, and the one that user code returns; knows no room that makes them.

use std::error::Error as StdError;
use std::fmt;

/// Any error, as the standard library boxes it.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// What a migration returns: [`Failure`] takes any error by `?`.
///
/// ```
/// fn parse(text: &str) -> migrate_core::Result<u32> {
///     Ok(text.trim().parse()?)
/// }
/// assert!(parse("x").is_err());
/// ```
pub type Result<T = (), E = Failure> = std::result::Result<T, E>;

/// What kind of thing went wrong: stable, with a code each ([`ErrorKind::code`]) that `docs/errors.md` explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// M0101: nothing is registered.
    EmptyRegistry,
    /// M0102: a sequence that was asked for is not linked.
    UnknownSequence,
    /// M0103: two crates bring the same sequence, or two migrations the same number.
    DuplicateMigration,
    /// M0104: one table is declared twice.
    DuplicateTable,
    /// M0105: a number is missing.
    MissingNumber,
    /// M0106: a migration is skipped on a fresh database although an earlier one runs there.
    OnFreshOrder,
    /// M0107: a name or prefix that DynamoDB does not take.
    InvalidName,
    /// M0201: nothing says which database is meant, or two things contradict.
    Target,
    /// M0202: an argument makes no sense.
    Usage,
    /// M0203: the file of environments, or what it says of tables, makes no sense.
    Config,
    /// M0204: what was typed, or who the caller is, contradicts the environment.
    WrongEnvironment,
    /// M0301: something would be dropped without consent.
    ConsentMissing,
    /// M0302: a difference that DynamoDB cannot change in place.
    ImpossibleInPlace,
    /// M0303: a declared table is there but is not ours.
    NotOwned,
    /// M0304: a difference that this version cannot apply yet.
    NotSupported,
    /// M0305: tables hold data but there is no history.
    DataWithoutHistory,
    /// M0306: a migration for before the deploy stands behind one for after it.
    PhaseOrder,
    /// M0307: the database belongs to another environment.
    OtherEnvironment,
    /// M0308: a table that is made elsewhere is not as the code needs it.
    MadeElsewhere,
    /// M0309: a migration that is to be rolled back has no rollback.
    NoRollback,
    /// M0401: a migration was edited after it was applied or started.
    Edited,
    /// M0402: the database has a migration that the code lacks.
    MissingMigration,
    /// M0403: a pending migration stands before an applied one.
    OutOfOrder,
    /// M0404: a migration was given another number.
    Renumbered,
    /// M0405: the database is ahead, by a migration that breaks this binary.
    Ahead,
    /// M0406: the database is older than this sequence's first migration.
    TooOld,
    /// M0407: a record cannot be read.
    CorruptHistory,
    /// M0408: the plan no longer fits what is there.
    StalePlan,
    /// M0409: something was begun, and a person must say how it stands.
    Unsettled,
    /// M0501: somebody else holds the lock.
    LockHeld,
    /// M0502: the lock was lost while working.
    LockLost,
    /// M0601: the engine cannot be reached.
    Unreachable,
    /// M0602: no credentials, or they are not accepted.
    Credentials,
    /// M0603: a permission is missing.
    AccessDenied,
    /// M0604: a table that should be there is not: wrong region or account?
    NotFound,
    /// M0605: the engine throttled a request beyond all retries.
    Throttled,
    /// M0606: the embedded engine's file is damaged or cannot be opened.
    EmbeddedFile,
    /// M0607: a write was asked of a client that only reads.
    ReadOnly,
    /// M0608: any other answer of the engine.
    Service,
    /// M0701: a migration returned an error.
    MigrationFailed,
    /// M0702: a migration panicked.
    MigrationPanicked,
    /// M0703: an item does not fit the type it was read as.
    Decode,
    /// M0704: a value cannot be written as an item.
    Encode,
    /// M0705: an item kept changing under a transform.
    Contention,
    /// M0706: a function is not safe to run again.
    NotRepeatable,
    /// M0707: items failed and were put aside, more than the migration allows.
    DeadLetters,
    /// M0708: items are not as a migration's `verify` wants them.
    Unverified,
    /// M0709: items in their old shape keep coming.
    OldShape,
    /// M0801: the wanted state does not show after everything was done.
    NotVerified,
    /// M0901: stopped at a safe point on request.
    Interrupted,
    /// M0902: not all is done, and nothing is wrong with that: run it again.
    Incomplete,
}

impl ErrorKind {
    /// The stable code, as `error[M0301]` shows it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmptyRegistry => "M0101",
            Self::UnknownSequence => "M0102",
            Self::DuplicateMigration => "M0103",
            Self::DuplicateTable => "M0104",
            Self::MissingNumber => "M0105",
            Self::OnFreshOrder => "M0106",
            Self::InvalidName => "M0107",
            Self::Target => "M0201",
            Self::Usage => "M0202",
            Self::Config => "M0203",
            Self::WrongEnvironment => "M0204",
            Self::ConsentMissing => "M0301",
            Self::ImpossibleInPlace => "M0302",
            Self::NotOwned => "M0303",
            Self::NotSupported => "M0304",
            Self::DataWithoutHistory => "M0305",
            Self::PhaseOrder => "M0306",
            Self::OtherEnvironment => "M0307",
            Self::MadeElsewhere => "M0308",
            Self::NoRollback => "M0309",
            Self::Edited => "M0401",
            Self::MissingMigration => "M0402",
            Self::OutOfOrder => "M0403",
            Self::Renumbered => "M0404",
            Self::Ahead => "M0405",
            Self::TooOld => "M0406",
            Self::CorruptHistory => "M0407",
            Self::StalePlan => "M0408",
            Self::Unsettled => "M0409",
            Self::LockHeld => "M0501",
            Self::LockLost => "M0502",
            Self::Unreachable => "M0601",
            Self::Credentials => "M0602",
            Self::AccessDenied => "M0603",
            Self::NotFound => "M0604",
            Self::Throttled => "M0605",
            Self::EmbeddedFile => "M0606",
            Self::ReadOnly => "M0607",
            Self::Service => "M0608",
            Self::MigrationFailed => "M0701",
            Self::MigrationPanicked => "M0702",
            Self::Decode => "M0703",
            Self::Encode => "M0704",
            Self::Contention => "M0705",
            Self::NotRepeatable => "M0706",
            Self::DeadLetters => "M0707",
            Self::Unverified => "M0708",
            Self::OldShape => "M0709",
            Self::NotVerified => "M0801",
            Self::Interrupted => "M0901",
            Self::Incomplete => "M0902",
        }
    }
}

/// An error and its causes in one line.
#[cfg(feature = "aws")]
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

/// The same for what is kept of it where others read too: without the keys of items, as far as it was this library that named them.
#[cfg(feature = "aws")]
pub(crate) fn keyless(error: &(dyn StdError + 'static)) -> String {
    let all = std::iter::successors(Some(error), |&error| error.source());
    let ours = all.filter_map(|error| error.downcast_ref::<Error>());
    ours.fold(chain(error), |text, error| match &error.0.keyless {
        Some(keyless) => text.replace(&error.to_string(), keyless),
        None => text,
    })
}

/// An error of this library: a [kind](ErrorKind), what happened, and often how to mend it.
///
/// Its `Display` is one sentence without the code; [`help`](Error::help) is the exact next step.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    help: Vec<String>,
    source: BoxError,
    /// What it says without the keys of items, where it names any.
    #[cfg(feature = "aws")]
    keyless: Option<String>,
}

impl Error {
    /// Wraps what a room says.
    #[cfg(feature = "aws")]
    pub(crate) fn new(kind: ErrorKind, source: impl Into<BoxError>) -> Self {
        Self(Box::new(Inner { kind, help: Vec::new(), source: source.into(), keyless: None }))
    }

    /// It names items by their keys; this says the same without them.
    #[cfg(feature = "aws")]
    #[must_use]
    pub(crate) fn keyless(mut self, text: String) -> Self {
        self.0.keyless = Some(text);
        self
    }

    /// Adds a line that says how to mend it.
    #[cfg(feature = "aws")]
    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help.push(help.into());
        self
    }

    /// What a room said.
    #[cfg(feature = "aws")]
    pub(crate) fn inner(&self) -> &(dyn StdError + 'static) {
        &*self.0.source
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// How to mend it, a line each; often a command to type.
    pub fn help(&self) -> &[String] {
        &self.0.help
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.source.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {self}", self.0.kind.code())?;
        because(self.source(), f)?;
        self.0.help.iter().try_for_each(|line| write!(f, "\n  help: {line}"))
    }
}

/// The causes, a line each.
fn because(first: Option<&(dyn StdError + 'static)>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    std::iter::successors(first, |&error| error.source()).try_for_each(|error| write!(f, "\n  because: {error}"))
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.source()
    }
}

/// The error of user code: made from any error by `?`, or from text by [`Failure::msg`].
///
/// A text alone is no error: `.ok_or("no e-mail")?` does not compile.
///
/// ```
/// use migrate_core::Failure;
///
/// fn email(customer: Option<&str>) -> migrate_core::Result<&str> {
///     customer.ok_or_else(|| Failure::msg("no e-mail"))
/// }
/// assert!(email(None).is_err());
/// ```
///
/// Like `anyhow::Error` it is itself no [`std::error::Error`], so that the blanket `From` can be.
pub struct Failure(BoxError);

impl Failure {
    /// A failure that is only a sentence.
    ///
    /// ```
    /// let failure = migrate_core::Failure::msg("the bundled file is empty");
    /// assert_eq!(failure.to_string(), "the bundled file is empty");
    /// ```
    pub fn msg(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

    /// The error inside, when it is an `E`.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl From<Failure> for BoxError {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What it says and what caused it, and never what the error inside holds: the SDK's own show items and requests in their `Debug`.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = self.0.downcast_ref::<Error>() {
            return fmt::Debug::fmt(error, f);
        }
        write!(f, "{}", self.0)?;
        because(self.0.source(), f)
    }
}
