//! A wish to stop at the next safe point, raised by a signal or a caller; knows nothing of what is stopped.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};

/// Raised once, seen by everybody who holds a clone.
///
/// ```
/// let stop = migrate_core::Stop::default();
/// let for_the_signal_handler = stop.clone();
/// for_the_signal_handler.request();
/// assert!(stop.is_requested());
/// ```
#[derive(Clone, Debug)]
pub struct Stop {
    requested: Arc<watch::Sender<bool>>,
    deadline: Option<Instant>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { requested: Arc::new(watch::channel(false).0), deadline: None }
    }
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("stopped at a safe point, as asked")]
    Asked,
    #[error("the deadline has passed")]
    Late,
}

impl Stop {
    /// Asks everybody to stop at the next safe point.
    pub fn request(&self) {
        self.requested.send_replace(true);
    }

    /// Whether somebody asked, or its deadline has passed.
    pub fn is_requested(&self) -> bool {
        self.is_asked() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn is_asked(&self) -> bool {
        *self.requested.borrow()
    }

    /// The same wish, which a deadline raises too.
    pub(crate) fn by(&self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// Waits until somebody asks, or its deadline has passed.
    pub async fn requested(&self) {
        let late = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let mut wishes = self.requested.subscribe();
        tokio::select! {
            // The sender lives in `self`, so that waiting cannot fail.
            _ = wishes.wait_for(|requested| *requested) => {}
            () = late => {}
        }
    }

    /// A safe point: an error if somebody asked.
    pub(crate) fn safe_point(&self) -> Result<(), Error> {
        let (kind, why) = match (self.is_asked(), self.is_requested()) {
            (true, _) => (ErrorKind::Interrupted, Stopped::Asked),
            (false, true) => (ErrorKind::Incomplete, Stopped::Late),
            (false, false) => return Ok(()),
        };
        Err(Error::new(kind, why).with_help("run the same command again: it goes on from here"))
    }
}
