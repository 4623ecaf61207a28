//! A target becomes a client, and a line that says what it is; knows no verb.

use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use serde::Serialize;

use super::args::Global;
use super::environment::Lookup;
use super::target::{Target, host, is_aws, is_loopback, without_secrets};
use crate::error::{Error, ErrorKind};

/// An endpoint that does not answer is found out in seconds, and one that is slow is given time.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 4;
/// Who the caller is, is asked only for the record.
const IDENTITY_WITHIN: Duration = Duration::from_secs(8);

/// What a target is, for the first line of every output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub(super) enum Described {
    /// The engine inside the binary.
    #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "no such engine is built in"))]
    Embedded {
        /// Its file.
        path: String,
    },
    /// Another DynamoDB.
    Endpoint {
        /// Its address, without what may be secret in it.
        url: String,
        /// Whose, where that was asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// The region, which DynamoDB Local keeps apart.
        region: String,
    },
    /// DynamoDB.
    Aws {
        /// Whose.
        account: Option<String>,
        /// Where.
        region: String,
        /// As whom.
        caller: Option<String>,
        /// Through which address, if not the usual one.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
}

impl std::fmt::Display for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded { path } => write!(f, "embedded engine, {path}"),
            Self::Endpoint { url, account, region } => {
                write!(f, "endpoint {url}, ")?;
                account.as_ref().map_or(Ok(()), |account| write!(f, "account {account}, "))?;
                write!(f, "region {region}")
            }
            Self::Aws { account, region, caller, url } => {
                let account =
                    account.as_deref().map_or_else(|| "account unknown".to_owned(), |account| format!("account {account}"));
                // arn:aws:sts::123456789012:assumed-role/Deploy/session
                let role = caller.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or("identity unknown");
                write!(f, "AWS, {account}, region {region}, as {role}")?;
                url.as_ref().map_or(Ok(()), |url| write!(f, ", through {url}"))
            }
        }
    }
}

/// A client and what is known of its database.
pub(super) struct Connection {
    pub client: Client,
    pub described: Described,
    /// Why the caller is not known, if that was found out.
    pub unknown: Option<String>,
    /// Whether settings that an engine cannot hold are passed over: no AWS.
    pub is_local: bool,
    /// Whether others live there, so that `up` asks somebody at a terminal.
    pub is_shared: bool,
    /// When the credentials end, where they do and that is known.
    pub credentials_end: Option<SystemTime>,
}

impl Connection {
    /// The caller, where AWS told it.
    pub(super) fn caller(&self) -> Option<&str> {
        match &self.described {
            Described::Aws { caller, .. } => caller.as_deref(),
            Described::Embedded { .. } | Described::Endpoint { .. } => None,
        }
    }

    /// One that reaches nothing, where no database is to be asked.
    pub(super) fn nowhere() -> Self {
        let config = aws_sdk_dynamodb::Config::builder().behavior_version(BehaviorVersion::latest()).build();
        let described = Described::Endpoint { url: String::new(), account: None, region: String::new() };
        Self {
            client: Client::from_conf(config),
            described,
            unknown: None,
            is_local: true,
            is_shared: false,
            credentials_end: None,
        }
    }

    /// Whose account and which region it is, as far as that is known.
    pub(super) fn place(&self) -> (Option<&str>, Option<&str>) {
        match &self.described {
            Described::Aws { account, region, .. } | Described::Endpoint { account, region, .. } => {
                (account.as_deref(), Some(region.as_str()))
            }
            Described::Embedded { .. } => (None, None),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum ConnectError {
    #[error("no AWS region is configured")]
    NoRegion,
    #[error("the profile `{profile}` gives no credentials")]
    Profile { profile: String, source: aws_credential_types::provider::error::CredentialsError },
    #[cfg(not(feature = "embedded"))]
    #[error("this binary was built without the embedded engine")]
    NotBuiltIn,
}

/// How to connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    /// For a verb that only reads no file is made.
    pub writes: bool,
    /// Whether an account is asked for even of what need not be AWS.
    pub asks_account: bool,
}

/// Connects; of the database itself nothing is asked yet.
pub(super) async fn connect(target: &Target, global: &Global, how: How, env: Lookup<'_>) -> Result<Connection, Error> {
    match target {
        Target::Embedded(path) => embedded(path, how.writes),
        Target::Endpoint(url) => match host(url) {
            Some(host) if is_aws(host) => aws(global, Some(url)).await,
            host => endpoint(global, url, host.is_some_and(is_loopback), how.asks_account, env).await,
        },
        Target::Aws => aws(global, None).await,
    }
}

#[cfg(feature = "embedded")]
fn embedded(path: &std::path::Path, writes: bool) -> Result<Connection, Error> {
    // A database that is not there yet reads like an empty one.
    let engine = if writes || path.exists() { crate::embedded::Engine::open(path) } else { crate::embedded::Engine::memory() };
    let engine = engine.map_err(|error| Error::new(ErrorKind::EmbeddedFile, error))?;
    let described = Described::Embedded { path: path.display().to_string() };
    Ok(Connection { client: engine.client(), described, unknown: None, is_local: true, is_shared: false, credentials_end: None })
}

#[cfg(not(feature = "embedded"))]
fn embedded(_: &std::path::Path, _: bool) -> Result<Connection, Error> {
    Err(Error::new(ErrorKind::Target, ConnectError::NotBuiltIn))
}

/// Some other DynamoDB. One on this machine asks for credentials but looks at none: it gets some where none are configured.
async fn endpoint(global: &Global, url: &str, loopback: bool, asks_account: bool, env: Lookup<'_>) -> Result<Connection, Error> {
    let configured = |names: &[&str]| names.iter().any(|name| env(name).is_some());
    let has_identity =
        global.profile.is_some() || configured(&["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"]);
    let mut loader = loader(global);
    if loopback && !has_identity {
        loader = loader.credentials_provider(Credentials::new("local", "local", None, None, "for an engine on this machine"));
        if global.region.is_none() && !configured(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
            loader = loader.region(Region::new("us-east-1"));
        }
    }
    let config = loader.load().await;
    let region = region(&config)?;
    let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config).endpoint_url(url).build();
    let known = if asks_account { identity(&config).await } else { Ok((None, None)) };
    let (account, unknown) = match known {
        Ok((account, _)) => (account, None),
        Err(because) => (None, Some(because)),
    };
    let described = Described::Endpoint { url: without_secrets(url), account, region };
    Ok(Connection {
        client: Client::from_conf(dynamodb),
        described,
        unknown,
        is_local: true,
        is_shared: !loopback,
        credentials_end: None,
    })
}

async fn aws(global: &Global, url: Option<&str>) -> Result<Connection, Error> {
    let config = loader(global).load().await;
    let region = region(&config)?;
    if let Some(profile) = &global.profile {
        profile_is_there(&config, profile).await?;
    }
    let (account, caller, unknown) = match identity(&config).await {
        Ok((account, caller)) => (account, caller, None),
        Err(because) => (None, None, Some(because)),
    };
    let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&config);
    dynamodb.set_endpoint_url(url.map(str::to_owned).or_else(|| config.endpoint_url().map(str::to_owned)));
    let described = Described::Aws { account, region, caller, url: url.map(without_secrets) };
    Ok(Connection {
        client: Client::from_conf(dynamodb.build()),
        described,
        unknown,
        is_local: false,
        is_shared: true,
        credentials_end: end(&config).await,
    })
}

