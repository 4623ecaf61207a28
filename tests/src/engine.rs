//! The engines that a suite runs on, so that one text of a test serves all of them; it never knows what is tested.

use aws_sdk_dynamodb::Client;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An engine for one test: its client, and a prefix that keeps its tables apart from those of other tests.
#[derive(Debug, Clone)]
pub struct TestEngine {
    name: &'static str,
    client: Client,
    prefix: String,
}

static ENGINES: AtomicUsize = AtomicUsize::new(0);

impl TestEngine {
    /// The embedded engine in memory.
    ///
    /// # Panics
    ///
    /// The engine cannot be started.
    pub fn embedded() -> Self {
        let engine = migrate_core::embedded::Engine::memory().expect("an embedded engine");
        Self::new("embedded", engine.client())
    }

    /// Amazon's DynamoDB Local, one server for all tests of a process.
    ///
    /// # Panics
    ///
    /// The server cannot be started.
    #[cfg(feature = "dynamodb-local")]
    pub fn dynamodb_local() -> Self {
        Self::new("dynamodb-local", crate::local::shared().client())
    }

    /// DynamoDB Local that takes 30 s to create an index and 15 s to delete one, one server for all tests of a process.
    /// Its tables are ready at once all the same.
    ///
    /// # Panics
    ///
    /// The server cannot be started.
    #[cfg(feature = "dynamodb-local")]
    pub fn dynamodb_local_delayed() -> Self {
        Self::new("dynamodb-local-delayed", crate::local::delayed().client())
    }

    /// The emulator moto, one server for all tests of a process. It knows settings, and is no judge of items.
    ///
    /// # Panics
    ///
    /// The server cannot be started.
    #[cfg(feature = "moto")]
    pub fn moto() -> Self {
        Self::new("moto", crate::moto::shared().client())
    }

    /// The emulator ministack, one server for all tests of a process. It knows settings, and is no judge of items.
    ///
    /// # Panics
    ///
    /// The server cannot be started.
    #[cfg(feature = "ministack")]
    pub fn ministack() -> Self {
        Self::new("ministack", crate::ministack::shared().client())
    }

    /// Every engine of this build that does with items what DynamoDB does, without waiting.
    pub fn all() -> Vec<Self> {
        vec![
            Self::embedded(),
            #[cfg(feature = "dynamodb-local")]
            Self::dynamodb_local(),
        ]
    }

    /// Every engine of this build, for what is asked of settings of tables; see `docs/engines.md` for what each knows.
    pub fn all_for_settings() -> Vec<Self> {
        vec![
            Self::embedded(),
            #[cfg(feature = "dynamodb-local")]
            Self::dynamodb_local(),
            #[cfg(feature = "dynamodb-local")]
            Self::dynamodb_local_delayed(),
            #[cfg(feature = "moto")]
            Self::moto(),
            #[cfg(feature = "ministack")]
            Self::ministack(),
        ]
    }

    /// An engine that a test has made itself, such as a model.
    pub fn over(name: &'static str, client: Client) -> Self {
        Self::new(name, client)
    }

    fn new(name: &'static str, client: Client) -> Self {
        let number = ENGINES.fetch_add(1, Ordering::Relaxed);
        Self { name, client, prefix: format!("test{number}-") }
    }

    /// `embedded`, `dynamodb-local` or what it was given, for the message of a failed assertion.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A client of the engine.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Unique in this process.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A table's physical name in this test.
    pub fn table(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}
