//! What can become of one call on its way to the engine and back; it never knows why.

use std::time::Duration;

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes through.
    Pass,
    /// The connection breaks before the engine hears of it.
    ResetBefore,
    /// The engine does it, and the reply is lost.
    LoseReply,
    /// It arrives twice, and the second reply comes back.
    Twice,
    /// The connection breaks, and the request arrives all the same: before the n-th write after it.
    Late {
        /// How many writes are heard of first, less one.
        writes: usize,
    },
    /// No answer ever comes, and the engine does not hear of it. [`Recorder::hung`](super::Recorder::hung) tells: the moment to kill the run.
    HangBefore,
    /// The engine does it, and no answer ever comes. [`Recorder::hung`](super::Recorder::hung) tells: the moment to kill the run.
    HangAfter,
    /// No answer ever comes, and the request arrives before the n-th write after it, be it another run's
    /// ([`Recorder::after`](super::Recorder::after)).
    HangInFlight {
        /// How many writes are heard of first, less one.
        writes: usize,
    },
    /// It goes through after this time.
    Delay(Duration),
    /// It goes through, and the reply's text is changed: a state that this engine never shows.
    Replace {
        /// What the reply says.
        from: &'static str,
        /// What it says instead.
        to: &'static str,
    },
    /// It goes through, and what the same request was answered before the last change comes back: a replica that lags behind.
    /// Of descriptions only.
    Stale,
    /// It goes through, and only half of the reply's text arrives.
    Truncated,
    /// The engine does it, and answers with an error of its own all the same.
    ErrorAfter,
    /// The engine does half of a batch, and says of the rest that it did not: statements as throttled, other items as unprocessed.
    Half,
    /// The engine does not hear of these statements of a batch, which are answered by this code; the others go through.
    Statements {
        /// Their places in the batch.
        at: Vec<usize>,
        /// `ThrottlingError`, `TransactionConflict`, …
        code: &'static str,
    },
    /// The engine does not hear of it; this comes back instead.
    Error {
        /// The HTTP status.
        status: u16,
        /// `ThrottlingException`, `InternalServerError`, …
        error_type: String,
        /// The text beside it.
        message: String,
    },
}
