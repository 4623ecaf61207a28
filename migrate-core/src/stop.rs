//! A wish to stop at the next safe point, raised by a signal or a caller; knows nothing of what is stopped.

use std::sync::Arc;

use tokio::sync::watch;

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
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("stopped at a safe point, as asked")]
struct Stopped;

impl Stop {
    /// Asks everybody to stop at the next safe point.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub async fn requested(&self) {
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|requested| *requested).await;
    }

    /// A safe point: an error if somebody asked.
    pub(crate) fn safe_point(&self) -> Result<(), Error> {
        if self.is_requested() {
            return Err(Error::new(ErrorKind::Interrupted, Stopped).with_help("run `migrate up` again: it goes on from here"));
        }
        Ok(())
    }
}
