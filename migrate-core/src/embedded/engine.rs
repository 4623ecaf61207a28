//! The engine as a caller holds it: opened, cloned, turned into a client; it never knows what an operation does.

use super::answer::{Answer, Refusal};
use super::connection::Connection;
use super::error::EngineError;
use super::file::LockFile;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// DynamoDB inside the process.
///
/// Clones share one database. Requests run on tokio's threads for blocking work, so a client of this engine
/// needs a tokio runtime, as every client with the SDK's defaults does.
///
/// ```no_run
/// use migrate_core::embedded::Engine;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::open(".migrate/shop.db")?;
/// let client = engine.client();
/// // A client with settings of its own reaches the same engine:
/// let config = client.config().to_builder().http_client(engine.http_client()).build();
/// let other = aws_sdk_dynamodb::Client::from_conf(config);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Engine {
    connection: Arc<Mutex<Connection>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Opens the database in a file, creating the file and its parent directories where they are missing.
    ///
    /// The file may be open in other processes at the same time.
    ///
    /// # Errors
    ///
    /// The path is a directory, cannot be written, or names a file that is no database or a damaged one.
    /// A damaged file is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, EngineError> {
        let path = path.as_ref();
        if path.is_dir() {
            return Err(EngineError::IsDirectory { path: path.to_owned() });
        }
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            if parent.is_file() {
                return Err(EngineError::NotDirectory { path: parent.to_owned() });
            }
            std::fs::create_dir_all(parent).map_err(|error| EngineError::from_io(parent, error))?;
        }
        // A later change of the working directory must not lead a reopening astray.
        let path = std::path::absolute(path).map_err(|error| EngineError::from_io(path, error))?;
        Ok(Self::around(Connection::file(LockFile::open(&path)?)?))
    }

    /// An empty database in memory, gone with its last clone.
    ///
    /// # Errors
    ///
    /// SQLite cannot be started.
    pub fn memory() -> Result<Self, EngineError> {
        Ok(Self::around(Connection::memory()?))
    }

    fn around(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)) }
    }

    /// The engine in the place of a network.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// A client of this engine, in the region `local`, with credentials that open nothing.
    #[must_use]
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "embedded"))
            .http_client(self.http_client())
            // Of its own: otherwise all clients of one service and region in a process share their retry tokens.
            .retry_partition(RetryPartition::custom("embedded").build())
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    fn answer(&self, operation: &str, body: &[u8]) -> Answer {
        let mut connection = match self.connection.lock() {
            Ok(connection) => connection,
            Err(poisoned) => {
                // The engine panicked in an earlier request: what its connection thinks is worth nothing.
                self.connection.clear_poison();
                let mut connection = poisoned.into_inner();
                connection.distrust();
                connection
            }
        };
        connection.answer(operation, body)
    }
}

impl HttpClient for Engine {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Engine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        HttpConnectorFuture::new(async move {
            let Some(body) = request.body().bytes() else {
                return Err(ConnectorError::user("the embedded engine takes no streamed body".into()));
            };
            // `DynamoDB_20120810.PutItem`
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body = body.to_vec();
            let work = move || engine.answer(&operation, &body);
            let answer = match tokio::task::spawn_blocking(work).await {
                Ok(answer) => answer,
                Err(_) => Answer::Refused(Refusal::internal("the embedded engine broke down")),
            };
            answer.into_response()
        })
    }
}
