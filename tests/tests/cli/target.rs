//! Which database is meant, and what if it cannot be reached, opened or asked.

use std::time::{Duration, Instant};

use migrate_tests::process::{Ended, Folder};
use migrate_tests::server::{Server, error};

use super::{AWS, SHOP};

/// No machine that these tests run on may give its own role away.
const NO_ROLE: (&str, &str) = ("AWS_EC2_METADATA_DISABLED", "true");
const KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIACANARY"), ("AWS_SECRET_ACCESS_KEY", "CANARY-secret")];

#[test]
fn where_something_speaks_of_aws_or_ci_the_target_must_be_named() {
    for (name, value) in [("CI", "true"), ("AWS_REGION", "eu-west-1"), ("AWS_PROFILE", "prod")] {
        let folder = Folder::default();
        let ended = folder.run_with(SHOP, &["up"], &[(name, value)]).exits(64);
        ended.says(&["error[M0201]", name, "--target aws", "--target embedded", "MIGRATE_TARGET=aws", "MIGRATE_TARGET=embedded"]);
        assert!(!folder.path(".migrate").exists(), "nothing is made");
        folder
            .run_with(SHOP, &["plan", "--target", "embedded"], &[(name, value)])
            .succeeds()
            .prints(&["target: embedded engine"]);
    }
}

#[test]
fn targets_that_contradict_each_other() {
    let folder = Folder::default();
    for arguments in [
        &["plan", "--target", "aws", "--db", "x.db"][..],
        &["plan", "--target", "embedded", "--endpoint-url", "http://127.0.0.1:1"],
        &["plan", "--db", "x.db", "--endpoint-url", "http://127.0.0.1:1"],
    ] {
        let named = arguments.iter().filter(|argument| argument.starts_with("--")).copied();
        folder.run(SHOP, arguments).exits(64).says(&["error[M0201]", "help:"]).says(&named.collect::<Vec<_>>());
    }
    folder.run(SHOP, &["plan", "--endpoint-url", "127.0.0.1:8000"]).exits(64).says(&[
        "error[M0201]",
        "--endpoint-url",
        "http://",
    ]);
    folder.run(SHOP, &["plan", "--endpoint-url", "http://"]).exits(64).says(&["error[M0201]"]);
}

#[test]
fn a_pinned_binary_knows_one_target() {
    let folder = Folder::default();
    folder.run(AWS, &["plan", "--db", "x.db"]).exits(64).says(&["error[M0201]", "`--db`", "pins", "target = "]);
    folder.run(AWS, &["plan", "--target", "embedded"]).exits(64).says(&["error[M0201]", "`--target`"]);
    // It does not fall back: without a region it says so.
    folder.run_with(AWS, &["plan"], &[NO_ROLE]).exits(64).says(&["error[M0201]", "region"]);
}

fn quickly(folder: &Folder, binary: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let begun = Instant::now();
    let ended = folder.run_with(binary, arguments, environment);
    assert!(begun.elapsed() < Duration::from_secs(20), "it takes {:?}: {ended:?}", begun.elapsed());
    ended
}

#[test]
fn nobody_listens_there() {
    let ended = quickly(&Folder::default(), SHOP, &["up", "--endpoint-url", "http://127.0.0.1:1"], &[]).exits(1);
    ended.says(&["error[M0601]", "cannot be reached", "help:"]).prints(&["target: endpoint http://127.0.0.1:1"]);
}

#[test]
fn an_address_does_not_show_what_is_secret_in_it() {
    let url = "http://user:CANARY@127.0.0.1:1/?token=CANARY";
    quickly(&Folder::default(), SHOP, &["status", "--endpoint-url", url], &[]).exits(1).hides("CANARY");
}

#[test]
fn no_region_and_no_credentials() {
    let folder = Folder::default();
    let no_region = folder.run_with(SHOP, &["plan", "--target", "aws"], &[NO_ROLE]).exits(64);
    no_region.says(&["error[M0201]", "region", "--region", "AWS_REGION"]);
    let nobody = quickly(&folder, SHOP, &["plan", "--target", "aws", "--region", "eu-west-1"], &[NO_ROLE]).exits(1);
    nobody.says(&["error[M0602]", "credentials", "help:"]).prints(&["target: AWS", "eu-west-1"]);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let profile = ["plan", "--target", "aws", "--region", "eu-west-1", "--profile", "nobdy"];
    quickly(&Folder::default(), SHOP, &profile, &[NO_ROLE]).exits(1).says(&["error[M0602]", "nobdy"]);
}

