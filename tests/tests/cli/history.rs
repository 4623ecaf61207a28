//! A history that the binary does not like: a newer one was here, a migration was edited, failed or panicked; and tables that are not ours.

use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_tests::process::{Ended, Folder};
use serde_json::Value;

use super::{EDITED, NEWER, OLDER, SHOP, TROUBLED};

/// Number and state of every migration.
fn states(folder: &Folder, binary: &str) -> Vec<(u64, String)> {
    let status = folder.run(binary, &["status", "--format", "json"]).succeeds().json();
    let rows = status["sequences"][0]["migrations"].as_array().expect("rows").clone();
    let state = |row: &Value| {
        let record = &row["record"];
        let state = if record["state"] == "recorded" { &record["status"]["state"] } else { &record["state"] };
        (row["version"].as_u64().expect("a number"), state.as_str().expect("a state").to_owned())
    };
    rows.iter().map(state).collect()
}

fn all(states: &[&str]) -> Vec<(u64, String)> {
    (1..).zip(states.iter().map(ToString::to_string)).collect()
}

#[test]
fn a_database_that_is_ahead_is_left_alone_loudly() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let before = folder.run(SHOP, &["history"]).succeeds().out;
    let up = folder.run(OLDER, &["up"]).succeeds();
    up.prints(&["WARNING: the database is ahead", "migration 3", "ends at 2", "nothing is done"]).hides("error");
    folder.run(OLDER, &["up", "-q"]).succeeds().prints(&["WARNING"]);
    folder.run(OLDER, &["plan", "--detailed-exitcode"]).succeeds().prints(&["WARNING"]);
    folder.run(OLDER, &["check"]).exits(5).prints(&["M0405", "migration 3"]);
    folder.run(OLDER, &["status"]).succeeds().prints(&["0003", "not in this binary"]);
    assert_eq!(folder.run(SHOP, &["history"]).succeeds().out, before, "an older binary changes nothing");
}

#[test]
fn a_database_ahead_by_a_breaking_migration_is_refused() {
    let folder = Folder::default();
    folder.run(NEWER, &["up", "--phase", "all"]).succeeds();
    let up = folder.run(SHOP, &["up"]).exits(5);
    up.says(&["error[M0405]", "0004 break_with_the_past", "ends with migration 3", "help: deploy"]);
    folder.run(SHOP, &["check"]).exits(5);
    folder.run(SHOP, &["check", "--only", "drift"]).succeeds();
    folder.run(SHOP, &["check", "--only", "pending"]).succeeds();
    folder.run(SHOP, &["check", "--only", "history"]).exits(5).prints(&["M0405"]);
}

#[test]
fn an_edited_migration_is_a_warning_in_up_and_a_conflict_in_check() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let up = folder.run(EDITED, &["up"]).succeeds();
    up.prints(&["Nothing to do", "note: ", "0002 lowercase_emails was edited", "does not run again", "was = \"sha256-tokens-1:"]);
    folder.run(EDITED, &["check"]).exits(5).prints(&["M0401", "0002 lowercase_emails was edited"]);
    folder.run(EDITED, &["check", "--only", "pending"]).succeeds();
    folder.run(EDITED, &["status"]).succeeds().prints(&["edited"]);
    // Nothing was recorded of it.
    folder.run(SHOP, &["check"]).succeeds();
}

#[test]
fn a_failing_migration_is_recorded_and_resumed_at() {
    let folder = Folder::default();
    folder.write("trouble", "fail");
    let failed = folder.run(TROUBLED, &["up"]).exits(1);
    failed.says(&[
        "error[M0701]",
        "0002 trouble",
        "= because: the printer is on fire",
        "help: mend it and run the same command again",
    ]);
    assert_eq!(states(&folder, TROUBLED), all(&["applied", "failed", "pending"]));
    folder.run(TROUBLED, &["history"]).succeeds().prints(&["0002 trouble", "the printer is on fire"]);
    folder.run(TROUBLED, &["status"]).succeeds().prints(&[
        "failed",
        "the printer is on fire",
        "safe to run again: yes",
        "next: migrate up",
    ]);
    folder.run(TROUBLED, &["check"]).exits(2).prints(&["migration 0002 trouble", "migration 0003 behind"]);
    folder.run(TROUBLED, &["lock"]).succeeds().prints(&["lock: free"]);
    // It fails as often as it is run.
    folder.run(TROUBLED, &["up"]).exits(1).says(&["error[M0701]"]);
    folder.write("trouble", "");
    folder.run(TROUBLED, &["up"]).succeeds();
    assert_eq!(states(&folder, TROUBLED), all(&["applied", "applied", "applied"]));
    assert_eq!(folder.read("ran"), "1\n2\n2\n2\n3\n");
    folder.run(TROUBLED, &["check"]).succeeds();
}

