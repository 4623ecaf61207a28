//! The embedded engine's file, whose process is killed by SIGKILL after a counted transaction, or in the middle of the next one: it opens again,
//! no item is half written, nothing is lost that was recorded, and the next run goes on. Others may use the file meanwhile.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::process::{Folder, Running, edit_lock};

use super::bench::{PATIENCE, spread};
use super::dump::{Dump, are_whole};
use super::wal::Log;
use super::{TODAY, YESTERDAY};

const ARGUMENTS: [&str; 3] = ["up", "--db", "post.db"];

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Point {
    /// As soon as this many transactions are committed.
    After(u32),
    /// While the one after that is written into the log.
    Within(u32),
}

/// A folder with the file as it was yesterday.
pub struct Post {
    pub folder: Folder,
}

impl Post {
    pub fn yesterday() -> Self {
        let post = Self { folder: Folder::default() };
        let _ = post.folder.run(YESTERDAY, &ARGUMENTS).succeeds();
        post
    }

    /// The same file once more; of its log no more than this.
    pub fn copy(&self, log: u64) -> Self {
        let post = Self { folder: Folder::default() };
        for end in ["", "-wal", "-lock"] {
            let name = format!("post.db{end}");
            if let Ok(bytes) = std::fs::read(self.folder.path(&name)) {
                let length = if end == "-wal" { bytes.len().min(usize::try_from(log).expect("a length")) } else { bytes.len() };
                post.folder.write(&name, &bytes[..length]);
            }
        }
        post
    }

    pub fn log(&self) -> Log {
        Log::of(&self.folder.path("post.db"))
    }

    pub fn client(&self) -> Client {
        migrate_core::embedded::Engine::open(self.folder.path("post.db")).expect("a file that opens").client()
    }

    pub fn start(&self) -> Running {
        self.folder.start(TODAY, &ARGUMENTS)
    }

    /// Runs to the end; how many transactions that took.
    fn counted(&self) -> u32 {
        let (mut running, mut log, mut most) = (self.start(), self.log(), 0);
        while !running.is_over() {
            most = most.max(log.transactions());
            std::thread::yield_now();
        }
        most
    }

    /// Runs until the point; whether it came to it.
    pub fn killed(&self, point: Point) -> bool {
        let (mut running, mut log) = (self.start(), self.log());
        loop {
            let reached = match point {
                Point::After(count) => log.transactions() >= count,
                Point::Within(count) => log.transactions() >= count && log.is_written(),
            };
            if reached {
                running.kill();
                return true;
            }
            if running.is_over() {
                return false;
            }
            std::thread::yield_now();
        }
    }

    pub async fn shorten_the_lease(&self) {
        let short = [(":ms", AttributeValue::N("300".to_owned()))];
        edit_lock(&self.client(), "post", "SET lease_ms = :ms", &short).await;
    }

    /// The file opens, whatever is in it is whole, and a look at it works.
    pub async fn opens(&self, context: &str) {
        are_whole(&self.client(), "", context).await;
        let status = self.folder.run(TODAY, &["status", "--db", "post.db"]);
        assert_eq!(status.code, Some(0), "{context}: {status:?}");
    }

    /// The next run finishes it as the reference did, and another one has nothing to do.
    pub async fn goes_on(&self, wanted: &Dump, context: &str) {
        self.shorten_the_lease().await;
        let again = self.start().ended_within(PATIENCE).await;
        assert_eq!(again.code, Some(0), "{context}: {again:?}");
        Dump::of(&self.client(), "").await.is(wanted, context);
        let _ = self.start().ended_within(PATIENCE).await.succeeds().prints(&["Nothing to do"]);
    }
}

/// What a run leaves that nothing befalls, and how many transactions it takes.
pub async fn reference(yesterday: &Post) -> (u32, Dump) {
    let post = yesterday.copy(u64::MAX);
    let transactions = post.counted();
    let dump = Dump::of(&post.client(), "").await;
    dump.is_today();
    (transactions, dump)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_process_is_killed_at_any_transaction_opens_again_and_is_gone_on_with() {
    let yesterday = Post::yesterday();
    let (transactions, wanted) = reference(&yesterday).await;
    let points = spread(transactions as usize, 12).into_iter().map(|point| u32::try_from(point).expect("a count"));
    let (mut reached, mut within, mut all) = (0, 0, 0);
    for point in points.flat_map(|count| [Point::After(count + 1), Point::Within(count)]) {
        let post = yesterday.copy(u64::MAX);
        let killed = post.killed(point);
        let mut log = post.log();
        let more = log.length().saturating_sub(log.committed());
        let context = format!("{point:?} of {transactions}, killed: {killed}, {more} bytes not committed");
        post.opens(&context).await;
        post.goes_on(&wanted, &context).await;
        all += 1;
        reached += u32::from(killed);
        within += u32::from(more > 0);
    }
    println!("killed at {reached} of {all} points of {transactions} transactions, {within} in the middle of one");
    assert!(reached * 10 >= all * 8, "{reached} of {all}");
    assert!(within * 8 >= all, "only {within} of {all} were in the middle of a transaction");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_use_is_theirs_when_one_of_them_is_killed() {
    let yesterday = Post::yesterday();
    let (transactions, wanted) = reference(&yesterday).await;
    for point in spread(transactions as usize, 4) {
        let post = yesterday.copy(u64::MAX);
        let context = format!("one of two killed at {point} of {transactions}");
        let other = post.start();
        // Whichever of them has the lock: one of them dies.
        let killed = post.killed(Point::Within(u32::try_from(point).expect("a count")));
        post.opens(&context).await;
        post.shorten_the_lease().await;
        let other = other.ended_within(PATIENCE).await;
        assert_eq!(other.code, Some(0), "{context}, killed: {killed}: {other:?}");
        Dump::of(&post.client(), "").await.is(&wanted, &context);
        let _ = post.start().ended_within(PATIENCE).await.succeeds().prints(&["Nothing to do"]);
    }
}