/// A DynamoDB that answers so, and what the binary makes of it.
fn against(server: &Server, arguments: &[&str]) -> Ended {
    let url = server.url();
    let arguments = [arguments, &["--endpoint-url", &url, "--region", "eu-west-1"]].concat();
    let environment = [KEY[0], KEY[1], NO_ROLE];
    quickly(&Folder::default(), SHOP, &arguments, &environment).hides("CANARY")
}

fn denied(operation: &str) -> (u16, String) {
    let what =
        format!("User: arn:aws:sts::123456789012:assumed-role/Deploy/ci is not authorized to perform: dynamodb:{operation}");
    error("AccessDeniedException", &what)
}

#[test]
fn a_missing_permission_is_named() {
    let server = Server::start(denied);
    for verb in ["up", "plan", "status", "check", "history", "lock"] {
        let ended = against(&server, &[verb]).exits(1);
        ended.says(&["error[M0603]", "dynamodb:Query", "migrations", "help:"]);
    }
    assert!(server.operations().iter().all(|operation| operation == "Query"), "{:?}", server.operations());
}

#[test]
fn a_missing_permission_on_a_table_is_named_with_the_table() {
    let server = Server::start(|operation| match operation {
        "Query" => error("ResourceNotFoundException", "Requested resource not found"),
        other => denied(other),
    });
    against(&server, &["up"]).exits(1).says(&["error[M0603]", "dynamodb:DescribeTable on table `", "help: allow"]);
    let writes = |operation: &String| ["Create", "Put", "Update"].iter().any(|verb| operation.starts_with(verb));
    assert!(!server.operations().iter().any(writes), "{:?}", server.operations());
}

#[test]
fn credentials_of_elsewhere() {
    let server =
        Server::start(|_| error("UnrecognizedClientException", "The security token included in the request is invalid."));
    against(&server, &["plan"]).exits(1).says(&["error[M0602]", "help:"]);
    let expired = Server::start(|_| error("ExpiredTokenException", "The security token included in the request is expired"));
    against(&expired, &["plan"]).exits(1).says(&["error[M0602]", "ExpiredTokenException", "log in"]);
}

#[test]
fn something_else_listens_there() {
    let proxy = Server::start(|_| (200, "<html>Sign in to the hotel's network</html>".to_owned()));
    against(&proxy, &["plan"]).exits(1).says(&["error[M0608]", "help:", "proxy"]);
    let other = Server::start(|_| (404, "not found".to_owned()));
    against(&other, &["plan"]).exits(1).says(&["error[M0608]"]);
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = Folder::default();
    let text = "these are my notes, not a database\n".repeat(300);
    folder.write("notes.txt", &text);
    for verb in ["up", "status"] {
        let ended = folder.run(SHOP, &[verb, "--db", "notes.txt"]).exits(1);
        ended.says(&["error[M0606]", "notes.txt", "not a database", "move it away"]);
        assert_eq!(folder.read("notes.txt"), text);
    }
}

#[test]
fn a_database_that_was_cut_or_overwritten() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let whole = std::fs::read(folder.db()).expect("a database");
    let mut holed = whole.clone();
    let end = holed.len();
    holed[4096..end].fill(0xa5);
    for damaged in [&whole[..whole.len() / 2], &holed] {
        folder.write("damaged.db", damaged);
        let ended = folder.run(SHOP, &["status", "--db", "damaged.db"]).exits(1);
        ended.says(&["error[M0606]", "damaged.db"]);
    }
}

#[test]
fn a_file_that_cannot_be_made() {
    let folder = Folder::default();
    folder.write("file", "x");
    folder.write("folder/file", "x");
    for (path, words) in
        [("file/shop.db", "`file` is not a directory"), ("file/deeper/shop.db", "`file"), ("/proc/shop.db", "`/proc/shop.db")]
    {
        folder.run(SHOP, &["up", "--db", path]).exits(1).says(&["error[M0606]", words]);
    }
    folder.run(SHOP, &["up", "--db", "folder"]).exits(1).says(&["error[M0606]", "`folder` is a directory"]);
}