#[test]
fn a_failure_is_data_too() {
    let folder = Folder::default();
    folder.write("trouble", "fail");
    let failed = folder.run(TROUBLED, &["up", "--format", "json"]).exits(1).json();
    assert_eq!(failed["error"]["code"], "M0701", "{failed}");
    assert_eq!(failed["error"]["because"][0], "the printer is on fire", "{failed}");
}

#[test]
fn a_panic_is_caught_and_recorded() {
    let folder = Folder::default();
    folder.write("trouble", "panic");
    let failed = folder.run(TROUBLED, &["up"]).exits(1);
    failed.says(&["error[M0702]", "0002 trouble", "panicked", "the printer is on fire", "bin/troubled.rs:", "help: mend it"]);
    assert_eq!(states(&folder, TROUBLED), all(&["applied", "failed", "pending"]));
    folder.run(TROUBLED, &["history"]).succeeds().prints(&["panicked", "the printer is on fire"]);
    folder.write("trouble", "");
    folder.run(TROUBLED, &["up"]).succeeds();
    assert_eq!(folder.read("ran"), "1\n2\n2\n3\n");
}

/// Items hold `CANARY-…`: no error about an item may repeat what stands in it, however serde words it.
#[test]
fn no_value_of_an_item_is_ever_shown() {
    for trouble in ["number", "variant", "char"] {
        let folder = Folder::default();
        folder.write("trouble", trouble);
        let shown = |ended: Ended| ended.hides("CANARY");
        let up = shown(folder.run(TROUBLED, &["up", "-v"])).exits(1);
        // Still it says where to look.
        up.says(&["error[M0703]", "things", "secret", "\"a\""]);
        for verb in ["status", "history", "plan", "check", "lock"] {
            let _ = shown(folder.run(TROUBLED, &[verb, "-v"]));
            let _ = shown(folder.run(TROUBLED, &[verb, "--format", "json"]));
        }
        let _ = shown(folder.run(TROUBLED, &["up", "--format", "json"]).exits(1));
    }
}

/// Makes the shop's table of customers as somebody else would.
async fn somebody_elses_customers(folder: &Folder) {
    let create = folder.client().create_table().table_name("customers").billing_mode(BillingMode::PayPerRequest);
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().expect("a key");
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build();
    create.key_schema(key).attribute_definitions(id.expect("an attribute")).send().await.expect("a table");
}

#[tokio::test]
async fn a_refusal_says_what_differs_also_where_no_plan_is_shown() {
    let folder = Folder::default();
    somebody_elses_customers(&folder).await;
    folder.run(SHOP, &["up", "-q"]).exits(4).says(&["error[M0303]", "by-email"]);
    folder.run(SHOP, &["up", "--format", "json"]).exits(4).prints(&["M0303", "by-email"]);
}

#[tokio::test]
async fn a_declared_table_that_is_not_ours_is_refused() {
    let folder = Folder::default();
    somebody_elses_customers(&folder).await;
    folder.run(SHOP, &["plan"]).exits(4).prints(&["? ", "customers"]);
    let up = folder.run(SHOP, &["up"]).exits(4);
    up.says(&["error[M0303]", "`customers`", "differs: ", "by-email", "help:", "migrate adopt customers"]);
    folder.run(SHOP, &["check"]).exits(2).prints(&["M0303"]);
    let tables = folder.client().list_tables().send().await.expect("tables");
    assert_eq!(tables.table_names(), ["customers"], "refused before the first write");

    // What the help says is what it takes.
    folder.run(SHOP, &["adopt", "customers"]).succeeds().prints(&["customers"]);
    folder.run(SHOP, &["up"]).succeeds().prints(&["by-email", "3 migrations run"]);
    folder.run(SHOP, &["check"]).succeeds();
}

#[tokio::test]
async fn data_without_a_history_is_refused_and_named() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    folder.client().delete_table().table_name("migrations").send().await.expect_err("it is protected");
    let update = folder.client().update_table().table_name("migrations").deletion_protection_enabled(false);
    update.send().await.expect("an update");
    folder.client().delete_table().table_name("migrations").send().await.expect("a deletion");

    folder.run(SHOP, &["up"]).exits(4).says(&["error[M030", "`customers`", "help:", "migrate baseline 3"]);
    folder.run(SHOP, &["baseline", "3"]).succeeds();
    folder.run(SHOP, &["check"]).succeeds();
    folder.run(SHOP, &["status"]).succeeds().prints(&["baselined"]);
}
