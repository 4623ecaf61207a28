//! What would happen, tried on the items that are there; and how much of a table's capacity may be used.

use migrate_tests::process::Folder;

use super::{OLDER, SHOP, STREAMED, TROUBLED, UNSTREAMED};

#[test]
fn a_dry_run_tells_what_would_change_and_writes_nothing() {
    let folder = Folder::default();
    let fresh = folder.run(SHOP, &["up", "--dry-run"]).succeeds();
    fresh.prints(&[
        "migration 0001 first_customers",
        "a table is not there yet",
        "tried without what this run would do before: create table customers",
        "nothing was written.",
    ]);
    assert!(!folder.db().exists(), "no file is made");
    folder.run(SHOP, &["up", "--to", "1"]).succeeds();
    let found = folder.run(SHOP, &["up", "--dry-run"]).succeeds();
    found
        .prints(&["  update customers 1: all 2 items looked at, 2 would change\n", "Dry run: 2 migrations tried"])
        .hides("xample.org");
    let shown = folder.run(SHOP, &["up", "--dry-run=all", "--show", "1"]).succeeds();
    shown.prints(&["@Example.org\"} → {\"S\":\"", "@example.org\"}"]);
    let part = folder.run(SHOP, &["--dry-run=1"]).succeeds();
    part.prints(&["1 of ~2 items looked at, 1 would change", "in all roughly: 2 would change"]);
    let json = folder.run(SHOP, &["up", "--dry-run", "--format", "json"]).succeeds().json();
    let found = &json["sequences"][0];
    assert_eq!(
        (&found["dry_run"], &found["migrations"][0]["jobs"][0]["counts"]["changed"]),
        (&true.into(), &2.into()),
        "{json:#}"
    );
    assert!(!json.to_string().contains("xample.org"));
    let markdown = folder.run(SHOP, &["up", "--dry-run", "--format", "markdown"]).succeeds();
    markdown
        .prints(&["**Dry run: 2 migrations tried", "- <code>0002 lowercase&#95;emails</code>\n  - update customers 1: all 2"]);
    folder.run(SHOP, &["status"]).succeeds().prints(&["next: migrate "]).prints(&["0002"]);
    folder.run(SHOP, &["up"]).succeeds().says(&["migration 0002 lowercase_emails: 2 scanned, 2 changed"]);
    folder.run(SHOP, &["up", "--dry-run"]).succeeds().prints(&["no migration is due, and nothing was written"]);
}

#[test]
fn a_function_that_fails_on_an_item_ends_it_with_1() {
    let folder = Folder::default();
    folder.run(TROUBLED, &["up", "--to", "1"]).succeeds();
    folder.write("trouble", "number");
    let failed = folder.run(TROUBLED, &["up", "--dry-run"]).exits(1).hides("CANARY");
    failed.prints(&["migration 0002 trouble\n", "  it fails: ", "[M0703]", "Dry run: 2 migrations tried, 1 failed"]);
    folder.run(TROUBLED, &["up", "--dry-run", "--format", "json"]).exits(1);
    folder.run(TROUBLED, &["history"]).succeeds().hides("trouble failed");
    for line in [&["up", "--dry-run", "--yes"][..], &["up", "--show", "1"], &["up", "--dry-run=some"], &["plan", "--dry-run"]] {
        folder.run(TROUBLED, line).exits(64).says(&["--"]);
    }
}

#[test]
fn a_refused_plan_is_not_tried_and_an_older_binary_does_nothing() {
    let folder = Folder::default();
    folder.run(STREAMED, &["up"]).succeeds();
    folder.run(UNSTREAMED, &["up", "--dry-run"]).exits(4).says(&["error[M0301]", "H104, table `entries`"]);
    folder.run(UNSTREAMED, &["up", "--dry-run", "--accept", "entries:H104"]).succeeds().prints(&["nothing was written"]);
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(OLDER, &["up", "--dry-run"]).succeeds().prints(&["WARNING: the database is ahead", "no migration is due"]);
}

const FILE: &str = "[env.local]\ndb = \"local.db\"\n[env.local.budget]\nmax_cost = 0.000001\nmax_write_units = \"unlimited\"\n";

#[test]
fn what_migrations_may_use_is_typed_or_stands_in_the_environment() {
    let folder = Folder::default();
    folder.run(SHOP, &["up", "--max-write-units", "0"]).exits(64).says(&["`0` is no rate"]);
    folder.run(SHOP, &["plan", "--utilization", "120"]).exits(64).says(&["is no share"]);
    folder.run_with(SHOP, &["up"], &[("MIGRATE_MAX_COST", "0")]).exits(64).says(&["give one above nothing"]);
    folder.run_with(SHOP, &["up"], &[("MIGRATE_MAX_COST", "0.000001")]).exits(75).prints(&["Incomplete", "$0.01"]);
    folder.run(SHOP, &["up", "--max-write-units", "900", "--max-read-units", "unlimited", "--segments", "3"]).succeeds();

    folder.write("migrate.toml", FILE);
    folder.run(SHOP, &["up", "--env", "local"]).exits(75).prints(&["Incomplete"]);
    // What the environment says counts before a variable; what is typed, before that.
    folder.run_with(SHOP, &["up", "--env", "local"], &[("MIGRATE_MAX_COST", "9")]).exits(75);
    folder.run(SHOP, &["up", "--env", "local", "--max-cost", "9"]).succeeds();
    for (said, told) in [
        ("max_write_units = \"fast\"", "migrate.toml, line 2: `fast` is no rate"),
        ("utilization = 0", "line 2: 0 is no share"),
        ("max_costs = 1", "line 2: unknown field `max_costs`"),
    ] {
        folder.write("migrate.toml", format!("[env.local.budget]\n{said}\n"));
        folder.run(SHOP, &["plan", "--env", "local"]).exits(64).says(&["error[M0203]", told]);
    }
}
