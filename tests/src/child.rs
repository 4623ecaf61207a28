//! A program that answers DynamoDB's requests, as a process beside the tests; it never knows which program it is, nor what is asked of it.

#![expect(
    clippy::disallowed_methods,
    reason = "a test is told where programs are by the environment, and waits for a process between two looks"
)]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 3;
/// moto answers 500 to everything for a region that Amazon does not have.
const REGION: &str = "us-east-1";

/// Ends the server when its standard input ends, which the operating system sees to however this process dies.
/// Some servers want a directory that they can write to.
const GUARD: &str = r#"
directory=$(mktemp -d) && cd "$directory" && export TMPDIR="$directory" || exit 1
"$@" </dev/null >/dev/null 2>&1 &
server=$!
cat >/dev/null
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$directory"
"#;

/// A program that listens on a port of this machine.
#[derive(Debug)]
pub struct Program {
    /// For messages.
    pub name: &'static str,
    /// What to do when it does not start.
    pub help: &'static str,
    /// The command with its arguments, for the port to listen on. Paths are absolute, since it runs in a folder of its own.
    pub command: fn(u16) -> Vec<OsString>,
}

/// A running program; it ends with this value.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    port: u16,
    guard: Child,
}

impl Server {
    /// Starts a program and waits until it answers.
    ///
    /// # Panics
    ///
    /// The program is missing, or does not answer in time.
    pub fn start(program: &Program) -> Self {
        for _ in 0..ATTEMPTS {
            // Somebody may take the port before the program does, hence the attempts.
            let server = Self::launch(program, free_port());
            if server.answers_in_time() {
                return server;
            }
        }
        panic!("{} does not start: {}", program.name, program.help);
    }

    fn launch(program: &Program, port: u16) -> Self {
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .args((program.command)(port))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("a shell");
        Self { name: program.name, port, guard }
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
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .endpoint_url(self.endpoint())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_partition(RetryPartition::custom(self.name).build())
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

/// The file or folder that an environment variable names, as an absolute path.
///
/// # Panics
///
/// The variable is not set, or nothing is there.
pub fn told(variable: &str, help: &str) -> PathBuf {
    let path = std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: {help}"));
    let path = std::path::absolute(path).expect("a current directory");
    assert!(path.exists(), "{variable} is wrong, there is no {}: {help}", path.display());
    path
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
         Authorization: AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/dynamodb/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n{{}}"
    );
    if timeout.is_err() || stream.write_all(request.as_bytes()).is_err() {
        return false;
    }
    let mut status = String::new();
    let read = BufReader::new(stream).read_line(&mut status);
    read.is_ok() && status.contains(" 200 ")
}
