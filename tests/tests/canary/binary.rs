//! The command line over a vault: every verb in every format, after every failure; and every file that it leaves.

use std::path::Path;

use migrate_tests::process::{Ended, Folder};

use super::{TROUBLES, canary, fill, keeps_keys_too, keeps_secrets, management_keeps_secrets};

const CANARY: &str = env!("CARGO_BIN_EXE_fixture-canary");
/// What a CI system sets, each of it a canary.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", "AKIACREDCANARY"),
    ("AWS_SECRET_ACCESS_KEY", "CREDCANARY/secret"),
    ("AWS_SESSION_TOKEN", "CREDCANARY-token"),
    ("AWS_ENDPOINT_URL", "http://CREDCANARYuser:CREDCANARYpassword@127.0.0.1:1/?key=CREDCANARYquery"),
    ("BUILD_URL", "https://CREDCANARYbot:CREDCANARYtoken@ci.example.org/7/?token=CREDCANARY"),
];

/// Runs a verb on the embedded engine and looks at all that it prints.
fn run(folder: &Folder, what: &str, line: &[&str]) -> Ended {
    let line = [line, &["--target", "embedded"]].concat();
    let ended = folder.run_with(CANARY, &line, &ENVIRONMENT);
    keeps_secrets(&format!("{what}, `{}`", line.join(" ")), &format!("{}{}", ended.out, ended.err));
    ended
}

/// A vault with items that migration 2 has not seen.
async fn vault(trouble: &str) -> Folder {
    let folder = Folder::default();
    run(&folder, trouble, &["up", "--to", "1"]).succeeds();
    fill(&folder.client(), "vault").await;
    folder.write("trouble", trouble);
    folder
}

/// All files but the database itself and what the test has written.
fn files_keep_secrets(what: &str, folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            files_keep_secrets(what, &path);
        } else if !name.contains(".db") && name != "trouble" {
            let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
            keeps_keys_too(&format!("{what}: file {name}"), &text);
        }
    }
}

async fn after(what: &str, folder: &Folder) {
    files_keep_secrets(what, &folder.path(""));
    management_keeps_secrets(what, &folder.client(), "migrations").await;
}

#[tokio::test]
async fn no_failure_shows_what_it_failed_on() {
    for (trouble, code) in TROUBLES {
        let folder = vault(trouble).await;
        run(&folder, trouble, &["up", "--dry-run"]);
        run(&folder, trouble, &["up", "-v"]).exits(1).says(&[code]);
        run(&folder, trouble, &["up", "--format", "json"]).exits(1).prints(&[code]);
        run(&folder, trouble, &["status"]).succeeds().prints(&["failed"]);
        run(&folder, trouble, &["history", "--format", "json"]).succeeds();
        after(trouble, &folder).await;
    }
}

#[tokio::test]
async fn an_error_names_the_item_by_its_key_and_the_history_does_not() {
    let folder = vault("number").await;
    run(&folder, "number", &["up"]).exits(1).says(&["item (\"KANARI-", ", 909090909090) of table `vault`", "`secret` is S"]);
    let status =
        run(&folder, "number", &["status"]).succeeds().prints(&["an item of table `vault` does not fit", "`secret` is S"]);
    keeps_keys_too("status", &status.out);
}

#[tokio::test]
async fn no_verb_shows_a_value() {
    let folder = vault("dead").await;
    let saved = run(&folder, "dead", &["plan", "--out", "saved.plan"]).succeeds();
    let hash = saved.out.split("SHA-256 ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a hash").to_owned();
    run(&folder, "dead", &["up", "--plan", "saved.plan", "--sha256", &hash, "-v"]).exits(1).says(&["M0707"]);
    let verbs: [&[&str]; 17] = [
        &["plan"],
        &["status"],
        &["check"],
        &["history"],
        &["lock"],
        &["dead-letters", "2"],
        &["dead-letters", "2", "--retry"],
        &["introspect", "vault"],
        &["wait", "--timeout", "1s"],
        &["adopt"],
        &["baseline", "1"],
        &["throttle", "5"],
        &["pause"],
        &["resume"],
        &["throttle", "off"],
        &["up", "--dry-run"],
        &["new", "next"],
    ];
    for verb in verbs {
        for format in [&[][..], &["-v"], &["--format", "json"], &["--format", "markdown"]] {
            run(&folder, "dead", &[verb, format].concat());
        }
    }
    after("dead", &folder).await;
    // A key is shown to the person who asks for it.
    run(&folder, "dead", &["dead-letters", "2"]).succeeds().prints(&["(\"KANARI-one\", 909090909090)"]);

    folder.write("trouble", "put-aside");
    run(&folder, "put-aside", &["up"]).succeeds();
    for format in ["human", "json", "markdown"] {
        run(&folder, "put-aside", &["dead-letters", "2", "--retry", "--format", format]).succeeds();
        run(&folder, "put-aside", &["history", "--format", format]).succeeds();
    }
    folder.write("trouble", "");
    run(&folder, "mended", &["dead-letters", "2", "--retry"]);
    after("mended", &folder).await;
}

#[tokio::test]
async fn values_are_shown_where_they_are_asked_for_and_only_there() {
    let folder = vault("").await;
    let line = ["up", "--dry-run", "--show", "1", "--target", "embedded"];
    let shown = folder.run_with(CANARY, &line, &ENVIRONMENT).succeeds();
    assert!(canary(&shown.out, ["CANARY-secret"]).is_some(), "or the other tests test nothing: {}", shown.out);
    assert_eq!(canary(&shown.out, ["CANARY-owner", "CANARY-inside"]), None, "what would not change is not shown: {}", shown.out);
    run(&folder, "", &["up", "-v"]).succeeds();
    run(&folder, "", &["history"]).succeeds();
    after("done", &folder).await;
}

#[tokio::test]
async fn a_damaged_record_shows_no_value() {
    let folder = vault("number").await;
    run(&folder, "number", &["up"]).exits(1);
    let client = folder.client();
    let damage =
        client.update_item().table_name("migrations").update_expression("SET #n = :v").expression_attribute_names("#n", "number");
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let damage = damage.key("pk", text("canary")).key("sk", text("history#0000000001"));
    damage.expression_attribute_values(":v", text("no number")).send().await.expect("an update");
    drop(client);
    for verb in ["up", "plan", "status", "check", "history"] {
        for format in ["human", "json", "markdown"] {
            run(&folder, "damaged", &[verb, "--format", format]).exits(5);
        }
    }
    after("damaged", &folder).await;
}
