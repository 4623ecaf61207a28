//! The name that a run's requests go by: CloudTrail shows it with every call. Knows nothing of what is asked for.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::AppName;

/// The SDK warns of longer ones. <https://docs.rs/aws-types/latest/aws_types/app_name/struct.AppName.html>
const LONGEST: usize = 50;

/// A client like `client`, whose requests carry the run's id as the SDK's application name, behind the one that the caller set.
/// One that leaves no room for it stays as it is: the caller finds its calls by it.
pub(crate) fn with_run_id(client: &Client, run_id: &str) -> Client {
    let config = client.config();
    let name = match config.app_name() {
        Some(callers) => format!("{callers}-{run_id}"),
        None => run_id.to_owned(),
    };
    match AppName::new(name) {
        Ok(name) if name.as_ref().len() <= LONGEST => Client::from_conf(config.to_builder().app_name(name).build()),
        Ok(_) | Err(_) => client.clone(),
    }
}
