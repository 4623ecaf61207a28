//! Everything that can befall one call, and what it means at the seam; it never knows what is being run.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::call::Call;
use super::verdict::Verdict;

/// More than any client tries again by itself.
const LONG: usize = 12;

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// The connection breaks before the engine hears of it.
    Reset,
    /// The engine does it, and the reply is lost.
    ReplyLost,
    /// The engine answers 500 and does nothing.
    ErrorBefore,
    /// The engine does it and answers 500.
    ErrorAfter,
    /// The engine throttles it.
    Throttled,
    /// The engine throttles it and the next eleven of that operation.
    ThrottledForLong,
    /// The engine does it, and no answer comes until the caller has waited long enough.
    Hang,
    /// It arrives twice.
    Duplicate,
    /// The caller gives it up, and it arrives after the next write.
    Late,
    /// Half of a batch is not processed.
    PartialBatch,
    /// A description tells what was before the last change.
    StaleDescribe,
    /// Half of the answer is missing.
    Truncated,
    /// The caller may not.
    AccessDenied,
    /// The process dies before the engine hears of it.
    CrashBefore,
    /// The process dies after the engine did it.
    CrashAfter,
    /// The process dies, and the request arrives while the next run is at work.
    CrashInFlight,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 16] = [
        Self::Reset,
        Self::ReplyLost,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Throttled,
        Self::ThrottledForLong,
        Self::Hang,
        Self::Duplicate,
        Self::Late,
        Self::PartialBatch,
        Self::StaleDescribe,
        Self::Truncated,
        Self::AccessDenied,
        Self::CrashBefore,
        Self::CrashAfter,
        Self::CrashInFlight,
    ];

    /// As it is called in messages, and in what repeats one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::ReplyLost => "reply-lost",
            Self::ErrorBefore => "error-before",
            Self::ErrorAfter => "error-after",
            Self::Throttled => "throttled",
            Self::ThrottledForLong => "throttled-for-long",
            Self::Hang => "hang",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
            Self::PartialBatch => "partial-batch",
            Self::StaleDescribe => "stale-describe",
            Self::Truncated => "truncated",
            Self::AccessDenied => "access-denied",
            Self::CrashBefore => "crash-before",
            Self::CrashAfter => "crash-after",
            Self::CrashInFlight => "crash-in-flight",
        }
    }

    /// Whether the process dies of it.
    pub const fn is_crash(self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter | Self::CrashInFlight)
    }

    /// Whether a run gets over it by itself: it passes, and asking again is all that is needed.
    pub const fn passes(self) -> bool {
        match self {
            Self::Reset
            | Self::ReplyLost
            | Self::ErrorBefore
            | Self::ErrorAfter
            | Self::Throttled
            | Self::Hang
            | Self::Duplicate
            | Self::Late
            | Self::PartialBatch
            | Self::StaleDescribe
            | Self::Truncated => true,
            Self::ThrottledForLong | Self::AccessDenied | Self::CrashBefore | Self::CrashAfter | Self::CrashInFlight => false,
        }
    }

    /// Whether it makes a difference to a call that no other fault makes. What is only read leaves the same behind whether it is answered
    /// twice, late, or not at all, and whoever dies there dies between two writes.
    pub fn concerns(self, call: &Call) -> bool {
        match self {
            Self::ReplyLost
            | Self::ErrorAfter
            | Self::Duplicate
            | Self::Late
            | Self::Truncated
            | Self::CrashBefore
            | Self::CrashAfter
            | Self::CrashInFlight => call.is_write(),
            Self::PartialBatch => ["BatchExecuteStatement", "BatchGetItem", "BatchWriteItem"].contains(&call.operation.as_str()),
            Self::StaleDescribe => call.operation.starts_with("Describe"),
            Self::Reset | Self::ErrorBefore | Self::Throttled | Self::ThrottledForLong | Self::Hang | Self::AccessDenied => true,
        }
    }

    /// For [`Recorder::failing`](super::Recorder::failing): this befalls the call `k`, counted from 0, if it [concerns](Fault::concerns) it.
    /// A crash befalls any call, so that whoever waits for it does not wait for ever.
    pub fn at(self, k: usize) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
        let (left, operation) = (AtomicUsize::new(0), Mutex::new(String::new()));
        move |call| {
            let verdict = self.verdict();
            if call.index == k && (self.is_crash() || self.concerns(call)) {
                if self == Self::ThrottledForLong {
                    left.store(LONG - 1, Ordering::Relaxed);
                    operation.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&call.operation);
                }
                return verdict;
            }
            let again = left.load(Ordering::Relaxed) > 0
                && *operation.lock().unwrap_or_else(PoisonError::into_inner) == call.operation
                && left.fetch_sub(1, Ordering::Relaxed) > 0;
            if again { verdict } else { Verdict::Pass }
        }
    }

    /// What one call meets.
    pub(super) fn verdict(self) -> Verdict {
        let error = |status, error_type: &str| Verdict::Error {
            status,
            error_type: error_type.to_owned(),
            message: "injected by a test".to_owned(),
        };
        match self {
            Self::Reset => Verdict::ResetBefore,
            Self::ReplyLost => Verdict::LoseReply,
            Self::ErrorBefore => error(500, "InternalServerError"),
            Self::ErrorAfter => Verdict::ErrorAfter,
            Self::Throttled | Self::ThrottledForLong => error(400, "ThrottlingException"),
            Self::Hang | Self::CrashAfter => Verdict::HangAfter,
            Self::Duplicate => Verdict::Twice,
            // After the client's own second attempt.
            Self::Late => Verdict::Late { writes: 2 },
            Self::PartialBatch => Verdict::Half,
            Self::StaleDescribe => Verdict::Stale,
            Self::Truncated => Verdict::Truncated,
            Self::AccessDenied => error(400, "AccessDeniedException"),
            Self::CrashBefore => Verdict::HangBefore,
            // The next run has the lock by then, and has begun to record.
            Self::CrashInFlight => Verdict::HangInFlight { writes: 4 },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|fault| fault.name() == text).ok_or_else(|| format!("there is no fault `{text}`: {}", known()))
    }
}
