//! Amazon's DynamoDB Local, and how to start it; it never knows what is asked of it.
//!
//! The environment variable `DYNAMODB_LOCAL_DIR` names the directory that holds `DynamoDBLocal.jar`.

use crate::child::{Program, Server, told};
use std::ffi::OsString;
use std::sync::OnceLock;

const HELP: &str = "fetch Amazon's server with `npm pack amplify-dynamodb-simulator@2.9.30`, unpack it with `tar xzf`, and let \
                    DYNAMODB_LOCAL_DIR name the directory `package/emulator`; it needs a `java`";

const PROGRAM: Program = Program { name: "dynamodb-local", help: HELP, command: |port| command(port, &[]) };

const DELAYED: Program =
    Program { name: "dynamodb-local-delayed", help: HELP, command: |port| command(port, &["-delayTransientStatuses"]) };

/// The server of this process, started by the first test that asks.
///
/// # Panics
///
/// `DYNAMODB_LOCAL_DIR` is missing or wrong, there is no Java, or the server does not answer.
pub fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&PROGRAM))
}

/// As [`shared`], but an index takes its time: 15 s until it is filled, 15 s to fill it, 15 s to delete it. Tables take none.
///
/// # Panics
///
/// As [`shared`].
pub fn delayed() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&DELAYED))
}

fn command(port: u16, more: &[&str]) -> Vec<OsString> {
    let directory = told("DYNAMODB_LOCAL_DIR", HELP);
    let jar = directory.join("DynamoDBLocal.jar");
    assert!(jar.is_file(), "DYNAMODB_LOCAL_DIR is wrong, there is no {}: {HELP}", jar.display());
    let libraries = directory.join("DynamoDBLocal_lib");
    let mut command =
        vec!["java".into(), format!("-Djava.library.path={}", libraries.display()).into(), "-jar".into(), jar.into()];
    command.extend(["-inMemory", "-sharedDb", "-disableTelemetry"].map(OsString::from));
    command.extend(more.iter().map(OsString::from));
    command.extend(["-port".into(), port.to_string().into()]);
    command
}
