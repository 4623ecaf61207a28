//! What the process's end says; knows no text.

use std::process::ExitCode;

use crate::error::ErrorKind;

/// The exit codes, in order of weight: of several, the heaviest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Changes are pending: only `check` and `plan --detailed-exitcode`.
    Pending = 2,
    /// The lock is held by somebody.
    LockHeld = 3,
    /// Refused before the first write.
    Refused = 4,
    /// The history and the code contradict each other, or the plan is stale.
    Conflict = 5,
    /// The command line makes no sense.
    Usage = 64,
    /// Incomplete, and nothing is wrong with it: run again.
    Incomplete = 75,
    /// Interrupted at a safe point.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    /// How a run ends that failed with an error of this kind.
    pub(super) const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::EmptyRegistry
            | ErrorKind::DuplicateMigration
            | ErrorKind::DuplicateTable
            | ErrorKind::MissingNumber
            | ErrorKind::OnFreshOrder
            | ErrorKind::LockLost
            | ErrorKind::Unreachable
            | ErrorKind::Credentials
            | ErrorKind::AccessDenied
            | ErrorKind::NotFound
            | ErrorKind::EmbeddedFile
            | ErrorKind::ReadOnly
            | ErrorKind::Service
            | ErrorKind::MigrationFailed
            | ErrorKind::MigrationPanicked
            | ErrorKind::Decode
            | ErrorKind::Encode
            | ErrorKind::Contention
            | ErrorKind::NotRepeatable
            | ErrorKind::DeadLetters
            | ErrorKind::Unverified
            | ErrorKind::OldShape
            | ErrorKind::NotVerified => Self::Failed,
            ErrorKind::LockHeld => Self::LockHeld,
            ErrorKind::ConsentMissing
            | ErrorKind::ImpossibleInPlace
            | ErrorKind::NotOwned
            | ErrorKind::NotSupported
            | ErrorKind::DataWithoutHistory
            | ErrorKind::PhaseOrder
            | ErrorKind::OtherEnvironment
            | ErrorKind::MadeElsewhere
            | ErrorKind::NoRollback => Self::Refused,
            ErrorKind::Edited
            | ErrorKind::MissingMigration
            | ErrorKind::OutOfOrder
            | ErrorKind::Renumbered
            | ErrorKind::Ahead
            | ErrorKind::TooOld
            | ErrorKind::CorruptHistory
            | ErrorKind::StalePlan
            | ErrorKind::Unsettled => Self::Conflict,
            ErrorKind::UnknownSequence
            | ErrorKind::InvalidName
            | ErrorKind::Target
            | ErrorKind::Usage
            | ErrorKind::Config
            | ErrorKind::WrongEnvironment => Self::Usage,
            ErrorKind::Throttled => Self::Incomplete,
            ErrorKind::Interrupted => Self::Interrupted,
            ErrorKind::Incomplete => Self::Incomplete,
        }
    }

    /// How a plan ends that is refused for this reason: nothing was written, so what else is a failure is a refusal here.
    pub(super) const fn of_refusal(kind: ErrorKind) -> Self {
        match Self::of(kind) {
            Self::Failed => Self::Refused,
            other => other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_that_the_documentation_promises() {
        for (kind, code) in [
            (ErrorKind::MigrationFailed, 1),
            (ErrorKind::Unreachable, 1),
            (ErrorKind::EmptyRegistry, 1),
            (ErrorKind::LockHeld, 3),
            (ErrorKind::ConsentMissing, 4),
            (ErrorKind::ImpossibleInPlace, 4),
            (ErrorKind::NotOwned, 4),
            (ErrorKind::DataWithoutHistory, 4),
            (ErrorKind::Edited, 5),
            (ErrorKind::Ahead, 5),
            (ErrorKind::StalePlan, 5),
            (ErrorKind::OtherEnvironment, 4),
            (ErrorKind::MadeElsewhere, 4),
            (ErrorKind::Target, 64),
            (ErrorKind::Config, 64),
            (ErrorKind::WrongEnvironment, 64),
            (ErrorKind::UnknownSequence, 64),
            (ErrorKind::Throttled, 75),
            (ErrorKind::Interrupted, 130),
        ] {
            assert_eq!(Exit::of(kind).code(), code, "{kind:?}");
        }
        assert_eq!(Exit::of_refusal(ErrorKind::NotFound), Exit::Refused);
        assert_eq!(Exit::of_refusal(ErrorKind::Edited), Exit::Conflict);
    }

    #[test]
    fn of_several_codes_the_heaviest_counts() {
        assert_eq!(Exit::Pending.max(Exit::Conflict), Exit::Conflict);
        assert_eq!(Exit::Done.max(Exit::Pending), Exit::Pending);
    }
}
