//! The lock's own client: like the caller's, and sharing with it nothing that a blocked runtime or throttled data could hold up.
//! Knows nothing of the lock's item.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{AsyncSleep, IdentityCache, Sleep};

/// Waits on the runtime that asks: a sleep that a caller brought may belong to its own.
#[derive(Debug)]
struct Here;

impl AsyncSleep for Here {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration))
    }
}

/// A client for the lock's requests, and for nothing else: the connections that it opens are driven by the runtime that its requests are made on.
///
/// - Connections. Where the caller's configuration names no HTTP client, the SDK makes a new one for each client. One that it names is kept: it
///   may be an engine or a test. The SDK's own keep connections apart by the timeouts below, which nobody else has.
///   What another kind of client shares cannot be known from here.
/// - Retry tokens. Those of the SDK are shared per service and region: throttled data would use them up.
/// - Credentials. The cache is its own: in a shared one this client would wait for a runtime that is blocked while it loads them.
///   What the provider does underneath is the caller's.
/// - Time. Connecting and reading are bounded, so that a request that hangs leaves time for others. No attempt as a whole is:
///   credentials may take longer than that to load.
pub(super) fn client(callers: &Client, lease: Duration) -> Client {
    // The nanosecond makes them nobody else's.
    let patience = lease / 10 + Duration::from_nanos(1);
    let timeouts = TimeoutConfig::builder().connect_timeout(patience).read_timeout(patience).operation_timeout(lease).build();
    let config = callers.config().to_builder();
    let config = config.retry_partition(RetryPartition::custom("migrate-lock").build()).timeout_config(timeouts);
    Client::from_conf(config.identity_cache(IdentityCache::lazy().build()).sleep_impl(Here).build())
}
