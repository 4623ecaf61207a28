//! The command line itself: what is mistyped, what may come from the environment, what a terminal is.

use migrate_tests::process::Folder;

use super::{NEWER, OLDER, SHOP};

#[test]
fn help_and_version_are_results() {
    let folder = Folder::default();
    folder.run(SHOP, &["--help"]).succeeds().prints(&["up", "plan", "baseline", "--target", "--drop"]);
    for verb in ["up", "plan", "status", "check", "history", "baseline", "adopt", "introspect", "wait", "lock", "new"] {
        folder.run(SHOP, &[verb, "--help"]).succeeds().prints(&["Usage:", verb]);
    }
    folder.run(SHOP, &["--version"]).succeeds().prints(&["migrate 0.1.0 (migrate-tests)"]);
    // Nothing is asked of an environment that could not be used.
    folder.run_with(SHOP, &["--help"], &[("CI", "true")]).succeeds();
}

#[test]
fn what_is_mistyped_gets_a_suggestion() {
    let folder = Folder::default();
    folder.run(SHOP, &["stauts"]).exits(64).says(&["'stauts'", "'status'"]);
    folder.run(SHOP, &["plan", "--detailed-exit-code"]).exits(64).says(&["'--detailed-exitcode'"]);
    folder.run(SHOP, &["up", "--phase", "afterwards"]).exits(64).says(&["before", "after", "all"]);
    folder.run(SHOP, &["up", "--to", "two"]).exits(64).says(&["'two'", "--to"]);
    folder.run(SHOP, &["up", "--lock-wait", "5"]).exits(64).says(&["`90s`"]);
    folder.run(SHOP, &["baseline"]).exits(64).says(&["<NUMBER>"]);
    folder.run(SHOP, &["--to", "1", "plan"]).exits(64).says(&["`--to` stands before `plan`"]);
    folder.run(SHOP, &["status", "--prefix"]).exits(64).says(&["--prefix"]);
    assert!(!folder.path(".migrate").exists(), "nothing was opened");
}

#[test]
fn a_mistake_is_a_document_where_documents_are_asked_for() {
    let folder = Folder::default();
    let as_flag = folder.run(SHOP, &["stauts", "--format", "json"]).exits(64);
    let as_variable = folder.run_with(SHOP, &["stauts"], &[("MIGRATE_FORMAT", "json")]).exits(64);
    for ended in [as_flag, as_variable] {
        assert_eq!(ended.json()["error"]["code"], "M0202");
        assert_eq!(ended.err, "");
    }
}

#[tokio::test]
async fn consent_is_not_read_from_the_environment() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let client = folder.client();
    let has_index = async || {
        let described = client.describe_table().table_name("customers").send().await.expect("a table");
        !described.table.expect("a table").global_secondary_indexes().is_empty()
    };
    let consent = [("MIGRATE_DROP", "customers/by-email"), ("MIGRATE_YES", "true")];
    folder.run_with(SHOP, &["up"], &consent).succeeds().hides("drop");
    assert!(has_index().await);
}

#[test]
fn other_options_may_come_from_the_environment_and_empty_ones_count_as_unset() {
    let folder = Folder::default();
    let environment = [("MIGRATE_DB", "elsewhere.db"), ("MIGRATE_PREFIX", "dev-"), ("MIGRATE_PHASE", ""), ("MIGRATE_TO", "")];
    folder.run_with(SHOP, &["up"], &environment).succeeds().prints(&["elsewhere.db", "dev-customers"]);
    assert!(folder.path("elsewhere.db").is_file() && !folder.db().exists());
    // What is typed counts more.
    folder.run_with(SHOP, &["plan", "--prefix", "test-"], &environment).succeeds().prints(&["test-customers"]);
    folder.run_with(SHOP, &["plan"], &[("MIGRATE_TO", "two")]).exits(64).says(&["'two'"]);
}

#[test]
fn a_drop_of_what_is_not_there_is_refused() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let refused = |name: &str, parts: &[&str]| {
        let ended = folder.run(NEWER, &["up", "--phase", "all", "--drop", name]).exits(64);
        ended.says(parts);
    };
    refused("custmers", &["error[M0202]", "no table `custmers`", "--drop custmers", "migrate plan"]);
    refused("customers/by-mail", &["error[M0202]", "no index `by-mail`", "`customers`", "migrate plan"]);
    refused("arn:aws:dynamodb:eu-west-1:123456789012:table/customers", &["error[M0107]", "another account"]);
    refused("a", &["error[M0107]", "`a`"]);
    folder.run(NEWER, &["check", "--only", "pending"]).exits(2);
    folder.run(SHOP, &["up", "--drop", "customers"]).says(&["error[", "`customers`", "declare"]);
    folder.run(OLDER, &["plan"]).succeeds();
}

#[test]
fn a_prefix_that_no_table_can_have() {
    for prefix in ["arn:aws:dynamodb:eu-west-1:123456789012:table/", "a/b", "dev ", &"x".repeat(260)] {
        let folder = Folder::default();
        folder.run(SHOP, &["plan", "--prefix", prefix]).exits(64).says(&["error[M0107]", "help:", "--prefix"]);
        assert!(!folder.db().exists(), "nothing is opened");
    }
}

#[test]
fn without_a_terminal_nothing_is_coloured() {
    let folder = Folder::default();
    for (arguments, environment) in [
        (&["plan"][..], &[("TERM", "xterm-256color")][..]),
        (&["up"], &[("TERM", "xterm-256color"), ("NO_COLOR", "1")]),
        (&["status", "--no-color"], &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]),
        (&["stauts"], &[("TERM", "xterm-256color")]),
    ] {
        folder.run_with(SHOP, arguments, environment).hides("\u{1b}");
    }
    // Whoever forces colours gets them; whoever says `--no-color` does not, whatever else is said.
    let forced = folder.run_with(SHOP, &["status"], &[("CLICOLOR_FORCE", "1"), ("TERM", "xterm")]).succeeds();
    assert!(forced.out.contains('\u{1b}'), "so the test above can fail: {}", forced.out);
    folder.run_with(SHOP, &["status", "--no-color"], &[("CLICOLOR_FORCE", "1"), ("TERM", "xterm")]).succeeds().hides("\u{1b}");
    folder.run_with(SHOP, &["status", "--format", "json"], &[("CLICOLOR_FORCE", "1")]).succeeds().hides("\u{1b}");
}

/// CI systems put names of branches and pull requests into arguments.
#[test]
fn an_argument_does_not_steer_the_terminal() {
    let folder = Folder::default();
    let hostile = "\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\u{200b}x";
    for arguments in [
        &[hostile][..],
        &["plan", hostile],
        &["plan", "--to", hostile],
        &["plan", "--target", hostile],
        &["plan", "--prefix", hostile],
    ] {
        for environment in [&[][..], &[("CLICOLOR_FORCE", "1"), ("TERM", "xterm")]] {
            let ended = folder.run_with(SHOP, arguments, environment).exits(64).says(&["\\u{7}", "\\u{202e}"]);
            assert!(
                !ended.err.contains(['\u{7}', '\u{9b}', '\u{202e}', '\u{200b}']) && !ended.err.contains("\u{1b}]"),
                "{:?}",
                ended.err
            );
        }
    }
}
