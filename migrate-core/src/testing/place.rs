//! Where a test's database is: in the process, or behind an endpoint that a person named. It never knows what is in it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use std::fmt;

use super::{dump, told};
use crate::aws::fault::explain;
use crate::embedded::Engine;
use crate::error::{Error, ErrorKind};
use crate::iam::Action;

/// A client, and what keeps this test's tables apart from others'.
pub(super) struct Place {
    pub client: Client,
    pub prefix: String,
    /// Set where tables outlive the process.
    endpoint: Option<String>,
}

// The SDK's client shows the access key in its own.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("prefix", &self.prefix).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Place {
    /// Where the environment says.
    pub(super) fn told() -> Result<Self, Error> {
        told::endpoint().map_or_else(Self::embedded, |url| Ok(Self::behind(url)))
    }

    /// An engine of its own, in memory.
    pub(super) fn embedded() -> Result<Self, Error> {
        let engine = Engine::memory().map_err(|error| Error::new(ErrorKind::EmbeddedFile, error))?;
        Ok(Self { client: engine.client(), prefix: String::new(), endpoint: None })
    }

    fn behind(url: String) -> Self {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Self { client: client(&url), prefix: format!("test-{}-", &id[..12]), endpoint: Some(url) }
    }

    /// Deletes a table, protected or not.
    pub(super) async fn delete(&self, table: &str) -> Result<(), Error> {
        delete(&self.client, table).await
    }
}

/// Plain HTTP, as every engine for tests speaks it, with credentials that open nothing.
fn client(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        // Engines that know regions know this one.
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "testing"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_partition(RetryPartition::custom("testing").build());
    Client::from_conf(config.build())
}

async fn delete(client: &Client, table: &str) -> Result<(), Error> {
    // An engine without protection refuses this, and deletes all the same.
    let _ = client.update_table().table_name(table).deletion_protection_enabled(false).send().await;
    let deleted = client.delete_table().table_name(table).send().await;
    deleted.map(|_| ()).map_err(|error| explain(Action::DeleteTable, table, error))
}

impl Drop for Place {
    /// As well as it goes: a test's end is no place for errors.
    fn drop(&mut self) {
        let Some(url) = self.endpoint.take() else { return };
        let prefix = self.prefix.clone();
        // The caller's runtime may end with this value, and its connections with it.
        let sweeps = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    let client = client(&url);
                    for table in dump::tables(&client, &prefix).await.unwrap_or_default() {
                        let _ = delete(&client, &table).await;
                    }
                });
            }
        };
        let _ = std::thread::spawn(sweeps).join();
    }
}