fn loader(global: &Global) -> aws_config::ConfigLoader {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_WITHIN).operation_attempt_timeout(ANSWER_WITHIN).build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries);
    if let Some(region) = &global.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &global.profile {
        loader = loader.profile_name(profile);
    }
    loader
}

fn region(config: &SdkConfig) -> Result<String, Error> {
    config.region().map(ToString::to_string).ok_or_else(|| {
        Error::new(ErrorKind::Target, ConnectError::NoRegion)
            .with_help("give --region, set AWS_REGION, or name a --profile that has a region")
    })
}

/// The chain passes over a profile that is not there and then says only that nothing else was set up either: so it is asked first.
async fn profile_is_there(config: &SdkConfig, profile: &str) -> Result<(), Error> {
    let Some(provider) = config.credentials_provider() else { return Ok(()) };
    provider.provide_credentials().await.map(|_| ()).map_err(|source| {
        let error = ConnectError::Profile { profile: profile.to_owned(), source };
        Error::new(ErrorKind::Credentials, error)
            .with_help(format!("is `{profile}` in ~/.aws/config? if it signs in: `aws sso login --profile {profile}`"))
    })
}

/// When the credentials that are used now end. Those that cannot be had are told of when they are needed.
async fn end(config: &SdkConfig) -> Option<SystemTime> {
    config.credentials_provider()?.provide_credentials().await.ok()?.expiry()
}

/// Account and ARN of the caller, or why they are not known. A role that may not ask, or a network without STS, is no reason to stop here.
async fn identity(config: &SdkConfig) -> Result<(Option<String>, Option<String>), String> {
    let impatient = RetryConfig::standard().with_max_attempts(2);
    let sts = aws_sdk_sts::Client::from_conf(aws_sdk_sts::config::Builder::from(config).retry_config(impatient).build());
    let asked = tokio::time::timeout(IDENTITY_WITHIN, sts.get_caller_identity().send()).await;
    let answer = asked.map_err(|_| format!("STS does not answer within {} s", IDENTITY_WITHIN.as_secs()))?;
    // Only the code of an answer: the message of a wrong signature repeats the headers, the session token among them.
    let answer = answer.map_err(|error| match error.code() {
        Some(code) => format!("STS answers {code}"),
        None => causes(&error),
    })?;
    Ok((answer.account().map(str::to_owned), answer.arn().map(str::to_owned)))
}

/// What an error says, and what it is about underneath.
fn causes(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    all.collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_says_what_it_is() {
        let region = "eu-west-1".to_owned();
        let known = Described::Aws {
            account: Some("123456789012".to_owned()),
            region: region.clone(),
            caller: Some("arn:aws:sts::123456789012:assumed-role/Deploy/ci".to_owned()),
            url: None,
        };
        assert_eq!(known.to_string(), "AWS, account 123456789012, region eu-west-1, as assumed-role/Deploy/ci");
        let unknown = Described::Aws { account: None, region: region.clone(), caller: None, url: None };
        assert_eq!(unknown.to_string(), "AWS, account unknown, region eu-west-1, as identity unknown");
        let local = Described::Endpoint { url: "http://localhost:8000".to_owned(), account: None, region };
        assert_eq!(local.to_string(), "endpoint http://localhost:8000, region eu-west-1");
        assert_eq!(serde_json::to_value(&local).unwrap()["engine"], "endpoint");
    }

    #[tokio::test]
    async fn an_endpoint_on_this_machine_needs_nothing() {
        let url = "http://127.0.0.1:1";
        let how = How { writes: false, asks_account: false };
        let connection = connect(&Target::Endpoint(url.to_owned()), &Global::default(), how, &|_| None).await.unwrap();
        assert!(connection.is_local && !connection.is_shared);
        assert_eq!(
            connection.described,
            Described::Endpoint { url: url.to_owned(), account: None, region: "us-east-1".to_owned() }
        );
    }
}
