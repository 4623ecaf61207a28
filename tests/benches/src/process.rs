//! Whole processes and what they took: a server beside, a client that is measured; knows no row.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use migrate_core::Failure;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::collections::BTreeMap;

use crate::Result;
use crate::client::{Said, Task};

/// A server of this binary; it ends with the value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// One of so many items.
    pub fn null(items: usize) -> Result<Self> {
        Self::start(&[OsStr::new("--items"), OsStr::new(&items.to_string())])
    }

    /// One that says what was kept.
    pub fn kept(file: &Path) -> Result<Self> {
        Self::start(&[OsStr::new("--kept"), file.as_os_str()])
    }

    fn start(arguments: &[&OsStr]) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut url)?;
        }
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it was asked since it was asked this: calls by name, `items read`, `items written`.
    pub fn counts(&self) -> Result<BTreeMap<String, u64>> {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://"))?;
        stream.write_all(b"GET /counts HTTP/1.1\r\n\r\n")?;
        let mut answer = Vec::new();
        // The connection stays open: the answer's end is that of its JSON.
        loop {
            let mut part = [0; 4096];
            let read = stream.read(&mut part)?;
            answer.extend_from_slice(&part[..read]);
            let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|end| &answer[end + 4..]);
            match body.map(serde_json::from_slice) {
                Some(Ok(counts)) => return Ok(counts),
                _ if read == 0 => return Err(Failure::msg("the server does not say its counts")),
                _ => {}
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its standard input.
        let _ = self.child.wait();
    }
}

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// User and system together.
    pub cpu: Duration,
    /// From its start to its end.
    pub wall: Duration,
    /// What it said itself.
    pub said: Said,
}

/// Runs a task of this binary to its end.
pub fn client(task: Task, server: &Server) -> Result<Took> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["client", &task.name(), "--endpoint", server.url()]);
    measured(&mut command)
}

/// Runs a command to its end, which prints what it did as the last line. No other child may end meanwhile.
pub fn measured(command: &mut Command) -> Result<Took> {
    let (before, begun) = (children()?, Instant::now());
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let (cpu, wall) = (children()?.saturating_sub(before), begun.elapsed());
    if !output.status.success() {
        return Err(Failure::msg(format!("{command:?} ended with {}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let said = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    Ok(Took { cpu, wall, said })
}

/// What all children that ended took together.
/// <https://man7.org/linux/man-pages/man2/getrusage.2.html>
fn children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.try_into()?))
}
