//! A real binary in an empty folder, with nothing configured but what a test says; it never knows what the binary does.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::embedded::Engine;
use serde_json::Value;
use tempfile::TempDir;

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(40);

/// A folder that a binary is run in, and the home of its user.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
}

impl Folder {
    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }

    /// A file's text; empty if it is not there.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Where a binary of this package keeps its embedded database unless told otherwise.
    pub fn db(&self) -> PathBuf {
        self.path(".migrate/migrate-tests.db")
    }

    /// A client of that database.
    pub fn client(&self) -> Client {
        Engine::open(self.db()).expect("an engine").client()
    }

    fn command(&self, binary: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        command.envs(environment.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a binary to its end.
    pub fn run(&self, binary: &str, arguments: &[&str]) -> Ended {
        self.run_with(binary, arguments, &[])
    }

    /// Runs a binary to its end, with variables.
    pub fn run_with(&self, binary: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let output = self.command(binary, arguments, environment).output().expect("a binary");
        Ended::of(arguments, &output)
    }

    /// Runs a binary to its end in a folder below.
    pub fn run_in(&self, below: &str, binary: &str, arguments: &[&str]) -> Ended {
        let output = self.command(binary, arguments, &[]).current_dir(self.path(below)).output().expect("a binary");
        Ended::of(arguments, &output)
    }

    /// Starts a binary.
    pub fn start(&self, binary: &str, arguments: &[&str]) -> Running {
        self.start_with(binary, arguments, &[])
    }

    /// Starts a binary, with variables.
    pub fn start_with(&self, binary: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut child = self.command(binary, arguments, environment).spawn().expect("a binary");
        let stderr = BufReader::new(child.stderr.take().expect("its stderr"));
        let heard = Arc::new(Mutex::new(String::new()));
        let lines = heard.clone();
        let reader = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                *lines.lock().expect("a text") += &format!("{line}\n");
            }
        });
        let arguments = arguments.iter().map(ToString::to_string).collect();
        Running { arguments, child: Some(child), heard, reader: Some(reader) }
    }

    /// Waits until a file is there.
    ///
    /// # Panics
    /// It does not come.
    pub async fn awaits(&self, name: &str) {
        let begun = Instant::now();
        while !self.path(name).exists() {
            assert!(begun.elapsed() < PATIENCE, "`{name}` does not come");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A process that was started; killed if a test leaves it.
#[derive(Debug)]
pub struct Running {
    arguments: Vec<String>,
    child: Option<Child>,
    heard: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Running {
    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("a process").id()
    }

    /// Sends a signal by its name: `TERM`, `INT`, `KILL`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Ends it as `kill -9` does, at once: no shell has to be started first.
    pub fn kill(&mut self) {
        self.child.as_mut().expect("a process").kill().expect("an end");
    }

    /// Whether it has ended.
    pub fn is_over(&mut self) -> bool {
        self.child.as_mut().expect("a process").try_wait().expect("a process").is_some()
    }

    /// Waits for what happens while it runs; `None` if it ends first.
    ///
    /// # Panics
    /// Neither happens within this time.
    pub async fn until<T>(&mut self, patience: Duration, happens: impl Future<Output = T>) -> Option<T> {
        let mut happens = std::pin::pin!(happens);
        let begun = Instant::now();
        loop {
            if let Ok(happened) = tokio::time::timeout(Duration::from_millis(10), &mut happens).await {
                return Some(happened);
            }
            if self.is_over() {
                return None;
            }
            assert!(begun.elapsed() < patience, "nothing happens: {}", self.heard.lock().expect("a text"));
        }
    }

    /// Waits until it says this on stderr.
    ///
    /// # Panics
    /// It does not.
    pub async fn says(&self, part: &str) {
        let begun = Instant::now();
        loop {
            let heard = self.heard.lock().expect("a text").clone();
            if heard.contains(part) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not say «{part}»: {heard}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Its end.
    ///
    /// # Panics
    /// It does not end.
    pub async fn ended(self) -> Ended {
        self.ended_within(PATIENCE).await
    }

    /// Its end, for which a test has more patience than usual.
    ///
    /// # Panics
    /// It does not end.
    pub async fn ended_within(mut self, patience: Duration) -> Ended {
        let mut child = self.child.take().expect("a process");
        let begun = Instant::now();
        let mut late = false;
        while child.try_wait().expect("a process").is_none() {
            if begun.elapsed() >= patience {
                late = true;
                child.kill().expect("an end");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut output = child.wait_with_output().expect("its output");
        self.reader.take().map(JoinHandle::join).transpose().expect("its stderr");
        output.stderr = self.heard.lock().expect("a text").clone().into_bytes();
        let ended = Ended::of(&self.arguments, &output);
        assert!(!late, "it does not end: {}", ended.shown());
        ended
    }
}

/// Sends a process that a test has started a signal by its name.
///
/// # Panics
/// It is gone.
pub fn signal(id: u32, name: &str) {
    let sent = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &id.to_string()]).status().expect("a shell");
    assert!(sent.success(), "SIG{name} could not be sent");
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    arguments: String,
    /// `None` if a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    fn of(arguments: &[impl AsRef<str>], output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let arguments = arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ");
        Self { arguments, code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn shown(&self) -> String {
        format!("`{}` ended with {:?}\n--- stdout\n{}--- stderr\n{}", self.arguments, self.code, self.out, self.err)
    }

    /// It ended with this code.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.shown());
        self
    }

    /// It ended well.
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Stdout has all of these.
    pub fn prints(self, parts: &[&str]) -> Self {
        parts.iter().for_each(|part| assert!(self.out.contains(part), "no «{part}» on stdout: {}", self.shown()));
        self
    }

    /// Stderr has all of these.
    pub fn says(self, parts: &[&str]) -> Self {
        parts.iter().for_each(|part| assert!(self.err.contains(part), "no «{part}» on stderr: {}", self.shown()));
        self
    }

    /// Neither stream has this.
    pub fn hides(self, part: &str) -> Self {
        assert!(!self.out.contains(part) && !self.err.contains(part), "«{part}» is shown: {}", self.shown());
        self
    }

    /// The one document on stdout, with its version and the exit code.
    pub fn json(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.shown()));
        assert_eq!(document["format"], 1, "{}", self.shown());
        assert_eq!(document["exit"].as_i64(), self.code.map(i64::from), "{}", self.shown());
        document
    }
}

/// Edits a sequence's lock as a runner on another machine would.
pub async fn edit_lock(client: &Client, sequence: &str, update: &str, values: &[(&str, AttributeValue)]) {
    edit_lock_in(client, "migrations", sequence, update, values).await;
}

/// [`edit_lock`] in a management table of this name.
///
/// # Panics
/// It cannot be edited.
pub async fn edit_lock_in(client: &Client, table: &str, sequence: &str, update: &str, values: &[(&str, AttributeValue)]) {
    let mut edit = client.update_item().table_name(table).update_expression(update);
    edit = edit.key("pk", AttributeValue::S(sequence.to_owned())).key("sk", AttributeValue::S("lock".to_owned()));
    for (name, value) in values {
        edit = edit.expression_attribute_values(*name, value.clone());
    }
    edit.send().await.expect("an edit of the lock");
}
