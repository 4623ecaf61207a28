//! Where the requests about the lock are made: a thread of their own, or the caller's runtime. Knows neither the lock nor its item.

use std::future::Future;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use crate::error::{Error, ErrorKind};

/// Where a lock's heart beats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Home {
    /// In a thread with a runtime of its own: a migration that blocks every thread of the caller's runtime keeps its lock. Real time counts.
    #[default]
    Thread,
    /// On the caller's runtime, by tokio's clock: whatever blocks that runtime for a lease loses the lock. For tests that pause that clock,
    /// where hours pass in no time and a thread's five seconds would never come.
    CallersRuntime,
}

impl Home {
    /// The clock by which leases are judged here.
    pub(super) fn clock(self) -> fn() -> Instant {
        match self {
            Self::Thread => Instant::now,
            Self::CallersRuntime => || tokio::time::Instant::now().into_std(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum HeartError {
    #[error("the lock's own thread cannot be started")]
    NoThread(#[source] std::io::Error),
    #[error("a request about the lock was cut off")]
    Ended(#[source] JoinError),
}

impl From<HeartError> for Error {
    fn from(error: HeartError) -> Self {
        Self::new(ErrorKind::LockLost, error).with_help("may this process have another thread? run the same command again")
    }
}

/// A home in use. Whatever still goes on in a thread ends when this is dropped, and so does the thread.
pub(in crate::aws) struct Heart(Place);

enum Place {
    Thread {
        runtime: Handle,
        /// The thread waits for its end.
        _alive: oneshot::Sender<()>,
    },
    CallersRuntime,
}

impl Heart {
    pub(super) async fn start(home: Home) -> Result<Self, HeartError> {
        Ok(Self(match home {
            Home::Thread => thread().await.map_err(HeartError::NoThread)?,
            Home::CallersRuntime => Place::CallersRuntime,
        }))
    }

    /// Does this here. If the caller is dropped meanwhile, it is not gone on with.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, HeartError> {
        match &self.0 {
            Place::Thread { runtime, .. } => runtime.spawn(work).await.map_err(HeartError::Ended),
            Place::CallersRuntime => Ok(work.await),
        }
    }

    /// Begins this here, beside the caller.
    pub(super) fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        match &self.0 {
            Place::Thread { runtime, .. } => runtime.spawn(work),
            Place::CallersRuntime => tokio::spawn(work),
        }
    }
}

/// Nothing joins the thread: it ends by itself, and never keeps the process.
async fn thread() -> std::io::Result<Place> {
    let (_alive, dropped) = oneshot::channel();
    let (tell, told) = oneshot::channel();
    let live = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            // Whoever started it may be gone.
            Err(error) => return drop(tell.send(Err(error))),
        };
        if tell.send(Ok(runtime.handle().clone())).is_ok() {
            // Nothing is ever sent: it waits until the other end is dropped, and drives meanwhile what was spawned.
            let _: Result<(), _> = runtime.block_on(dropped);
        }
        // Without waiting for a host name that is being looked up.
        runtime.shutdown_background();
    };
    std::thread::Builder::new().name("migrate-lock".to_owned()).spawn(live)?;
    let runtime = told.await.map_err(std::io::Error::other)??;
    Ok(Place::Thread { runtime, _alive })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_thread_ends_with_its_heart() {
        let heart = Heart::start(Home::Thread).await.unwrap();
        let here = std::thread::current().id();
        let there = heart.run(async { std::thread::current().id() }).await.unwrap();
        assert_ne!(here, there);
        let (held, gone) = oneshot::channel::<()>();
        let forever = heart.spawn(async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        drop(heart);
        assert!(gone.await.is_err() && forever.await.is_err_and(|error| error.is_cancelled()));
    }

    #[tokio::test]
    async fn a_panic_there_is_told_here() {
        let heart = Heart::start(Home::Thread).await.unwrap();
        let error = heart.run::<()>(async { panic!("on purpose") }).await.unwrap_err();
        assert!(matches!(error, HeartError::Ended(ref why) if why.is_panic()), "{error:?}");
        assert_eq!(heart.run(async { 7 }).await.unwrap(), 7, "the thread goes on");
    }
}
