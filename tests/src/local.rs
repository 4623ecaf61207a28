//! Amazon's DynamoDB Local as a process beside the tests; it never knows what is asked of it.
//!
//! The environment variable `DYNAMODB_LOCAL_DIR` names the directory that holds `DynamoDBLocal.jar`.

#![expect(
    clippy::disallowed_methods,
    reason = "a test is told the server's folder by the environment, and waits for a process between two looks"
)]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const START: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 3;

/// Ends the server when its standard input ends, which the operating system sees to however this process dies.
/// The server wants a directory that it can write to.
const GUARD: &str = r#"
directory=$(mktemp -d) && cd "$directory" || exit 1
"$@" </dev/null >/dev/null 2>&1 &
server=$!
cat >/dev/null
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$directory"
"#;

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Server {
    port: u16,
    guard: Child,
}

impl Server {
    /// The server of this process, started by the first test that asks.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    ///
    /// `DYNAMODB_LOCAL_DIR` is missing or wrong, there is no Java, or the server does not answer.
    pub fn start() -> Self {
        let directory = directory();
        for _ in 0..ATTEMPTS {
            // Somebody may take the port before the server does, hence the attempts.
            let server = Self::launch(&directory, free_port());
            if server.answers_in_time() {
                return server;
            }
        }
        panic!("DynamoDB Local in {} does not start; is there a `java`?", directory.display());
    }

    fn launch(directory: &std::path::Path, port: u16) -> Self {
        let libraries = directory.join("DynamoDBLocal_lib");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", "java"])
            .arg(format!("-Djava.library.path={}", libraries.display()))
            .arg("-jar")
            .arg(directory.join("DynamoDBLocal.jar"))
            .args(["-inMemory", "-sharedDb", "-disableTelemetry", "-port"])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("a shell");
        Self { port, guard }
    }

    fn answers_in_time(&self) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < START {
            if lists_tables(self.port) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A client with retry tokens of its own.
    pub fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .endpoint_url(self.endpoint())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_partition(RetryPartition::custom("dynamodb-local").build())
            .build();
        Client::from_conf(config)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // The guard ends as soon as the server did.
        let _ = self.guard.wait();
    }
}

fn directory() -> PathBuf {
    let directory = std::env::var_os("DYNAMODB_LOCAL_DIR").map(PathBuf::from);
    let directory = directory.expect(
        "DYNAMODB_LOCAL_DIR is not set: fetch Amazon's server with `npm pack amplify-dynamodb-simulator@2.9.30`, \
         unpack it with `tar xzf`, and name the directory `package/emulator`",
    );
    let directory = std::path::absolute(directory).expect("a current directory");
    let jar = directory.join("DynamoDBLocal.jar");
    assert!(jar.is_file(), "DYNAMODB_LOCAL_DIR is wrong: there is no {}", jar.display());
    directory
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Whether ListTables is answered with 200: an open port alone is no sign of a server that is ready.
fn lists_tables(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let timeout = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let request = format!(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: 2\r\n\
         Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n{{}}"
    );
    if timeout.is_err() || stream.write_all(request.as_bytes()).is_err() {
        return false;
    }
    let mut status = String::new();
    let read = BufReader::new(stream).read_line(&mut status);
    read.is_ok() && status.contains(" 200 ")
}
